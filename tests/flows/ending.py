"""Flows of one step on the Prefect server of the environment, most of which end badly, each in another way.

python -m tests.flows.ending BROKEN SOUND: a draft that a gate stops, and one whose curricula are short of real problems.
"""

import sys
from contextlib import suppress

from prefect import flow, task

from expectations import Rules
from steppingstone.batches import BatchDone
from steppingstone.errors import InfrastructureError, SteppingstoneError
from steppingstone.settings import CurriculumSettings, TargetSettings
from steppingstone.spending import Spent
from tasks.arrange import arrange
from tasks.drive import Shown, state_of
from tasks.explain import HOOKS, explained
from tasks.validate import validate
from tests.drafts import ATTEMPTS

WANTED = {
    "easy_first": CurriculumSettings(kind="easy-to-hard"),
    "mix": CurriculumSettings(budgets={"real": TargetSettings(total=3), "synthetic": TargetSettings(total=12)}),
}
FAILED = BatchDone("", 8, 0, Spent(), False, failure="http://a/v1, model m: 503 for 600 s; it said: overloaded")


@flow(name="gated")
@explained
def gated(draft: str) -> None:
    validate(draft, Rules(ATTEMPTS, ATTEMPTS))


@flow(name="short")
@explained
def short(draft: str) -> None:
    arrange(draft, WANTED, 0)


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
    broken, sound = sys.argv[1:]
    for end, given in ((gated, [broken]), (short, [sound]), (surprised, []), (let_down, []), (interrupted, [])):
        with suppress(SteppingstoneError, KeyboardInterrupt):
            end(*given)
