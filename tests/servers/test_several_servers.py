"""Several servers for one model."""

import asyncio
import contextlib
import time
from collections.abc import Iterator

import httpx
import pytest

from steppingstone.errors import ModelServerError
from steppingstone.servers import Fleet, Fleets
from steppingstone.servers.slots import Slots
from steppingstone.settings import StudentSettings, TeacherSettings
from tests.asking import ask_all, asking, body
from tests.model_server import Body, Said, choices, serving
from tests.offline.conftest import start_server

BROKEN = Said({"error": {"message": "broken"}}, 500)


def slow(seconds: float, text: str = "so"):
    def answer(_: Body) -> Body:
        time.sleep(seconds)
        return choices(text)

    return answer


def test_servers_that_are_alike_get_as_much() -> None:
    with serving(slow(0.03)) as one, serving(slow(0.03)) as other:
        asking([one.base_url, other.base_url], lambda fleet: ask_all(fleet, 60))
    assert abs(len(one.requests) - len(other.requests)) <= 10


def test_a_slower_server_gets_less() -> None:
    with serving(slow(0.5)) as tired, serving(slow(0.01)) as brisk:
        asking([tired.base_url, brisk.base_url], lambda fleet: ask_all(fleet, 80))
    assert len(brisk.requests) > 2 * len(tired.requests)


def test_one_after_another_they_take_turns() -> None:
    async def work(fleet: Fleet) -> None:
        for seed in range(6):
            await fleet.ask(body(seed))

    with serving(slow(0)) as one, serving(slow(0)) as other:
        asking([one.base_url, other.base_url], work)
    assert len(one.requests) == len(other.requests) == 3


def test_what_one_server_failed_goes_to_another_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppingstone.servers.server.FIRST_BACKOFF_S", 60.0)
    monkeypatch.setattr("steppingstone.servers.server.LONGEST_BACKOFF_S", 60.0)

    async def work(fleet: Fleet) -> list[str]:
        async with asyncio.timeout(20):
            return await ask_all(fleet, 20)

    with serving(lambda _: BROKEN) as broken, serving(slow(0)) as good:
        assert asking([broken.base_url, good.base_url], work, slots=4, patience_s=600) == ["so"] * 20


def test_a_server_that_is_set_aside_gets_one_probe_at_a_time_and_ever_fewer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("steppingstone.servers.server.FIRST_ASIDE_S", 0.2)
    monkeypatch.setattr("steppingstone.servers.server.LONGEST_ASIDE_S", 60.0)

    async def work(fleet: Fleet) -> int:
        await ask_all(fleet, 40)
        assert fleet.state()[0].aside_s is not None
        before = len(broken.requests)
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            await ask_all(fleet, 8)
        return len(broken.requests) - before

    with serving(lambda _: BROKEN) as broken, serving(slow(0.005)) as good:
        probes = asking([broken.base_url, good.base_url], work)
    assert 2 <= probes <= 4
    assert [record.message for record in caplog.records] == [
        f"{broken.base_url} is set aside, for it fails again and again; the last: 500; it said: broken"
    ]


def test_a_server_that_is_set_aside_is_never_probed_by_two_requests_at_once() -> None:
    now, most = 0, []

    def answer(_: Body) -> Said:
        nonlocal now
        now += 1
        most.append(now)
        time.sleep(0.3)
        now -= 1
        return BROKEN

    async def work(fleet: Fleet) -> int:
        while fleet.state()[0].aside_s is None:
            await ask_all(fleet, 8)
        await asyncio.sleep(0.4)
        before = len(most)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            await ask_all(fleet, 8)
        return before

    with serving(answer) as broken, serving(slow(0.01)) as good:
        before = asking([broken.base_url, good.base_url], work)
    assert set(most[before:]) == {1}


def test_a_server_that_works_again_is_told_and_gets_its_share(caplog: pytest.LogCaptureFixture) -> None:
    faults = iter([BROKEN] * 6)
    with serving(lambda _: next(faults, choices("so"))) as other, serving(slow(0.01)) as good:

        async def work(fleet: Fleet) -> None:
            while fleet.state()[0].faults < 6:
                await ask_all(fleet, 8)
            await asyncio.sleep(0.5)
            await ask_all(fleet, 8)
            other.requests.clear()
            await ask_all(fleet, 40)

        asking([other.base_url, good.base_url], work)
    assert len(other.requests) >= 10
    assert f"{other.base_url} is back" in caplog.text


def test_when_all_servers_are_down_the_error_names_them_and_requests_that_only_waited_fail_too() -> None:
    urls = ["http://127.0.0.1:9/v1", "http://127.0.0.1:10/v1"]

    async def work(fleet: Fleet) -> list[object]:
        return await asyncio.gather(*(fleet.ask(body(seed)) for seed in range(9)), return_exceptions=True)

    began = time.monotonic()
    failures = asking(urls, work, slots=2, patience_s=1.0)
    assert 0.9 <= time.monotonic() - began < 10
    assert len(failures) == 9
    for failure in failures:
        assert type(failure) is ModelServerError
        assert str(failure).startswith(f"{', '.join(urls)}, model m: Connection refused for 1.")


def test_a_stalled_server_does_not_stop_the_others() -> None:
    async def work(fleet: Fleet) -> int:
        asked = [asyncio.ensure_future(fleet.ask(body(seed))) for seed in range(60)]
        done, left = await asyncio.wait(asked, timeout=3)
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(done)

    with serving(slow(4)) as stalled, serving(slow(0.01)) as good:
        assert asking([stalled.base_url, good.base_url], work) >= 52


def test_what_stalls_is_asked_elsewhere_once_its_time_is_over() -> None:
    with serving(slow(2, "late")) as stalled, serving(slow(0.01)) as good:
        said = asking([stalled.base_url, good.base_url], lambda fleet: ask_all(fleet, 30), timeout_s=0.4)
    assert said == ["so"] * 30


@contextlib.contextmanager
def offline(answers: str, port: int = 0) -> Iterator[tuple[object, str]]:
    process, url = start_server("--answers", answers, "--latency", "0.02", "--port", str(port))
    try:
        yield process, url
    finally:
        process.kill()
        process.wait(10)


def test_a_server_killed_in_the_middle_and_started_again_is_used_again(tmp_path) -> None:
    answers = str(tmp_path / "answers.json")
    (tmp_path / "answers.json").write_text('{"m": ["so"]}')

    async def work(fleet: Fleet) -> int:
        asked = asyncio.ensure_future(ask_all(fleet, 400))
        await asyncio.sleep(0.3)
        process.kill()
        await asyncio.to_thread(process.wait, 10)
        while fleet.state()[1].aside_s is None:
            await asyncio.sleep(0.01)
        port = int(url.rpartition(":")[2].removesuffix("/v1"))
        with offline(answers, port):
            assert await asked == ["so"] * 400
            while fleet.state()[1].aside_s is not None:
                await ask_all(fleet, 4)
            await ask_all(fleet, 40)
            return int(httpx.get(url.removesuffix("/v1") + "/stats").json()["served"])

    with offline(answers) as (_, steady), offline(answers) as (process, url):
        assert asking([steady, url], work) >= 15


def test_teacher_and_student_share_what_they_have_in_common() -> None:
    fleets = Fleets(Slots(4))
    urls = ("http://a/v1", "http://b/v1")
    teacher, student = TeacherSettings(base_urls=urls), StudentSettings(base_urls=urls[::-1])
    assert fleets.of(teacher) is fleets.of(student)
    assert fleets.of(teacher) is not fleets.of(student.model_copy(update={"api_key_env": "OTHER"}))
