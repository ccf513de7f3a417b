"""What a run may spend, and that nothing is asked of a model beyond it."""

import asyncio
import time
from pathlib import Path

import pytest

from steppingstone.chat import Chat
from steppingstone.errors import CapReached, InfrastructureError
from steppingstone.journal import Journal
from steppingstone.records import Message
from steppingstone.servers import Fleets, Slots
from steppingstone.settings import PriceSettings, StudentSettings
from steppingstone.spending import Allowance, Purse, Spent
from tests.model_server import Body, choices, serving

SLOTS = 4
EACH = 10 + 5
"""Tokens of one request: ten for the prompt, and a character of the answer each."""


def answer(_: Body) -> Body:
    time.sleep(0.02)
    return choices("abcde")


def ask(base_url: str, folder: Path, purse: Purse, prompts: int, count: int = 1) -> tuple[Chat, list[object]]:
    """Samples each of so many prompts at once, and returns the chat and what became of each."""
    prices = PriceSettings(prompt=100_000, cached=0, completion=200_000)
    model = StudentSettings(base_urls=(base_url,), model="m", prices=prices, patience_s=60)

    async def run() -> tuple[Chat, list[object]]:
        journal, fleet = Journal(folder), Fleets(Slots(SLOTS)).of(model)
        chat = Chat(model, journal, fleet, purse=purse)
        asked = [chat.sample((Message("user", str(number)),), count) for number in range(prompts)]
        try:
            return chat, await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await fleet.close()
            journal.close()

    return asyncio.run(run())


def test_a_purse_tells_what_was_spent(tmp_path: Path) -> None:
    with serving(answer) as server:
        first, second = Purse(), Purse()
        ask(server.base_url, tmp_path, first, prompts=3)
        again, _ = ask(server.base_url, tmp_path, second, prompts=3)
    assert first.spent == Spent(prompt=30, completion=15, dollars=pytest.approx(30 * 0.1 + 15 * 0.2))
    assert (second.spent, again.asked, again.reused) == (Spent(), 0, 3)


@pytest.mark.parametrize("allowance", [Allowance(tokens=100), Allowance(dollars=100 / EACH * 2)])
def test_a_cap_is_overrun_by_no_more_than_what_was_in_flight(tmp_path: Path, allowance: Allowance) -> None:
    purse = Purse(allowance)
    with serving(answer) as server:
        _, came = ask(server.base_url, tmp_path, purse, prompts=40)
    spent = purse.spent.tokens
    assert 100 <= spent < 100 + SLOTS * EACH
    assert {type(each) for each in came} == {list, CapReached}
    assert len(server.requests) * EACH == spent


def test_what_was_in_flight_when_the_cap_was_reached_is_in_the_journal(tmp_path: Path) -> None:
    with serving(answer) as server:
        chat, _ = ask(server.base_url, tmp_path, Purse(Allowance(tokens=100)), prompts=40)
        later, came = ask(server.base_url, tmp_path, Purse(Allowance(tokens=0)), prompts=40)
    assert later.reused == chat.asked > 0
    assert sum(isinstance(each, list) for each in came) == later.reused
    assert later.asked == 0


def test_samples_asked_for_singly_are_kept_when_the_cap_is_reached_among_them(tmp_path: Path) -> None:
    with serving(lambda body: choices("abcde")) as server:
        chat, came = ask(server.base_url, tmp_path, Purse(Allowance(tokens=100)), prompts=1, count=40)
        later, _ = ask(server.base_url, tmp_path, Purse(Allowance(tokens=0)), prompts=1, count=40)
    assert isinstance(came[0], CapReached)
    assert later.reused == chat.asked >= 100 // EACH


def test_a_request_that_waits_for_its_next_try_ends_with_the_hours(tmp_path: Path) -> None:
    began = time.monotonic()
    _, came = ask("http://127.0.0.1:9/v1", tmp_path, Purse(Allowance(until=time.time() + 0.5)), prompts=2)
    assert {type(each) for each in came} == {CapReached}
    assert 0.4 < time.monotonic() - began < 10


def test_a_reached_cap_is_no_failure_of_infrastructure() -> None:
    assert not issubclass(CapReached, InfrastructureError)
