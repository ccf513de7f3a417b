"""Sampling through the protocol, with the journal in between."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from steppingstone.chat import Chat, check_model
from steppingstone.errors import BadInput, ModelServerError, PromptRefused
from steppingstone.journal import Journal
from steppingstone.records import Completion, Message
from steppingstone.settings import StudentSettings
from tests.model_server import Body, Said, choices, serving

ASKED = (Message("user", "why?"),)


def sample(base_url: str, folder: Path, count: int, **settings: object) -> list[Completion | None]:
    async def ask() -> list[Completion | None]:
        journal = Journal(folder)
        chat = Chat(StudentSettings(base_urls=(base_url,), model="m", **settings), journal, asyncio.Semaphore(8))  # type: ignore[arg-type]
        try:
            return await chat.sample(ASKED, count)
        finally:
            await chat.close()
            journal.close()

    return asyncio.run(ask())


def by_seed(body: Body) -> Body:
    """Choice i of a request with seed s says s + i, as a server does whose sampling a seed decides."""
    return choices(*[str(body["seed"] + i) for i in range(body["n"])])


def texts(completions: Sequence[Completion | None]) -> list[str | None]:
    return [completion.text if completion else None for completion in completions]


def test_all_samples_come_in_one_request(tmp_path: Path) -> None:
    with serving(by_seed) as server:
        completions = sample(server.base_url, tmp_path, 32)
    assert len(set(texts(completions))) == 32
    assert [body["n"] for body in server.requests] == [32]


def test_effort_and_sampling_parameters_are_sent(tmp_path: Path) -> None:
    with serving(by_seed) as server:
        sample(server.base_url, tmp_path, 1, temperature=0.5, max_tokens=99)
    (body,) = server.requests
    assert (body["model"], body["reasoning_effort"], body["temperature"], body["max_tokens"]) == ("m", "low", 0.5, 99)


def test_a_server_that_gives_one_choice_whatever_n_is_asked_singly(tmp_path: Path) -> None:
    with serving(lambda body: choices(str(body["seed"]))) as server:
        completions = sample(server.base_url, tmp_path, 5)
    with serving(by_seed) as able:
        same = sample(able.base_url, tmp_path / "other", 5)
    assert texts(completions) == texts(same)
    assert sorted(body["n"] for body in server.requests) == [1, 1, 1, 1, 5]


def test_a_server_that_refuses_n_is_asked_singly(tmp_path: Path) -> None:
    with serving(lambda body: by_seed(body) if body["n"] == 1 else Said({"error": {"message": "n must be 1"}}, 400)) as server:
        assert len(set(texts(sample(server.base_url, tmp_path, 5)))) == 5


def test_what_was_said_is_never_asked_for_again(tmp_path: Path) -> None:
    with serving(by_seed) as server:
        first = sample(server.base_url, tmp_path, 4)
        more = sample(server.base_url, tmp_path, 6)
    assert more[:4] == first
    assert [body["n"] for body in server.requests] == [4, 2]


def test_tokens_of_a_request_are_shared_without_loss(tmp_path: Path) -> None:
    with serving(lambda body: choices("a", "bbbbbbb", "")) as server:
        completions = [completion for completion in sample(server.base_url, tmp_path, 3) if completion]
    assert sum(completion.prompt_tokens for completion in completions) == 10
    assert sum(completion.completion_tokens for completion in completions) == 8
    assert completions[1].completion_tokens > completions[0].completion_tokens


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_is_kept_apart_from_the_answer(tmp_path: Path, field: str) -> None:
    with serving(lambda body: choices("so", **{field: "because"})) as server:
        (completion,) = sample(server.base_url, tmp_path, 1)
    assert completion is not None
    assert (completion.text, completion.reasoning) == ("so", "because")


def test_no_content_is_an_empty_text(tmp_path: Path) -> None:
    with serving(lambda body: choices(None, finish="length")) as server:
        (completion,) = sample(server.base_url, tmp_path, 1)
    assert completion is not None
    assert (completion.text, completion.finish_reason) == ("", "length")


def test_a_passing_fault_is_tried_again(tmp_path: Path) -> None:
    faults = iter(
        [
            Said({"error": {"message": "overloaded"}}, 503),
            Said({"error": {"message": "slow down"}}, 429, {"Retry-After": "0.1"}),
        ]
    )
    with serving(lambda body: next(faults, by_seed(body))) as server:
        assert sample(server.base_url, tmp_path, 1) != [None]
    assert len(server.requests) == 3


def test_a_prompt_that_the_server_refuses_is_not_asked_again_and_again(tmp_path: Path) -> None:
    with (
        serving(lambda _: Said({"error": {"message": "longer than the context of 8192 tokens"}}, 400)) as server,
        pytest.raises(PromptRefused, match="8192 tokens"),
    ):
        sample(server.base_url, tmp_path, 32)
    assert [body["n"] for body in server.requests] == [32, 1]


def test_a_sample_that_the_server_never_gives_is_none_and_the_others_stay(tmp_path: Path) -> None:
    bad = []

    def answer(body: Body) -> Said | Body:
        if body["n"] > 1:
            bad.append(body["seed"] + 1)
            return Said({"error": {"message": "HarmonyError"}}, 404)
        return Said({"error": {"message": "HarmonyError"}}, 404) if body["seed"] in bad else by_seed(body)

    with serving(answer) as server:
        completions = sample(server.base_url, tmp_path, 8)
    assert [completion is None for completion in completions] == [False, True, *[False] * 6]


@pytest.mark.parametrize(
    "body", [b"<html>gateway</html>", b"{", {"object": "chat.completion", "choices": []}, {"choices": None}]
)
def test_an_answer_outside_the_protocol_is_an_error_that_names_the_server(tmp_path: Path, body: bytes | Body) -> None:
    with serving(lambda _: Said(body)) as server, pytest.raises(ModelServerError, match=server.base_url):
        sample(server.base_url, tmp_path, 1)


def test_an_outage_in_the_middle_is_no_pass_rate(tmp_path: Path) -> None:
    def answer(body: Body) -> Said | Body:
        return by_seed(body) if body["n"] == 1 and len(server.requests) < 4 else Said({"error": {"message": "gone"}}, 404)

    with serving(answer) as server, pytest.raises(ModelServerError, match="gone"):
        sample(server.base_url, tmp_path, 8)
    said = [line for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert 0 < len(said) < 8


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (choices("a\ud800b"), "a\\ud800b"),
        (choices([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]), "ab"),
        (choices("ab", finish=None), "ab"),
        (choices("ab") | {"usage": None}, "ab"),
        (choices("ab") | {"usage": {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}}, "ab"),
    ],
)
def test_a_reply_slightly_off_the_protocol_is_read(tmp_path: Path, body: Body, text: str) -> None:
    with serving(lambda _: body) as server:
        (completion,) = sample(server.base_url, tmp_path, 1)
    assert completion is not None
    assert (completion.text, completion.finish_reason) == (text, "stop")


def test_new_weights_behind_the_same_name_are_asked_anew(tmp_path: Path) -> None:
    with serving(by_seed) as server:
        for revision in ("", "step-100", "step-100"):
            sample(server.base_url, tmp_path, 2, revision=revision)
    assert len(server.requests) == 2


def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "schlüssel")
    with pytest.raises(BadInput, match=r"the key in \$MY_KEY") as refused:
        asyncio.run(check_model(StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="m", api_key_env="MY_KEY")))
    assert "schl" not in str(refused.value)


def test_a_listed_model_passes_the_check() -> None:
    with serving(by_seed) as server:
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m")))


def test_an_unknown_model_is_refused_with_those_that_are_there() -> None:
    with (
        serving(by_seed, models=("gpt-oss-120b",)) as server,
        pytest.raises(BadInput, match="no model 'm'; it has gpt-oss-120b"),
    ):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m")))


def test_a_wrong_key_is_refused_with_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "wrong")
    with serving(by_seed) as server, pytest.raises(BadInput, match=r"refused the key in \$MY_KEY"):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m", api_key_env="MY_KEY")))


def test_an_address_that_nothing_listens_on_is_refused() -> None:
    with pytest.raises(BadInput, match=r"http://127.0.0.1:9/v1 can't be reached"):
        asyncio.run(check_model(StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="m")))


def test_an_address_without_v1_is_refused() -> None:
    with serving(by_seed) as server, pytest.raises(BadInput, match="does the address end in /v1"):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url.removesuffix("/v1"),), model="m")))
