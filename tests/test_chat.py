"""Sampling through the protocol, with the journal in between."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from steppingstone.chat import Chat
from steppingstone.errors import ModelServerError, PromptRefused
from steppingstone.journal import Journal
from steppingstone.records import Completion, Message
from steppingstone.servers import Fleets, Slots
from steppingstone.settings import StudentSettings
from tests.asking import hurry
from tests.model_server import Body, Said, choices, serving

ASKED = (Message("user", "why?"),)


def sample(base_url: str, folder: Path, count: int, **settings: object) -> list[Completion | None]:
    async def ask() -> list[Completion | None]:
        journal = Journal(folder)
        model = StudentSettings(base_urls=(base_url,), model="m", **settings)  # type: ignore[arg-type]
        fleet = Fleets(Slots(8)).of(model)
        try:
            return await Chat(model, journal, fleet).sample(ASKED, count)
        finally:
            await fleet.close()
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


def test_a_sample_that_the_server_never_gives_is_none_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    bad: list[int] = []

    def answer(body: Body) -> Said | Body:
        bad.extend([] if bad else [body["seed"] + 1])
        asked = range(body["seed"], body["seed"] + body["n"])
        return Said({"error": {"message": "HarmonyError"}}, 500) if bad[0] in asked else by_seed(body)

    with serving(answer) as server:
        completions = sample(server.base_url, tmp_path, 8, patience_s=3)
    assert [completion is None for completion in completions] == [False, True, *[False] * 6]


def test_a_prompt_of_which_several_samples_bring_the_server_down_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)

    def answer(body: Body) -> Said | Body:
        return Said({"error": {"message": "HarmonyError"}}, 500) if body["n"] > 1 or body["seed"] % 2 else by_seed(body)

    with serving(answer) as server, pytest.raises(PromptRefused, match="HarmonyError"):
        sample(server.base_url, tmp_path, 8, patience_s=2)


@pytest.mark.parametrize(
    "body", [b"<html>gateway</html>", b"{", {"object": "chat.completion", "choices": []}, {"choices": None}]
)
def test_an_answer_outside_the_protocol_is_an_error_that_names_the_server(tmp_path: Path, body: bytes | Body) -> None:
    with serving(lambda _: Said(body)) as server, pytest.raises(ModelServerError, match=server.base_url):
        sample(server.base_url, tmp_path, 1, patience_s=0.2)


def test_an_outage_in_the_middle_is_no_pass_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)

    def answer(body: Body) -> Said | Body:
        return choices("so") if len(server.requests) < 4 else Said({"error": {"message": "gone"}}, 500)

    with serving(answer) as server, pytest.raises(ModelServerError, match="gone") as raised:
        sample(server.base_url, tmp_path, 8, patience_s=0.5)
    assert not isinstance(raised.value, PromptRefused)
    said = [line for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert 0 < len(said) < 8


def test_a_server_known_to_give_one_choice_is_not_asked_for_several_again(tmp_path: Path) -> None:
    async def ask(base_url: str) -> None:
        model = StudentSettings(base_urls=(base_url,), model="m")
        fleet, journal = Fleets(Slots(8)).of(model), Journal(tmp_path)
        for prompt in ("why?", "how?"):
            await Chat(model, journal, fleet).sample((Message("user", prompt),), 3)
        await fleet.close()

    with serving(lambda body: choices(str(body["seed"]))) as server:
        asyncio.run(ask(server.base_url))
    assert [body["n"] for body in server.requests] == [3, 1, 1, 1, 1, 1]


def test_a_server_that_gives_fewer_choices_is_asked_singly_for_the_others(tmp_path: Path) -> None:
    with serving(lambda body: choices(*[str(body["seed"] + i) for i in range(min(3, body["n"]))])) as server:
        completions = sample(server.base_url, tmp_path, 5)
    with serving(by_seed) as able:
        assert texts(completions) == texts(sample(able.base_url, tmp_path / "other", 5))
    assert [body["n"] for body in server.requests] == [5, 1, 1]


def test_another_max_tokens_does_not_ask_anew_for_what_was_not_cut(tmp_path: Path) -> None:
    with serving(by_seed) as server:
        first = sample(server.base_url, tmp_path, 4, max_tokens=100)
        assert sample(server.base_url, tmp_path, 4, max_tokens=200) == first
    assert len(server.requests) == 1


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
