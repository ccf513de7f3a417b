"""What the client makes of answers: what may pass is asked again, and what is no answer of ours is no reward."""

from collections.abc import Callable
from typing import Any

import pytest

from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.records import Verdict
from steppingstone.service.client import RemoteGrader
from tests.exports.problems import DEDUCTION
from tests.model_server import Body, Said, serving

SOLVED = {"reward": 1, "verdict": "solved", "answer": "2", "detail": ""}
CUT = Said(b'{"grades": [', headers={"Content-Length": "1000", "Connection": "close"})


def grades(body: Body) -> Body:
    """A right answer."""
    return {"grades": [SOLVED for _ in body["items"]]}


def in_turn(*answers: Said) -> Callable[[Body], Said | Body]:
    """These answers, one after the other, and then right ones."""
    left = list(answers)
    return lambda body: left.pop(0) if left else grades(body)


@pytest.mark.parametrize(
    "first", [Said({"detail": "full"}, 503, {"Retry-After": "0"}), Said({}, 429), Said(b"<html>", 502), CUT]
)
def test_what_may_pass_is_asked_again(first: Said) -> None:
    with serving(in_turn(first, first)) as server, RemoteGrader(server.base_url) as grader:
        assert grader.grade(DEDUCTION, "2").verdict is Verdict.SOLVED
        assert [body["items"] for body in server.requests] == [server.requests[0]["items"]] * 3


def test_for_so_long_as_its_patience_lasts() -> None:
    with (
        serving(lambda _: Said({"detail": "full"}, 503)) as server,
        pytest.raises(SandboxUnavailable, match=r"no grades for 0.3 s.*full"),
    ):
        RemoteGrader(server.base_url, patience_s=0.3).grade(DEDUCTION, "2")


@pytest.mark.parametrize(
    "told",
    [
        {"grades": []},
        {"grades": [SOLVED, SOLVED]},
        {"grades": [SOLVED | {"reward": 0}]},
        {"grades": [SOLVED | {"reward": None, "verdict": "ungraded"}]},
        {"grades": [SOLVED | {"verdict": "perfect"}]},
        {"choices": []},
        [1],
    ],
)
def test_an_answer_of_something_else_is_no_reward(told: Any) -> None:
    with serving(lambda _: Said(told)) as server, pytest.raises(SandboxUnavailable, match="answers as none of ours does"):
        RemoteGrader(server.base_url).grade(DEDUCTION, "2")


@pytest.mark.parametrize(("status", "error"), [(404, BadInput), (422, BadInput), (500, SandboxUnavailable)])
def test_a_refusal_is_told_with_its_words(status: int, error: type[Exception]) -> None:
    with (
        serving(lambda _: Said({"detail": "not so"}, status)) as server,
        pytest.raises(error, match=f"status {status}: not so"),
    ):
        RemoteGrader(server.base_url).grade(DEDUCTION, "2")


def test_many_are_asked_in_batches_of_bounded_size() -> None:
    with serving(grades) as server, RemoteGrader(server.base_url) as grader:
        assert len(grader.grade_many((DEDUCTION, "x" * 500_000) for _ in range(9))) == 9
        assert len(grader.grade_many((DEDUCTION, "x") for _ in range(2_001))) == 2_001
        assert [len(body["items"]) for body in server.requests] == [4, 4, 1, 1_000, 1_000, 1]
