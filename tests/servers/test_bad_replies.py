"""What one server may say in place of a reply, and what is made of it."""

import time
from email.utils import formatdate

import pytest

from steppingstone.errors import ModelServerError, PromptRefused
from tests.asking import ask_all, asking, body
from tests.model_server import Body, Said, choices, serving

OVERLOADED = {"error": {"message": "overloaded"}}
GOOD = choices("so")

PASSING = {
    "429": Said(OVERLOADED, 429),
    "429 with Retry-After": Said(OVERLOADED, 429, {"Retry-After": "0.1"}),
    "429 with a date": Said(OVERLOADED, 429, {"Retry-After": formatdate(time.time() - 60, usegmt=True)}),
    "429 with nonsense": Said(OVERLOADED, 429, {"Retry-After": "soon"}),
    "500": Said(OVERLOADED, 500),
    "503": Said(OVERLOADED, 503),
    "503 with Retry-After": Said(OVERLOADED, 503, {"Retry-After": "0"}),
    "408": Said(OVERLOADED, 408),
    "an HTML error page": Said(b"<html>bad gateway</html>", 502, {"Content-Type": "text/html"}),
    "an HTML page": Said(b"<html>log in</html>", 200, {"Content-Type": "text/html"}),
    "nothing": Said(b""),
    "half of a JSON": Said(b'{"choices": [{"index": 0'),
    "less than its length": Said(b'{"choices"', 200, {"Content-Length": "1000"}),
    "no UTF-8": Said(b'{"choices": "\xff"}'),
    "a deep JSON": Said(b"[" * 200_000),
    "a list": Said(b"[]"),
    "an error with status 200": Said(OVERLOADED),
    "no choices": Said(GOOD | {"choices": []}),
    "choices that are none": Said(GOOD | {"choices": None}),
    "a choice that is no object": Said(GOOD | {"choices": ["so"]}),
    "a choice without a message": Said(GOOD | {"choices": [{"index": 0, "message": None}]}),
    "no content and no tokens": Said(choices(None)),
    "a garbled encoding": Said(b"so", 200, {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_is_tried_again(name: str) -> None:
    faults = iter([PASSING[name]])
    with serving(lambda _: next(faults, GOOD)) as server:
        assert asking([server.base_url], lambda fleet: ask_all(fleet, 1)) == ["so"]
    assert len(server.requests) == 2


LASTING = {
    "500": (Said(OVERLOADED, 500), "500 for .* it said: overloaded"),
    "429": (Said(OVERLOADED, 429), "429 for .* it said: overloaded"),
    "a text": (Said(b"out of memory", 500), "500 for .* it said: out of memory"),
    "a detail": (Said({"detail": "engine dead"}, 500), "500 for .* it said: engine dead"),
    "an HTML error page": (
        Said(b"<html><style>h1 {}</style><h1>Bad  Gateway</h1>\n<hr>nginx</html>", 502),
        "502 for .* it said: Bad Gateway nginx",
    ),
    "an HTML page": (Said(b"<html>log in</html>"), "a reply that is no JSON for .* it said: log in"),
    "an error with status 200": (Said(OVERLOADED), "a reply without choices for .* it said: overloaded"),
    "no content and no tokens": (Said(choices(None)), "a reply without content, reasoning or tokens"),
}


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_fault_is_an_error_that_names_server_model_and_what_was_said(name: str) -> None:
    said, expected = LASTING[name]
    with (
        serving(lambda _: said) as server,
        pytest.raises(ModelServerError, match=f"{server.base_url}, model m: {expected}") as raised,
    ):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1), patience_s=0.3)
    assert not isinstance(raised.value, PromptRefused)
    assert len(server.requests) > 2


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelServerError, match=r"http://127.0.0.1:9/v1, model m: Connection refused for 0\.\d s"):
        asking(["http://127.0.0.1:9/v1"], lambda fleet: ask_all(fleet, 1), patience_s=0.3)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_lets_us_not_in_is_an_error_at_once(status: int) -> None:
    with (
        serving(lambda _: Said({"error": {"message": "who are you?"}}, status)) as server,
        pytest.raises(ModelServerError, match=rf"{server.base_url}, model m: {status}; it said: who are you\? .*\$NO_KEY"),
    ):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_prompt_that_is_called_bad_is_not_asked_again(status: int) -> None:
    with (
        serving(lambda _: Said({"error": {"message": "too long"}}, status)) as server,
        pytest.raises(PromptRefused, match=f"{server.base_url}, model m: {status}; it said: too long"),
    ):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1))
    assert len(server.requests) == 1


def test_a_reply_of_the_wrong_content_type_is_read_all_the_same() -> None:
    with serving(lambda _: Said(GOOD, headers={"Content-Type": "text/plain"})) as server:
        assert asking([server.base_url], lambda fleet: ask_all(fleet, 1)) == ["so"]
    assert len(server.requests) == 1


def test_choices_come_in_the_order_of_their_indexes() -> None:
    def answer(_: Body) -> Body:
        reply = choices("a", "b", "c")
        return reply | {"choices": reply["choices"][::-1]}

    with serving(answer) as server:
        reply = asking([server.base_url], lambda fleet: fleet.ask(body(n=3)))
    assert [choice["message"]["content"] for choice in reply["choices"]] == ["a", "b", "c"]


def test_choices_after_one_that_is_missing_are_left_out_lest_one_stands_for_another() -> None:
    def answer(_: Body) -> Body:
        reply = choices("a", "b", "c", "d")
        reply["choices"][2] = None
        return reply

    with serving(answer) as server:
        reply = asking([server.base_url], lambda fleet: fleet.ask(body(n=4)))
    assert [choice["message"]["content"] for choice in reply["choices"]] == ["a", "b"]


@pytest.mark.parametrize("message", [{"content": None, "reasoning": "well"}, {"content": None, "reasoning_content": "well"}])
def test_reasoning_without_content_is_a_reply(message: Body) -> None:
    reply = choices(None)
    reply["choices"][0]["message"] = message
    with serving(lambda _: reply) as server:
        assert asking([server.base_url], lambda fleet: fleet.ask(body()))["choices"][0]["message"] == message
    assert len(server.requests) == 1


def test_tokens_spent_on_nothing_are_a_reply() -> None:
    reply = choices(None) | {"usage": {"prompt_tokens": 1, "completion_tokens": 7}}
    with serving(lambda _: reply) as server:
        asking([server.base_url], lambda fleet: fleet.ask(body()))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retry_after_is_waited_for(status: int) -> None:
    times: list[float] = []

    def answer(_: Body) -> Said | Body:
        times.append(time.monotonic())
        return Said(OVERLOADED, status, {"Retry-After": "0.7"}) if len(times) == 1 else GOOD

    with serving(answer) as server:
        asking([server.base_url], lambda fleet: ask_all(fleet, 1))
    assert times[1] - times[0] >= 0.7


def test_retry_after_is_capped_by_patience() -> None:
    said = Said(OVERLOADED, 429, {"Retry-After": "3600"})
    began = time.monotonic()
    with serving(lambda _: said) as server, pytest.raises(ModelServerError, match=r"429 for 0\.5 s"):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1), patience_s=0.5)
    assert time.monotonic() - began < 5
    assert len(server.requests) <= 2
