"""The server under load: prepared answers, a fixed latency, a number of slots, and the count of what was served."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import openai
import pytest

from steppingstone.offline.prepared import Answers
from tests.offline.conftest import start_server

TEXTS = [f"answer {number}" for number in range(10)]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    (folder / "answers.json").write_text(json.dumps({"a": TEXTS, "b": ["only this"]}))
    process, url = start_server("--answers", str(folder / "answers.json"), *options)
    try:
        yield url
    finally:
        process.kill()
        process.wait(10)


def ask(url: str, count: int, **options: object) -> list[list[str]]:
    """The texts of so many requests, asked all at once; request i has seed i."""

    async def run() -> list[list[str]]:
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            given = {"model": "a", "messages": [{"role": "user", "content": "hello"}]}
            create = client.chat.completions.create
            replies = await asyncio.gather(*(create(**given | {"seed": seed} | options) for seed in range(count)))
            return [[choice.message.content for choice in reply.choices] for reply in replies]

    return asyncio.run(run())


def stats(url: str) -> dict[str, float]:
    return httpx.get(url.removesuffix("/v1") + "/stats").json()


def test_choice_i_of_seed_s_is_prepared_text_s_plus_i(tmp_path):
    with serving(tmp_path) as url:
        assert ask(url, 12, n=3)[9:] == [[TEXTS[(seed + i) % 10] for i in range(3)] for seed in (9, 10, 11)]


def test_without_a_seed_the_texts_come_in_turn(tmp_path):
    with serving(tmp_path) as url:
        said = [ask(url, 1, seed=None)[0][0] for _ in range(3)]
    assert said == TEXTS[:3]


def test_the_models_are_those_of_the_file(tmp_path):
    with serving(tmp_path) as url:
        client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
        assert [model.id for model in client.models.list()] == ["a", "b"]
        assert ask(url, 1, model="b") == [["only this"]]
        with pytest.raises(openai.NotFoundError, match="there are a, b"):
            ask(url, 1, model="c")


def test_each_request_takes_the_latency_and_waits_for_a_slot(tmp_path):
    with serving(tmp_path, "--latency", "0.2", "--slots", "3") as url:
        began = time.monotonic()
        ask(url, 9, n=2)
        took = time.monotonic() - began
        counted = stats(url)
    assert took >= 0.6
    assert (counted["served"], counted["completions"], counted["slots"]) == (9, 18, 3)
    assert (counted["in_flight"], counted["peak_in_flight"], counted["faults"]) == (0, 9, {})
    assert 9 * 0.2 <= counted["busy_slot_seconds"] <= min(3 * counted["seconds"], 9 * 0.2 + 3)


def test_who_waits_is_served_in_the_order_of_arrival(tmp_path):
    async def run(url: str) -> list[int]:
        order: list[int] = []
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

            async def one(number: int) -> None:
                await asyncio.sleep(0.05 * number)
                message = {"role": "user", "content": "hello"}
                await client.chat.completions.create(model="a", messages=[message], seed=number)
                order.append(number)

            await asyncio.gather(*(one(number) for number in range(5)))
        return order

    with serving(tmp_path, "--latency", "0.3", "--slots", "1") as url:
        assert asyncio.run(run(url)) == [0, 1, 2, 3, 4]


def test_a_client_that_goes_frees_its_slot(tmp_path):
    with serving(tmp_path, "--latency", "30", "--slots", "1") as url:
        for _ in range(2):
            with pytest.raises(openai.APITimeoutError):
                ask(url, 1, timeout=0.3)
        time.sleep(0.2)
        counted = stats(url)
    assert (counted["served"], counted["in_flight"]) == (0, 0)
    assert counted["busy_slot_seconds"] < 10


def test_faults_are_counted_by_kind(tmp_path):
    with serving(tmp_path, "--fault", "cut=1") as url:
        ask(url, 3)
        assert stats(url)["faults"] == {"cut": 3}


@pytest.mark.parametrize("content", ["[]", "{}", '{"m": []}', '{"m": "text"}', '{"m": [1]}', "{"])
def test_a_file_that_holds_no_answers_is_refused(tmp_path, content):
    (tmp_path / "answers.json").write_text(content)
    with pytest.raises(ValueError, match=r"answers\.json"):
        Answers(str(tmp_path / "answers.json"))


def test_clients_that_go_in_the_middle_of_their_requests_leave_no_trace(tmp_path, capfd):
    with serving(tmp_path) as url:
        where = urlsplit(url)
        for _ in range(3):
            with socket.create_connection((where.hostname, where.port), timeout=5) as raw:
                raw.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert ask(url, 1) == [[TEXTS[0]]]
        assert stats(url)["in_flight"] == 0
    assert "Traceback" not in capfd.readouterr().err


def test_a_server_may_give_one_choice_whatever_n_says(tmp_path):
    with serving(tmp_path, "--single") as url:
        assert ask(url, 2, n=4) == [[TEXTS[0]], [TEXTS[1]]]
