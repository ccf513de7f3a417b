"""More than it can do, killed workers, clients that leave, an end in the middle: no wrong reward, and no place lost."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steppingstone.environments.base import fenced
from steppingstone.service.client import RemoteGrader
from tests.service.asking import ask, item
from tests.service.conftest import Pair
from tests.service.serving import TOKEN, Service, serving


@pytest.fixture(scope="module")
def items(pairs: list[Pair]) -> list[dict[str, str]]:
    return [item(problem.problem_id, text) for problem, text in pairs]


@pytest.fixture
def slow(pairs: list[Pair]) -> list[dict[str, str]]:
    """Thirty completions, no two alike, each of which takes the problem's whole second and a half."""
    name = next(problem.problem_id for problem, _ in pairs if problem.environment == "induction")
    return [item(name, fenced("python", f"def f(x):\n    while {number}: pass")) for number in range(1, 31)]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def taken(service: Service) -> int:
    number: int = ask(service.url, "/health").told["taken"]
    return number


def crowd(service: Service, items: list[dict[str, str]], rewards: list[int], rounds: int) -> Counter[str]:
    """Forty clients at once, each asking for one, five or twenty-five completions a time; what came of the requests."""

    def client(number: int) -> list[str]:
        dice = random.Random(number)
        return [asked(dice.sample(range(len(items)), min(len(items), dice.choice((1, 5, 25))))) for _ in range(rounds)]

    def asked(places: list[int]) -> str:
        reply = ask(service.url, "/grade/batch", {"items": [items[place] for place in places]})
        if reply.status == 503:
            assert int(reply.headers["Retry-After"]) >= 1
            return "refused"
        return "right" if [each["reward"] for each in reply.told["grades"]] == [rewards[place] for place in places] else "wrong"

    with ThreadPoolExecutor(40) as clients:
        return Counter(outcome for outcomes in clients.map(client, range(40)) for outcome in outcomes)


def test_overloaded_it_refuses_some_and_tells_the_others_the_right_reward(
    service: Service, items: list[dict[str, str]], due: list[tuple[int, str]]
) -> None:
    rewards = [reward for reward, _ in due]
    seen = crowd(service, items, rewards, rounds=4)
    assert seen.keys() == {"right", "refused"}
    until(lambda: taken(service) == 0)
    assert crowd(service, items[:1], rewards[:1], rounds=1).keys() == {"right"}


def test_clients_that_come_again_all_get_their_rewards(service: Service, pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    with RemoteGrader(service.url, TOKEN) as grader, ThreadPoolExecutor(8) as clients:
        found = list(clients.map(grader.grade_many, [pairs] * 8))
    assert [[(grade.reward, grade.verdict) for grade in grades] for grades in found] == [due] * 8


def test_killed_workers_cost_no_reward(service: Service, items: list[dict[str, str]], due: list[tuple[int, str]]) -> None:
    over, killed = threading.Event(), list[int]()

    def kill_some() -> None:
        while not over.wait(0.05):
            for number in service.sandbox_servers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
                    killed.append(number)

    killer = threading.Thread(target=kill_some)
    killer.start()
    try:
        seen = crowd(service, items, [reward for reward, _ in due], rounds=3)
    finally:
        over.set()
        killer.join()
    assert killed
    assert "wrong" not in seen
    until(lambda: ask(service.url, "/grade/batch", {"items": items}).status == 200)


def test_a_client_that_leaves_frees_its_place(service: Service, slow: list[dict[str, str]]) -> None:
    with ThreadPoolExecutor(1) as clients:
        first = clients.submit(ask, service.url, "/grade/batch", {"items": slow[:8]})
        until(lambda: taken(service) == 8)
        with pytest.raises(TimeoutError):
            ask(service.url, "/grade/batch", {"items": slow}, timeout_s=0.5)
        until(lambda: taken(service) <= 8)
        assert not first.done()
        assert ask(service.url, "/grade", slow[0]).told["verdict"] == "timeout"
        assert [each["verdict"] for each in first.result().told["grades"]] == ["timeout"] * 8


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_answers_what_it_has_begun(data: Path, slow: list[dict[str, str]], number: signal.Signals) -> None:
    with serving(data) as service, ThreadPoolExecutor(1) as clients:
        waiting = clients.submit(ask, service.url, "/grade/batch", {"items": slow[:2]})
        until(lambda: taken(service) == 2)
        workers = service.sandbox_servers()
        service.process.send_signal(number)
        until(lambda: refuses(service))
        assert [each["verdict"] for each in waiting.result().told["grades"]] == ["timeout"] * 2
        assert service.process.wait(60) == 0
        assert workers
        assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


def refuses(service: Service) -> bool:
    try:
        ask(service.url, "/health")
    except ConnectionRefusedError:
        return True
    return False
