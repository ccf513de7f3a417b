"""For how long a request is tried, and whose fault it is that it never came."""

import asyncio
import time
from collections.abc import Callable

import pytest

from steppingstone.errors import CapReached, ModelServerError, PromptRefused, ServerBroughtDown
from steppingstone.servers import Fleet
from tests.asking import ask_all, asking, body
from tests.model_server import Body, Said, choices, serving

BROKEN = Said({"error": {"message": "HarmonyError"}}, 500)


def broken_by(prompt: str) -> Callable[[Body], Said | Body]:
    return lambda asked: BROKEN if asked["messages"][0]["content"] == prompt else choices("so")


async def others(fleet: Fleet) -> None:
    while True:
        await ask_all(fleet, 2)
        await asyncio.sleep(0.005)


def test_a_prompt_that_alone_brings_the_server_down_is_refused_after_twenty_tries() -> None:
    async def work(fleet: Fleet) -> None:
        meanwhile = asyncio.ensure_future(others(fleet))
        try:
            await fleet.ask(body(prompt="bad"))
        finally:
            meanwhile.cancel()

    with (
        serving(broken_by("bad")) as server,
        pytest.raises(ServerBroughtDown, match=r"500; it said: HarmonyError; 2\d tries failed, while other"),
    ):
        asking([server.base_url], work, patience_s=60)
    tried = sum(request["messages"][0]["content"] == "bad" for request in server.requests)
    assert 20 <= tried <= 40


def test_a_prompt_that_fails_when_nothing_else_is_answered_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppingstone.servers.server.LONGEST_ASIDE_S", 0.05)
    with serving(broken_by("bad")) as server, pytest.raises(ModelServerError, match="500 for") as raised:
        asking([server.base_url], lambda fleet: fleet.ask(body(prompt="bad")), patience_s=3)
    assert not isinstance(raised.value, PromptRefused)
    assert len(server.requests) > 20


def test_an_outage_that_begins_while_others_are_answered_is_no_fault_of_a_prompt() -> None:
    async def work(fleet: Fleet) -> list[object]:
        return await asyncio.gather(*(fleet.ask(body(seed)) for seed in range(20)), return_exceptions=True)

    def answer(_: Body) -> Said | Body:
        return BROKEN if len(server.requests) > 5 else choices("so")

    with serving(answer) as server:
        failures = [came for came in asking([server.base_url], work, patience_s=1) if isinstance(came, Exception)]
    assert {type(failure) for failure in failures} == {ModelServerError}


def test_a_prompt_that_fails_to_the_end_while_others_are_answered_does_not_end_the_run() -> None:
    def answer(asked: Body) -> Body:
        if asked["messages"][0]["content"] == "slow":
            time.sleep(1)
        return choices("so")

    async def work(fleet: Fleet) -> None:
        meanwhile = asyncio.ensure_future(others(fleet))
        try:
            await fleet.ask(body(prompt="slow"))
        finally:
            meanwhile.cancel()

    with (
        serving(answer) as server,
        pytest.raises(ServerBroughtDown, match=r"no whole reply within 0\.3 s; \d tries failed"),
    ):
        asking([server.base_url], work, timeout_s=0.3, patience_s=1)


def test_patience_ends_within_a_try_of_when_it_should() -> None:
    began = time.monotonic()
    with serving(lambda _: BROKEN) as server, pytest.raises(ModelServerError, match=r"500 for 1\.\d s"):
        asking([server.base_url], lambda fleet: ask_all(fleet, 3), patience_s=1)
    assert 0.95 <= time.monotonic() - began < 6


def test_without_patience_one_try_is_all() -> None:
    with serving(lambda _: BROKEN) as server, pytest.raises(ModelServerError):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1), patience_s=0)
    assert len(server.requests) == 1


def test_waiting_for_its_turn_at_a_server_that_works_costs_a_request_no_patience() -> None:
    def answer(_: Body) -> Body:
        time.sleep(0.05)
        return choices("so")

    faults = iter([BROKEN])
    with serving(lambda asked: next(faults, None) or answer(asked)) as server:
        assert asking([server.base_url], lambda fleet: ask_all(fleet, 40), slots=1, patience_s=0.5) == ["so"] * 40


def test_prompts_that_bring_the_server_down_do_not_keep_others_from_it() -> None:
    async def work(fleet: Fleet) -> list[object]:
        bad = [fleet.ask(body(prompt="bad")) for _ in range(6)]
        good = [fleet.ask(body(seed)) for seed in range(6)]
        return await asyncio.gather(*bad, *good, return_exceptions=True)

    with serving(broken_by("bad")) as server:
        came = asking([server.base_url], work, slots=4, patience_s=3)
    assert [type(each) for each in came] == [ServerBroughtDown] * 6 + [dict] * 6


def test_waiting_for_its_turn_costs_no_patience_after_a_fault_either() -> None:
    faults = iter([BROKEN])

    def answer(_: Body) -> Said | Body:
        if fault := next(faults, None):
            return fault
        time.sleep(1)
        return choices("so")

    with serving(answer) as server:
        assert asking([server.base_url], lambda fleet: ask_all(fleet, 2), slots=1, patience_s=0.5) == ["so"] * 2


def enough_at(moment: float) -> Callable[[], None]:
    def check() -> None:
        if time.monotonic() > moment:
            raise CapReached("enough")

    return check


def test_a_request_that_waits_for_its_next_try_can_be_told_to_end() -> None:
    began = time.monotonic()
    later = Said({}, 429, {"Retry-After": "30"})
    with serving(lambda _: later) as server, pytest.raises(CapReached):
        asking([server.base_url], lambda fleet: fleet.ask(body(), enough_at(began + 0.5)), patience_s=60)
    assert time.monotonic() - began < 10
    assert len(server.requests) == 1


def test_a_request_that_waits_for_its_turn_can_be_told_to_end() -> None:
    began = time.monotonic()

    async def work(fleet: Fleet) -> float:
        stuck = asyncio.ensure_future(fleet.ask(body()))
        await asyncio.sleep(0.1)
        with pytest.raises(CapReached):
            await fleet.ask(body(), enough_at(began + 0.5))
        took = time.monotonic() - began
        await stuck
        return took

    with serving(lambda _: time.sleep(3) or choices("so")) as server:
        assert asking([server.base_url], work, slots=1) < 2.9
    assert len(server.requests) == 1


def test_a_long_silence_is_told_now_and_then_and_not_for_each_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("steppingstone.servers.watch.LOOK_S", 0.02)
    monkeypatch.setattr("steppingstone.servers.watch.LONG_S", 0.3)

    def answer(_: Body) -> Body:
        time.sleep(1.0)
        return choices("so")

    with serving(answer) as server:
        asking([server.base_url], lambda fleet: ask_all(fleet, 12), slots=8)
    told = [record.message for record in caplog.records]
    assert 2 <= len(told) <= 4
    assert told[0] == f"no reply for 0 s; 8 requests in flight, 4 not; {server.base_url}: no fault"


def test_a_request_in_long_trouble_is_told_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("steppingstone.servers.watch.LOOK_S", 0.02)
    monkeypatch.setattr("steppingstone.servers.watch.LONG_S", 0.3)

    async def work(fleet: Fleet) -> None:
        meanwhile = asyncio.ensure_future(others(fleet))
        with pytest.raises(ServerBroughtDown):
            await fleet.ask(body(prompt="bad"))
        meanwhile.cancel()

    with serving(broken_by("bad")) as server:
        asking([server.base_url], work)
    assert "one request has been failing for 0 s" in caplog.text
