"""A few short requests show what a server makes of `n`, `seed` and effort; what they can't show is said to be unknown."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from steppingstone.findings import Finding, State
from steppingstone.servers import examine_model, trial
from steppingstone.settings import StudentSettings
from tests.model_server import Body, ModelServer, Said, choices, serving

Text = Callable[[int, str], str]
COUNTER = itertools.count()


def by_seed(seed: int, effort: str) -> str:
    return f"{seed} {effort}"


def sampling(text: Text = by_seed, most: int = 99) -> Callable[[Body], Body]:
    """A server whose choice i of seed s is `text` of s + i and the effort, and which gives so many choices at most."""

    def answer(body: Body) -> Body:
        seeds = range(body["seed"], body["seed"] + min(body["n"], most))
        return choices(*(text(seed, body.get("reasoning_effort", "")) for seed in seeds), reasoning="Hm.")

    return answer


def tried(
    answer: Callable[[Body], Said | Body], counted: bool = False, **settings: object
) -> tuple[list[Finding], ModelServer]:
    """What is found, but for the context's length; and what the server was sent."""
    with serving(answer) as server:
        student = StudentSettings.model_validate({"base_urls": [server.base_url], "model": "m", **settings})
        found = asyncio.run(examine_model("student", student, counted=counted))
        return found[1:], server


def of(topic: str, found: list[Finding]) -> tuple[State, str]:
    (finding,) = [one for one in found if one.said.startswith(f"{topic}:")]
    return finding.state, f"{finding.said}; {finding.to_do}"


def test_a_server_that_does_what_vllm_does_is_fine_after_three_requests_for_next_to_nothing() -> None:
    found, server = tried(sampling())
    assert {finding.state for finding in found} == {State.FINE}
    assert [(body["n"], body["max_tokens"]) for body in server.requests] == [(2, 32), (1, 32), (1, 32)]
    assert "'high' gives another reply; reasoning text is given" in of("reasoning effort", found)[1]


def test_one_that_ignores_n_bears_a_note_and_its_seed_is_known_all_the_same() -> None:
    found, server = tried(sampling(most=1))
    assert of("n", found)[0] is State.NOTE
    assert of("seed", found)[0] is State.FINE
    assert len(server.requests) == 4


def test_one_that_refuses_n_bears_the_same_note() -> None:
    plain = sampling()
    found, _ = tried(lambda body: Said({"error": {"message": "n is 1 here"}}, 400) if body["n"] > 1 else plain(body))
    assert of("n", found)[0] is State.NOTE
    assert of("seed", found)[0] is State.FINE


def test_one_whose_choices_are_all_alike_is_wrong() -> None:
    found, _ = tried(lambda body: choices(*[str(body["seed"])] * body["n"]))
    assert of("n", found)[0] is State.WRONG


def test_a_seed_that_is_not_honoured_bears_a_note_and_leaves_the_effort_unknown() -> None:
    found, _ = tried(sampling(lambda seed, effort: str(next(COUNTER))))
    assert of("seed", found) == (
        State.NOTE,
        "seed: the same one gave two replies; a run that is repeated without its journal gets other samples; ",
    )
    assert "unknown" in of("reasoning effort", found)[1]


def test_choices_that_are_not_those_of_the_next_seeds_bear_a_note() -> None:
    found, _ = tried(lambda body: choices(*(f"{body['seed']}/{body['n']}/{i}" for i in range(body["n"]))))
    assert "choice i of a request is not what seed + i gives" in of("seed", found)[1]


def test_of_replies_that_are_all_alike_nothing_is_claimed() -> None:
    found, _ = tried(sampling(lambda seed, effort: "so"))
    assert of("seed", found)[0] is State.NOTE
    assert "unknown" in of("seed", found)[1]
    assert "unknown" in of("reasoning effort", found)[1]


def test_an_effort_that_changes_nothing_is_not_called_honoured() -> None:
    found, _ = tried(sampling(lambda seed, effort: str(seed)))
    assert of("reasoning effort", found)[0] is State.NOTE
    assert "unknown whether it does anything, as 'high' gives the same" in of("reasoning effort", found)[1]


def test_an_effort_that_is_refused_is_wrong_with_the_servers_words() -> None:
    plain = sampling()
    refused = Said({"error": {"message": "no effort here"}}, 422)
    found, _ = tried(lambda body: refused if "reasoning_effort" in body else plain(body))
    ((state, said),) = [(finding.state, str(finding)) for finding in found]
    assert state is State.WRONG
    assert "no effort here; set reasoning_effort to another" in said


def test_what_is_refused_whatever_is_left_out_is_wrong() -> None:
    (finding,) = tried(lambda body: Said({"error": {"message": "temperature must be 1"}}, 400))[0]
    assert (finding.state, "temperature must be 1" in finding.said) == (State.WRONG, True)


def test_tokens_that_are_not_counted_are_wrong_only_if_a_cap_depends_on_them() -> None:
    def uncounted(body: Body) -> Body:
        return sampling()(body) | {"usage": None}

    assert of("usage", tried(uncounted)[0])[0] is State.NOTE
    assert of("usage", tried(uncounted, counted=True)[0])[0] is State.WRONG


def test_cached_tokens_that_are_not_told_bear_a_note_only_if_they_have_a_price_of_their_own() -> None:
    assert of("usage", tried(sampling())[0])[0] is State.FINE
    assert of("usage", tried(sampling(), prices={"prompt": 2, "cached": 1})[0])[0] is State.NOTE


@pytest.mark.parametrize(("status", "state"), [(500, State.FAILED), (429, State.NOTE), (403, State.WRONG)])
def test_a_server_that_fails_is_not_called_wrong_and_a_full_one_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, status: int, state: State
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_S", 1.5)
    (finding,) = tried(lambda body: Said({"error": {"message": "not now"}}, status))[0]
    assert (finding.state, "not now" in finding.said) == (state, True)


def test_one_failure_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "PAUSE_S", 0.01)
    fails, plain = iter([True]), sampling()
    found, _ = tried(lambda body: Said(b"<html>", 502) if next(fails, False) else plain(body))
    assert {finding.state for finding in found} == {State.FINE}
