"""Flows that end badly, each in another way, on the Prefect server of the environment: python -m tests.flows.ending DRAFT."""

import sys
from contextlib import suppress

from prefect import flow, task

from expectations import Rules
from steppingstone.batches import BatchDone
from steppingstone.errors import InfrastructureError, SteppingstoneError
from steppingstone.spending import Spent
from tasks.drive import Shown, state_of
from tasks.explain import HOOKS, explained
from tasks.validate import validate
from tests.drafts import ATTEMPTS

FAILED = BatchDone("", 8, 0, Spent(), False, failure="http://a/v1, model m: 503 for 600 s; it said: overloaded")


@flow(name="gated")
@explained
def gated(draft: str) -> None:
    validate(draft, Rules(ATTEMPTS, ATTEMPTS))


@flow(name="surprised")
@explained
def surprised() -> None:
    {}["a name that is not there"]


@task(name="generate", task_run_name="generate 00003")
def generate_batch() -> Shown:
    return state_of(FAILED)


@flow(name="let down")
@explained
def let_down() -> None:
    done = generate_batch.submit().result(raise_on_failure=False)
    assert done == FAILED
    raise InfrastructureError(f"batch 00003 failed again: {done.failure}")


@flow(name="interrupted", **HOOKS)
def interrupted() -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for end, given in ((gated, sys.argv[1:]), (surprised, []), (let_down, []), (interrupted, [])):
        with suppress(SteppingstoneError, KeyboardInterrupt):
            end(*given)
