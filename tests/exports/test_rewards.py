"""What every trainer's hook does."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from steppingstone import grading
from steppingstone.errors import BadInput, InfrastructureError, SandboxUnavailable
from steppingstone.exports import rewards, trl, verl
from steppingstone.exports.rows import ground_truth
from steppingstone.records import Grade, Problem
from tests.exports.problems import DEDUCTION, INDUCTION

RIGHT, WRONG = "```answer\n'éa'\n```", "```answer\n'a'\n```"
TRUTH = ground_truth(DEDUCTION)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading fails, as when the sandbox can't start, for completions that say so."""

    def fails(problem: Problem, completion: str) -> Grade:
        if completion == "break":
            raise SandboxUnavailable("no room")
        return graded(problem, completion)

    def all_fail(asked: object) -> list[Grade]:
        raise SandboxUnavailable("no room")

    graded: Callable[[Problem, str], Grade] = rewards.grade
    monkeypatch.setattr(rewards, "grade", fails)
    monkeypatch.setattr(rewards, "grade_many", all_fail)


def test_a_score_is_an_accuracy_of_0_or_1_and_says_why() -> None:
    assert rewards.score(TRUTH, RIGHT) == {"score": 1.0, "acc": 1.0, "verdict": "solved", "reason": ""}
    told = rewards.score(ground_truth(INDUCTION), "```python\ndef f(x):\n    return 1 / 0\n```")
    assert (told["score"], told["acc"], told["verdict"]) == (0.0, 0.0, "exception")
    assert "division by zero" in told["reason"]


def test_it_is_the_same_on_a_loop_in_a_thread_and_all_at_once() -> None:
    found: list[rewards.Score] = []
    thread = threading.Thread(target=lambda: found.append(rewards.score(TRUTH, WRONG)))
    thread.start()
    thread.join()
    assert rewards.scores([(TRUTH, WRONG), (TRUTH, RIGHT)]) == [*found, asyncio.run(rewards.ascore(TRUTH, RIGHT))]
    assert [each["score"] for each in found] == [0.0]


@pytest.mark.usefixtures("broken")
def test_a_fault_of_ours_is_never_a_reward() -> None:
    with pytest.raises(InfrastructureError, match="no room"):
        verl.compute_score("steppingstone/deduction", "break", TRUTH, extra_info={})
    assert rewards.scores_or_none([(TRUTH, RIGHT), (TRUTH, "break"), (TRUTH, WRONG)])[1] is None


@pytest.mark.usefixtures("broken")
def test_trl_is_given_none_for_it_and_told_how_many() -> None:
    logged: dict[str, object] = {}
    asked = {"completions": [[{"role": "assistant", "content": RIGHT}], "break", WRONG], "ground_truth": [TRUTH] * 3}
    found = trl.steppingstone_reward(
        prompts=["p"] * 3, **asked, log_extra=logged.__setitem__, log_metric=logged.__setitem__, tier=["easy"] * 3
    )
    assert found == [1.0, None, 0.0]
    assert (logged["verdict"], logged["ungraded"]) == (["solved", "ungraded", "wrong"], 1 / 3)


@pytest.mark.parametrize(("told", "servers"), [({"STEPPINGSTONE_SERVERS": "3"}, 3), ({"LOCAL_WORLD_SIZE": "9999"}, 1)])
def test_a_process_has_the_servers_that_it_is_told_or_its_share(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], servers: int
) -> None:
    monkeypatch.delenv("STEPPINGSTONE_SERVERS", raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert grading.usual_servers() == servers


def test_a_worker_of_rays_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/a/ray/_private/workers/default_worker.py", "--node-ip-address=127.0.0.1"])
    assert grading.usual_servers() == 1


def test_no_number_of_servers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPINGSTONE_SERVERS", "none")
    with pytest.raises(BadInput, match="STEPPINGSTONE_SERVERS=none"):
        grading.Grader()
