"""A model's servers are looked at before anything is asked of the model."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from steppingstone.findings import State
from steppingstone.servers import examine_model
from steppingstone.settings import StudentSettings
from tests.model_server import Body, choices, serving

NOBODY = "http://127.0.0.1:9/v1"


def answer(_: Body) -> Body:
    return choices("so")


def stopping(*base_urls: str, **settings: object) -> list[tuple[State, str]]:
    """What stops a run with these servers, without a request to the model."""
    student = StudentSettings.model_validate({"base_urls": base_urls, "model": "m", **settings})
    found = asyncio.run(examine_model("student", student, asking=False))
    return [(finding.state, str(finding)) for finding in found if finding.stops]


def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "schlüssel")
    ((state, said),) = stopping(NOBODY, api_key_env="MY_KEY")
    assert state is State.WRONG
    assert "the key in $MY_KEY" in said
    assert "schl" not in said


def test_a_listed_model_passes_and_is_asked_nothing() -> None:
    with serving(answer) as server:
        assert not stopping(server.base_url)
        assert not server.requests


def test_an_unknown_model_is_refused_with_those_that_are_there() -> None:
    with serving(answer, models=("gpt-oss-120b",)) as server:
        assert stopping(server.base_url) == [
            (State.WRONG, f"student, {server.base_url}: has no model 'm'; it has gpt-oss-120b"),
        ]


def test_a_wrong_key_is_refused_with_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "wrong")
    with serving(answer) as server:
        ((state, said),) = stopping(server.base_url, api_key_env="MY_KEY")
    assert (state, "refused the key in $MY_KEY" in said) == (State.WRONG, True)


def test_an_address_that_nothing_listens_on_is_refused() -> None:
    assert stopping(NOBODY) == [
        (
            State.WRONG,
            f"student, {NOBODY}: can't be reached (Connection refused); is it running, and does the address end in /v1?",
        )
    ]


def test_an_address_without_v1_is_refused() -> None:
    with serving(answer) as server:
        ((state, said),) = stopping(server.base_url.removesuffix("/v1"))
    assert (state, "does the address end in /v1" in said) == (State.WRONG, True)


def test_every_address_is_looked_at() -> None:
    with serving(answer) as one, serving(answer, models=("other",)) as other:
        told = stopping(one.base_url, NOBODY, other.base_url)
    assert [said.split(": ")[0] for _, said in told] == [f"student, {NOBODY}", f"student, {other.base_url}"]


@pytest.mark.parametrize(
    ("length", "state", "told"),
    [
        (None, State.NOTE, "unknown"),
        (65_536, State.FINE, "65,536 tokens"),
        (20_000, State.NOTE, "prompts of more than 3,616 tokens are refused"),
        (16_384, State.WRONG, "every request is refused"),
    ],
)
def test_a_context_is_held_to_the_replies_and_prompts_of_a_run(length: int | None, state: State, told: str) -> None:
    with serving(answer, max_model_len=length) as server:
        student = StudentSettings(base_urls=(server.base_url,), model="m", max_tokens=16_384)
        (finding,) = asyncio.run(examine_model("student", student, asking=False))
    assert (finding.state, told in finding.said) == (state, True)


class Page(BaseHTTPRequestHandler):
    status, page = 200, b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.page)))
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "page", "state"),
    [
        (200, b"<html>welcome</html>", State.WRONG),
        (200, b"[]", State.WRONG),
        (200, b'{"data": 3}', State.WRONG),
        (200, b"", State.WRONG),
        (404, b"<h1>nothing here</h1>", State.WRONG),
        (502, b"<h1>bad gateway</h1>", State.FAILED),
    ],
)
def test_a_server_of_something_else_is_wrong_and_one_that_fails_has_failed(status: int, page: bytes, state: State) -> None:
    handler = type("Handler", (Page,), {"status": status, "page": page})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        ((found, said),) = stopping(f"http://127.0.0.1:{server.server_port}/v1")
        server.shutdown()
    assert found is state, said
    assert "list its models" in said or "has no model" in said
