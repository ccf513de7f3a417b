"""A reward over HTTP is the reward in this process, and what is no reward is never told as one."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from steppingstone import Grader, grading
from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.exports import rewards, verl
from steppingstone.exports.rows import ground_truth
from steppingstone.service.client import RemoteGrader
from tests.service.asking import KNOWN, ask, item
from tests.service.conftest import Pair
from tests.service.serving import TOKEN, Service

ODD = ("", "\ud800", "```answer\n'\x00é\u2028'\n```", "```python\ndef f(x):\n    raise ValueError('\ud800')\n```")


@pytest.fixture
def remote(service: Service) -> Iterator[RemoteGrader]:
    with RemoteGrader(service.url, TOKEN) as grader:
        yield grader


def test_each_stored_attempt_has_its_reward(remote: RemoteGrader, pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    assert [(grade.reward, grade.verdict) for grade in remote.grade_many(pairs)] == due
    assert [(grade.reward, grade.verdict) for grade in (remote.grade(*pair) for pair in pairs)] == due
    assert {reward for reward, _ in due} == {0, 1}


def test_answer_and_reason_are_those_of_a_grader_here_whatever_a_completion_holds(
    remote: RemoteGrader, pairs: list[Pair]
) -> None:
    odd = [(problem, text) for problem in dict.fromkeys(problem for problem, _ in pairs) for text in ODD]
    with Grader(1) as here:
        assert remote.grade_many(pairs[::-1] + odd) == here.grade_many(pairs[::-1] + odd)
    assert remote.grade_many([]) == []


def test_what_is_too_much_for_one_batch_is_asked_in_several(remote: RemoteGrader, pairs: list[Pair]) -> None:
    assert [grade.reward for grade in remote.grade_many(pairs[:1] * 70)] == [1] * 70
    assert [grade.reward for grade in remote.grade_many([(pairs[0][0], "x" * 20_000)] * 64)] == [0] * 64


def test_a_program_in_any_language_is_told_the_reward_and_why(service: Service, pairs: list[Pair]) -> None:
    problem = next(problem for problem, _ in pairs if problem.environment == "induction")
    told = ask(service.url, "/grade", item(problem.problem_id, "```python\ndef f(x):\n    return 1 / 0\n```")).told
    assert (told["reward"], told["verdict"], told["answer"][:6]) == (0, "exception", "def f(")
    assert "division by zero" in told["detail"]


def test_trainers_hooks_ask_the_service_that_the_environment_names(
    service: Service, pairs: list[Pair], due: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPINGSTONE_GRADER_URL", service.url)
    monkeypatch.setenv("STEPPINGSTONE_TOKEN", TOKEN)
    monkeypatch.setattr(grading, "_grader", None)
    monkeypatch.setattr(grading, "Sandbox", None)
    asked = [(ground_truth(problem), text) for problem, text in pairs]
    assert [(each["score"], each["verdict"]) for each in rewards.scores(asked)] == due
    assert [verl.compute_score("", text, truth)["score"] for truth, text in asked[:3]] == [reward for reward, _ in due[:3]]


def test_a_forked_copy_of_a_process_shares_no_connection_with_it(remote: RemoteGrader, pairs: list[Pair]) -> None:
    right, wrong = pairs[0], pairs[1]
    assert remote.grade(*right).reward == 1
    if (child := os.fork()) == 0:
        try:
            os._exit(sum(remote.grade(*right).reward or 0 for _ in range(50)))
        finally:
            os._exit(255)
    assert [remote.grade(*wrong).reward for _ in range(50)] == [0] * 50
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 50


def test_threads_share_a_grader(remote: RemoteGrader, pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    found: dict[int, list[int | None]] = {}

    def work(number: int) -> None:
        found[number] = [remote.grade(*pair).reward for pair in pairs]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [[reward for reward, _ in due]] * 8


def test_a_problem_that_only_bears_the_name_of_one_that_is_served_is_refused(service: Service, pairs: list[Pair]) -> None:
    other = replace(pairs[0][0], outputs=("0",))
    with RemoteGrader(service.url, TOKEN) as grader, pytest.raises(BadInput, match=r"409: problem .* is not the one"):
        grader.grade(other, pairs[0][1])


def test_a_token_that_is_wrong_is_told_at_once(service: Service, pairs: list[Pair]) -> None:
    with pytest.raises(BadInput, match="401: this needs the service's token"):
        RemoteGrader(service.url, "another-token-of-theirs").grade(*pairs[0])


def test_a_service_that_is_not_there_is_waited_for_and_is_then_no_reward(pairs: list[Pair]) -> None:
    with pytest.raises(SandboxUnavailable, match=r"127\.0\.0\.1:9 gave no grades for 0.3 s: ConnectionRefused"):
        RemoteGrader("http://127.0.0.1:9", patience_s=0.3).grade(*pairs[0])


@pytest.mark.parametrize("url", ["grader:8000", "ftp://grader", "http://", "http://grader:eight"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="is no address of a server"):
        RemoteGrader(url)


def test_what_can_be_asked_is_described(service: Service) -> None:
    told = ask(service.url, "/openapi.json", headers=KNOWN).told
    assert told["paths"].keys() == {"/grade", "/grade/batch", "/health"}
    assert told["components"]["schemas"]["Asked"]["required"] == ["problem_id", "completion"]
    assert told["paths"]["/grade"]["post"]["security"] == [{"HTTPBearer": []}]
    assert told["paths"]["/grade/batch"]["post"]["responses"].keys() == {"200", "401", "404", "409", "413", "422", "503"}
