"""Sampling from a server that misbehaves on purpose: what comes is what a good server gives, or is told for what it is."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from steppingstone.chat import Chat
from steppingstone.errors import ModelServerError, PromptRefused
from steppingstone.journal import Journal
from steppingstone.offline.faults import KINDS
from steppingstone.records import Completion, Message
from steppingstone.servers import Fleets, Slots
from steppingstone.settings import StudentSettings
from tests.asking import hurry
from tests.offline.conftest import start_server

PROMPTS, SAMPLES = 5, 8
DATA = ("cut", "reasoning-only")
"""What a model may say of itself. All other faults are the server's."""
PASSING = tuple(kind for kind in KINDS if kind not in DATA)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("answers") / "answers.json"
    path.write_text(json.dumps({"m": [f"answer number {number}" for number in range(1000)]}))
    return str(path)


@contextlib.contextmanager
def offline(answers: str, *options: str) -> Iterator[str]:
    process, url = start_server("--answers", answers, "--latency", "0.01", *options)
    try:
        yield url
    finally:
        process.kill()
        process.wait(10)


def sample(url: str, folder: Path, prompts: int = PROMPTS, **settings: object) -> list[list[Completion | None]]:
    """Samples of so many prompts, all asked for at once."""
    given: dict[str, object] = {"base_urls": (url,), "model": "m", "timeout_s": 1.0, "patience_s": 120.0}
    model = StudentSettings(**given | settings)  # type: ignore[arg-type]

    async def run() -> list[list[Completion | None]]:
        journal, fleet = Journal(folder), Fleets(Slots(8)).of(model)
        chat = Chat(model, journal, fleet)
        try:
            async with asyncio.timeout(50):
                return await asyncio.gather(*(chat.sample((Message("user", str(i)),), SAMPLES) for i in range(prompts)))
        finally:
            await fleet.close()
            journal.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def expected(answers: str, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """The texts of a server without faults."""
    with offline(answers) as url:
        return texts(sample(url, tmp_path_factory.mktemp("expected"), prompts=25))


def texts(samples: list[list[Completion | None]]) -> list[list[str]]:
    assert all(completion for row in samples for completion in row)
    return [[completion.text for completion in row if completion] for row in samples]


def met(url: str) -> dict[str, int]:
    return dict(httpx.get(url.removesuffix("/v1") + "/stats").json()["faults"])


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_at_every_other_request_changes_nothing(
    kind: str, answers: str, expected: list[list[str]], tmp_path: Path
) -> None:
    with offline(answers, "--fault", f"{kind}=0.5") as url:
        assert texts(sample(url, tmp_path)) == expected[:PROMPTS]
        assert met(url)[kind] > 0


def test_faults_of_all_kinds_at_every_third_request_change_nothing(
    answers: str, expected: list[list[str]], tmp_path: Path
) -> None:
    options = [option for kind in PASSING for option in ("--fault", f"{kind}={0.3 / len(PASSING)}")]
    with offline(answers, *options, "--fault-seed", "5") as url:
        assert texts(sample(url, tmp_path, prompts=25)) == expected
        assert sum(met(url).values()) > 5


def test_a_cut_answer_is_an_answer(answers: str, expected: list[list[str]], tmp_path: Path) -> None:
    with offline(answers, "--fault", "cut=0.5") as url:
        rows = sample(url, tmp_path)
    whole = [text for row in expected for text in row]
    for text, completion in zip(whole, [completion for row in rows for completion in row], strict=False):
        assert completion is not None
        assert (completion.text, completion.finish_reason) in ((text, "stop"), (text[: len(text) // 2], "length"))
    assert {completion.finish_reason for row in rows for completion in row if completion} == {"stop", "length"}


def test_reasoning_alone_is_an_empty_answer(answers: str, expected: list[list[str]], tmp_path: Path) -> None:
    with offline(answers, "--fault", "reasoning-only=0.5") as url:
        rows = sample(url, tmp_path)
    whole = [text for row in expected for text in row]
    for text, completion in zip(whole, [completion for row in rows for completion in row], strict=False):
        assert completion is not None
        assert (completion.text, completion.reasoning) in ((text, ""), ("", text))
    assert any(completion.reasoning for row in rows for completion in row if completion)


@pytest.mark.parametrize("kind", [kind for kind in PASSING if kind not in ("fewer-choices", "content-type")])
def test_a_server_that_does_nothing_else_is_an_error_that_names_it(kind: str, answers: str, tmp_path: Path) -> None:
    with (
        offline(answers, "--fault", f"{kind}=1") as url,
        pytest.raises(ModelServerError, match=f"{url}, model m: .* for ") as raised,
    ):
        sample(url, tmp_path, prompts=2, patience_s=0.5, timeout_s=0.5)
    assert not isinstance(raised.value, PromptRefused)
    assert not [line for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
