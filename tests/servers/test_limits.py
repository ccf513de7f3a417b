"""How many requests a server gets at once: fewer when it says so, and more again when it bears them."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from steppingstone.errors import ModelServerError
from steppingstone.servers import Fleet, Slots
from tests.asking import ask_all, asking, body
from tests.model_server import Body, Said, choices, serving

TOO_MANY = Said({"error": {"message": "too many"}}, 429)


class Crowd:
    """A server's answer that takes 20 ms, and is 429 to those beyond `allowed` at once."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, _: Body) -> Said | Body:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            welcome = self.now <= self.allowed
        try:
            time.sleep(0.02 if welcome else 0)
            return choices("so") if welcome else TOO_MANY
        finally:
            with self.lock:
                self.now -= 1


def test_the_limit_comes_near_to_what_a_server_allows_and_back_when_it_allows_all() -> None:
    crowd = Crowd(allowed=4)

    async def work(fleet: Fleet) -> tuple[list[int], int]:
        limits = []
        for _ in range(10):
            await ask_all(fleet, 16)
            limits.append(fleet.state()[0].limit)
        crowd.allowed = 1000
        await ask_all(fleet, 200)
        return limits, fleet.state()[0].limit

    with serving(crowd) as server:
        limits, last = asking([server.base_url], work, slots=16)
    assert all(1 <= limit <= 7 for limit in limits[3:]), limits
    assert last == 16


def test_requests_turned_away_together_halve_the_limit_once() -> None:
    crowd = Crowd(allowed=0)

    async def work(fleet: Fleet) -> int:
        asked = [asyncio.ensure_future(fleet.ask(body(seed))) for seed in range(64)]
        while fleet.state()[0].faults < 64:
            await asyncio.sleep(0.001)
        limit = fleet.state()[0].limit
        for each in asked:
            each.cancel()
        return limit

    with serving(crowd) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("steppingstone.servers.server.FIRST_BACKOFF_S", 60.0)
        patch.setattr("steppingstone.servers.server.LONGEST_BACKOFF_S", 60.0)
        assert asking([server.base_url], work, slots=64) == 32


def test_a_limit_falls_to_one_and_no_further() -> None:
    async def work(fleet: Fleet) -> int:
        with pytest.raises(ModelServerError, match="429 for"):
            await ask_all(fleet, 16)
        return fleet.state()[0].limit

    with serving(lambda _: TOO_MANY) as server:
        assert asking([server.base_url], work, slots=8, patience_s=1.5) == 1


@pytest.mark.parametrize("said", [TOO_MANY, Said({"error": {"message": "busy"}}, 503, {"Retry-After": "0"})])
def test_a_server_that_wants_fewer_requests_is_not_set_aside(said: Said, caplog: pytest.LogCaptureFixture) -> None:
    faults = iter([said] * 9)
    with serving(lambda _: next(faults, choices("so"))) as server:
        asking([server.base_url], lambda fleet: ask_all(fleet, 3))
    assert "set aside" not in caplog.text


def test_a_server_rests_for_as_long_as_it_asked() -> None:
    times: list[float] = []

    def answer(_: Body) -> Said | Body:
        times.append(time.monotonic())
        return Said({}, 429, {"Retry-After": "0.7"}) if len(times) == 1 else choices("so")

    async def work(fleet: Fleet) -> None:
        await asyncio.gather(fleet.ask(body()), later(fleet))

    async def later(fleet: Fleet) -> None:
        await asyncio.sleep(0.2)
        await fleet.ask(body())

    with serving(answer) as server:
        asking([server.base_url], work)
    assert len(times) == 3
    assert times[1] - times[0] >= 0.7


def test_no_more_requests_are_in_flight_than_there_are_slots_over_all_models() -> None:
    crowd = Crowd(allowed=1000)
    slots = Slots(6)

    async def work(fleet: Fleet) -> None:
        other = Fleet([second.base_url], "NO_KEY", 10, 10, slots)
        await asyncio.gather(ask_all(fleet, 30), ask_all(other, 30))
        await other.close()

    with serving(crowd) as first, serving(crowd) as second:
        asking([first.base_url], work, slots=slots)
    assert (crowd.most, slots.busy) == (6, 0)


def test_slots_can_be_made_more_and_fewer_while_requests_run() -> None:
    crowd = Crowd(allowed=1000)
    slots = Slots(2)

    async def work(fleet: Fleet) -> None:
        asked = asyncio.ensure_future(ask_all(fleet, 300))
        await until(lambda: crowd.most == 2)
        slots.resize(10)
        await until(lambda: crowd.most == 10)
        slots.resize(3)
        await until(lambda: slots.busy == 3)
        crowd.most = 0
        await asked

    with serving(crowd) as server:
        asking([server.base_url], work, slots=slots)
    assert 0 < crowd.most <= 3


def test_models_that_share_slots_have_their_turns_in_the_order_of_asking() -> None:
    slots, order = Slots(1), list[str]()

    async def one(fleet: Fleet, name: str) -> None:
        await fleet.ask(body())
        order.append(name)

    async def work(fleet: Fleet) -> None:
        other = Fleet([server.base_url], "NO_KEY", 10, 10, slots)
        await asyncio.gather(*(one(each, name) for name in "abc" for each in (other, fleet)))
        await other.close()

    with serving(lambda _: choices("so")) as server:
        asking([server.base_url], work, slots=slots)
    assert "".join(order) == "aabbcc"


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.001)


def test_requests_that_are_given_up_leave_their_slots() -> None:
    slots = Slots(1)

    async def work(fleet: Fleet) -> str:
        stuck, granted, waiting = (asyncio.ensure_future(fleet.ask(body(prompt="stall"))) for _ in range(3))
        await asyncio.sleep(0.2)
        slots.resize(2)
        assert slots.busy == 2
        for each in (granted, waiting, stuck):
            each.cancel()
        await asyncio.gather(stuck, granted, waiting, return_exceptions=True)
        assert slots.busy == 0
        return (await ask_all(fleet, 1))[0]

    def answer(asked: Body) -> Body:
        if asked["messages"][0]["content"] == "stall":
            time.sleep(1)
        return choices("so")

    with serving(answer) as server:
        assert asking([server.base_url], work, slots=slots) == "so"
    assert len(server.requests) == 2
