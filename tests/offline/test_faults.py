"""The faults that the server commits on purpose, as a client meets them."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from steppingstone.offline.faults import KINDS, Faults
from tests.offline.conftest import start_server

BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "n": 4, "seed": 0}


@contextmanager
def faulty(tmp_path: Path, *options: str) -> Iterator[str]:
    answers = tmp_path / "answers.json"
    answers.write_text('{"m": ["one answer", "another answer"]}')
    process, url = start_server("--answers", str(answers), *options)
    try:
        yield url
    finally:
        process.kill()
        process.wait(10)


def post(url: str, **options) -> httpx.Response:
    return httpx.post(f"{url}/chat/completions", json=BODY, **{"timeout": 5} | options)


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [("rate-limit", 429, "1"), ("rate-limit-bare", 429, None), ("error-500", 500, None), ("overloaded", 503, None)],
)
def test_errors_have_their_status_and_the_protocols_shape(tmp_path, kind, status, kept):
    with faulty(tmp_path, "--fault", f"{kind}=1") as url:
        reply = post(url)
    assert (reply.status_code, reply.headers.get("retry-after")) == (status, kept)
    assert reply.json()["error"]["message"]


def test_refuse_closes_the_connection_without_a_byte(tmp_path):
    with faulty(tmp_path, "--fault", "refuse=1") as url, pytest.raises(httpx.RemoteProtocolError, match="without sending"):
        post(url)


def test_reset_ends_with_a_reset_in_the_middle_of_the_reply(tmp_path):
    with faulty(tmp_path, "--fault", "reset=1") as url:
        where = urlsplit(url)
        with socket.create_connection((where.hostname, where.port), timeout=5) as raw:
            body = b'{"model": "m", "messages": [{"role": "user", "content": "hello"}]}'
            head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
            raw.sendall(head + body)
            with pytest.raises(ConnectionResetError):
                read(raw)


def read(raw: socket.socket) -> bytes:
    got = b""
    while part := raw.recv(10):
        got += part
    return got


def test_stall_says_nothing_until_the_client_goes(tmp_path):
    with faulty(tmp_path, "--fault", "stall=1") as url:
        with pytest.raises(httpx.ReadTimeout):
            post(url, timeout=0.5)
        time.sleep(0.3)
        assert httpx.get(url.removesuffix("/v1") + "/stats").json()["in_flight"] == 0


def test_drip_sends_bytes_without_an_end(tmp_path):
    got = b""
    with faulty(tmp_path, "--fault", "drip=1") as url, httpx.stream("POST", f"{url}/chat/completions", json=BODY) as reply:
        for part in reply.iter_raw():
            got += part
            if len(got) >= 5:
                break
    assert got.strip() == b""


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("malformed", lambda reply: reply.text.startswith("{") and not reply.text.endswith("}")),
        ("html", lambda reply: reply.status_code == 502 and reply.text.startswith("<html>")),
        ("no-choices", lambda reply: reply.json()["choices"] == []),
        ("fewer-choices", lambda reply: len(reply.json()["choices"]) == 2),
        ("content-type", lambda reply: reply.headers["content-type"].startswith("text/plain") and reply.json()["choices"]),
        ("cut", lambda reply: reply.json()["choices"][0]["message"]["content"] == "one a"),
        ("cut", lambda reply: reply.json()["choices"][0]["finish_reason"] == "length"),
        ("null-content", lambda reply: reply.json()["choices"][0]["message"]["content"] is None),
        ("null-content", lambda reply: reply.json()["usage"]["completion_tokens"] == 0),
        ("reasoning-only", lambda reply: reply.json()["choices"][0]["message"]["content"] is None),
        ("reasoning-only", lambda reply: reply.json()["choices"][0]["message"]["reasoning"] == "one answer"),
    ],
)
def test_a_reply_is_spoiled_as_its_fault_says(tmp_path, kind, holds):
    with faulty(tmp_path, "--fault", f"{kind}=1") as url:
        assert holds(post(url))


def test_faults_are_drawn_at_their_rates_and_counted():
    faults = Faults({"stall": 0.1, "cut": 0.3}, seed=1)
    drawn = [faults.draw() for _ in range(10_000)]
    assert 900 < drawn.count("stall") < 1100
    assert 2800 < drawn.count("cut") < 3200
    assert faults.counts == {"stall": drawn.count("stall"), "cut": drawn.count("cut")}


def test_the_same_seed_draws_the_same_faults_and_another_one_others():
    first, again, other = (Faults({"stall": 0.5}, seed) for seed in (1, 1, 2))
    drawn = [[faults.draw() for _ in range(100)] for faults in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fault", "sleep=0.1"], f"there is no fault 'sleep'; there are {', '.join(KINDS)}"),
        (["--fault", "stall=1.5"], "the rate of stall is 1.5, and must be from 0 to 1"),
        (["--fault", "stall=nan"], "the rate of stall is nan, and must be from 0 to 1"),
        (["--fault", "stall=-1"], "the rate of stall is -1, and must be from 0 to 1"),
        (["--fault", "stall"], "--fault stall: give KIND=RATE, such as error-500=0.1"),
        (["--fault", "stall=0.6", "--fault", "cut=0.6"], "the rates of all faults come to 1.2, which is more than 1"),
        (["--slots", "0"], "--slots 0: at least 1"),
        (["--latency", "-1"], "--latency -1: not below 0"),
        (["--answers", "/nowhere"], "the answers /nowhere can't be read: [Errno 2] No such file or directory: '/nowhere'"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_clear_error(options, said):
    done = subprocess.run([sys.executable, "-m", "steppingstone.offline", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"python -m steppingstone.offline: error: {said}"


def test_the_help_names_every_fault():
    done = subprocess.run([sys.executable, "-m", "steppingstone.offline", "--help"], capture_output=True, text=True)
    assert all(kind in done.stdout for kind in KINDS)
