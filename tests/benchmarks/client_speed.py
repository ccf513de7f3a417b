"""Processor time of the client for each request: `python -m tests.benchmarks.client_speed [REQUESTS] [IN_FLIGHT]`.

Three clients ask one server of prepared answers with a fixed latency, with 1 and with 32 completions a request:
a plain `asyncio.gather` over the openai client, a `Fleet`, and a `Chat`, which reads the completions and journals them.
They have their turns one after another in each round, so that what else the machine does hits all of them alike.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import openai

from steppingstone.chat import Chat
from steppingstone.journal import Journal
from steppingstone.records import Message
from steppingstone.servers import Fleets, Slots
from steppingstone.settings import StudentSettings

ROUNDS = 5
ANSWER = "word " * 400
PROMPT = "line of code\n" * 300


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A server with a latency of half a second, and its URL."""
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"m": [f"{ANSWER}{number}" for number in range(100)]}))
    command = [sys.executable, "-m", "steppingstone.offline", "--answers", str(answers), "--latency", "0.5"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


async def measure(ask: Callable[[int], Awaitable[object]], first: int, count: int) -> float:
    """Milliseconds of processor time a request."""
    began = time.process_time()
    await asyncio.gather(*(ask(number) for number in range(first, first + count)))
    return (time.process_time() - began) / count * 1000


async def run(url: str, folder: Path, n: int, requests: int, in_flight: int) -> dict[str, list[float]]:
    """The costs of each client in each round."""
    model = StudentSettings(base_urls=(url,), model="m", reasoning_effort=None)
    plain = openai.AsyncOpenAI(base_url=url, api_key="none")
    fleet, journal, gate = Fleets(Slots(in_flight)).of(model), Journal(folder / str(n)), asyncio.Semaphore(in_flight)
    chat = Chat(model, journal, fleet)

    def body(number: int) -> dict[str, object]:
        return {"model": "m", "messages": [{"role": "user", "content": f"{PROMPT}{number}"}], "n": n, "seed": number}

    async def ask_plain(number: int) -> None:
        async with gate:
            await plain.chat.completions.create(**body(number))  # type: ignore[call-overload]

    async def ask_chat(number: int) -> None:
        await chat.sample((Message("user", f"{PROMPT}{number}"),), n)

    clients: dict[str, Callable[[int], Awaitable[object]]] = {
        "gather over openai": ask_plain,
        "Fleet.ask": lambda number: fleet.ask(body(number)),
        "Chat.sample": ask_chat,
    }
    costs: dict[str, list[float]] = {name: [] for name in clients}
    for turn in range(ROUNDS + 1):
        for name, ask in clients.items():
            cost = await measure(ask, turn * requests, requests)
            if turn:
                costs[name].append(cost)
    await fleet.close()
    await plain.close()
    journal.close()
    return costs


def main() -> None:
    """Measures and prints."""
    requests, in_flight = (int(number) for number in (*sys.argv[1:], *("1000", "256")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        process, url = start(Path(name))
        try:
            for n in (1, 32):
                for client, costs in asyncio.run(run(url, Path(name), n, requests, in_flight)).items():
                    low, middle = min(costs), statistics.median(costs)
                    print(f"n={n:<3} {in_flight} in flight  {client:20} {middle:5.2f} ms a request (least {low:.2f})")
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", os.getcwd())
    main()
