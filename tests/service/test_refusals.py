"""What is refused: each with its status and one sentence, and never with a reward."""

import json
from pathlib import Path

import pytest

from steppingstone.service.__main__ import main
from tests.service.asking import JSON, KNOWN, ask, item
from tests.service.conftest import Pair
from tests.service.serving import TOKEN, Service

ITEM = item("nobody", "x")


def test_health_is_told_without_a_token(service: Service) -> None:
    told = ask(service.url, "/health", headers={}).told
    assert {name: told[name] for name in ("status", "version", "problems", "workers", "room")} == {
        "status": "ok",
        "version": 1,
        "problems": 5,
        "workers": 2,
        "room": 40,
    }
    assert told["most"] == {"bytes": 1_000_000, "completions": 30, "characters": 20_000}
    assert told["policy"]["seccomp"].startswith("allowlist")


@pytest.mark.parametrize("path", ["/grade", "/grade/batch", "/openapi.json", "/docs", "/none"])
@pytest.mark.parametrize(
    "given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": f"Basic {TOKEN}"}]
)
def test_all_else_is_not(service: Service, path: str, given: dict[str, str]) -> None:
    reply = ask(service.url, path, ITEM, JSON | given)
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert reply.told == {"detail": "this needs the service's token: send it as `Authorization: Bearer TOKEN`"}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (ITEM, 404, "there is no problem 'nobody' among the 5 that are served of version 1"),
        (b"{", 422, "the body is no JSON: Expecting property name enclosed in double quotes at character 1"),
        (b"", 422, "body: Field required"),
        (b"[" * 100_000, 400, "There was an error parsing the body"),
        (b'{"problem_id": "\xff"}', 400, "There was an error parsing the body"),
        ([], 422, "body: Input should be a valid dictionary or object to extract fields from"),
        ({"problem_id": 5}, 422, "body.problem_id: Input should be a valid string (and 1 more)"),
        (ITEM | {"reward": "1"}, 422, "body.reward: Extra inputs are not permitted"),
        (item("nobody", "x" * 20_001), 422, "a completion of 20,001 characters; at most 20,000"),
        (item("nobody", "x" * 1_000_000), 413, "a body of more than 1,000,000 bytes; send fewer completions at a time"),
    ],
)
def test_what_is_no_question_is_told_what_is_wrong_with_it(service: Service, body: object, status: int, said: str) -> None:
    reply = ask(service.url, "/grade", body)
    assert (reply.status, reply.told) == (status, {"detail": said})


def test_a_body_without_its_type_is_told_the_type(service: Service) -> None:
    reply = ask(service.url, "/grade", ITEM, {name: value for name, value in KNOWN.items() if name != "Content-Type"})
    assert (reply.status, "Content-Type: application/json" in reply.told["detail"]) == (422, True)


def test_one_item_that_is_not_known_leaves_the_whole_batch_ungraded(service: Service, pairs: list[Pair]) -> None:
    known = item(pairs[0][0].problem_id, pairs[0][1])
    assert ask(service.url, "/grade/batch", {"items": [known, ITEM]}).status == 404
    assert ask(service.url, "/grade/batch", {"items": [known, {"problem_id": "x"}]}).status == 422
    assert ask(service.url, "/grade/batch", {"items": [known] * 31}).status == 413


def test_a_body_that_does_not_say_its_size_is_counted(service: Service) -> None:
    sent = json.dumps(item("nobody", "x" * 1_000_000)).encode()
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (sent[:600_000], sent[600_000:])) + b"0\r\n\r\n"
    assert ask(service.url, "/grade", chunked, KNOWN | {"Transfer-Encoding": "chunked"}).status == 413


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 can be reached from other machines: name a token"),
        (["--host", "no.such.host.invalid"], "can't listen on no.such.host.invalid, port 0"),
        (["--port", "99999"], "can't listen on 127.0.0.1, port 99999"),
        (["--batch", "50", "--queue", "49"], "--batch 50 with --queue 49: such a batch would never find room"),
        (["--token-file", "/no/such/file"], "--token-file /no/such/file can't be read"),
        (["--token-file", "/dev/null"], "a token is one word of at least 16 ASCII characters"),
        (["harder"], "has no problems called 'harder'; it has problems, easy, medium"),
        (["easy"], "has no problem in easy; nothing to grade"),
    ],
)
def test_what_can_not_be_served_is_one_line(
    data: Path, options: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("STEPPINGSTONE_TOKEN", raising=False)
    assert main([str(data), *options, *([] if "--port" in options else ["--port", "0"])]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1


def test_a_port_that_is_taken_is_told(service: Service, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(data), "--port", service.url.rpartition(":")[2]]) == 2
    assert "Address already in use" in capsys.readouterr().err
