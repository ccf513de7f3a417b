"""The protocol as vLLM's own server speaks it (0.32.0, on a CPU, a tiny model of random weights), met by our client."""

import asyncio
import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from steppingstone.drafts import read_table
from steppingstone.errors import BadInput, ModelServerError, PromptRefused
from steppingstone.generation import run_batch
from steppingstone.records import Message
from steppingstone.servers import check_model
from steppingstone.settings import StudentSettings, TeacherSettings
from tests.listening import Listening
from tests.model_server import choices, serving
from tests.real_servers.conftest import KEY
from tests.real_servers.sampling import TOKENS, sample
from tests.test_generation import GOOD, batch, settings_for

LONG = (Message("user", "Say what this does.\n" + "def f(x):\n    return x * 3 + 1\n" * 40),)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def test_one_request_gives_many_samples_all_of_them_different(vllm: str, tmp_path: Path) -> None:
    sampled = sample(vllm, tmp_path, 32)
    # Where weights are random, some replies end at once.
    begun = [said for said in sampled.said if any(said)]
    assert len(set(begun)) == len(begun) > 24
    assert (sampled.requests, sampled.single) == ([32], set())


def test_the_same_seed_gives_the_same_samples_in_whatever_requests(vllm: str, tmp_path: Path) -> None:
    together = sample(vllm, tmp_path / "together", 8).said
    assert sample(vllm, tmp_path / "again", 8).said == together
    first = sample(vllm, tmp_path / "parts", 3)
    rest = sample(vllm, tmp_path / "parts", 8)
    assert (first.requests, rest.requests) == ([3], [5])
    assert rest.said == together


def test_another_random_seed_gives_other_samples(vllm: str, tmp_path: Path) -> None:
    one, other = (sample(vllm, tmp_path / str(seed), 8, random_seed=seed).said for seed in (0, 1))
    assert not set(one) & set(other)


def test_tokens_are_counted_once_a_request(vllm: str, tmp_path: Path) -> None:
    alone, many = (sample(vllm, tmp_path / str(count), count).completions for count in (1, 8))
    assert sum(each.prompt_tokens for each in many) == alone[0].prompt_tokens > 0
    cut = sum(each.finish_reason == "length" for each in many)
    assert cut * TOKENS <= sum(each.completion_tokens for each in many) <= len(many) * TOKENS


def test_tokens_from_the_prefix_cache_are_told(vllm: str, tmp_path: Path) -> None:
    sample(vllm, tmp_path / "first", 1, LONG)
    (again,) = sample(vllm, tmp_path / "again", 1, LONG).completions
    assert again.prompt_tokens / 2 < again.cached_tokens <= again.prompt_tokens


def test_a_completion_that_reaches_its_limit_is_told_as_cut(vllm: str, tmp_path: Path) -> None:
    completions = sample(vllm, tmp_path, 8, max_tokens=5).completions
    cut = [each.finish_reason for each in completions].count("length")
    assert 0 < cut * 5 <= sum(each.completion_tokens for each in completions) <= 8 * 5


def test_reasoning_is_told_apart_from_the_answer(vllm: str, tmp_path: Path) -> None:
    completions = sample(vllm, tmp_path, 32).completions
    assert not any("</think>" in each.reasoning for each in completions)
    assert any(each.reasoning and each.text for each in completions)
    assert any(each.reasoning and not each.text for each in completions)


def test_a_requests_reasoning_effort_reaches_the_models_prompt(vllm: str, tmp_path: Path) -> None:
    efforts = (None, "low", "medium")
    lengths = [
        sample(vllm, tmp_path / str(effort), 1, reasoning_effort=effort).completions[0].prompt_tokens for effort in efforts
    ]
    assert lengths == sorted(set(lengths))


def test_a_reply_has_the_fields_that_vllms_protocol_names(vllm: str) -> None:
    body = {"model": "tiny", "messages": [{"role": "user", "content": "why?"}], "n": 2, "seed": 1, "max_tokens": 9}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    asked = Request(f"{vllm}/chat/completions", json.dumps(body | {"reasoning_effort": "low"}).encode(), headers)
    with urlopen(asked, timeout=300) as told:
        reply = json.load(told)
    assert [choice["index"] for choice in reply["choices"]] == [0, 1]
    assert all({"content", "reasoning"} <= choice["message"].keys() for choice in reply["choices"])
    assert "cached_tokens" in reply["usage"]["prompt_tokens_details"]
    assert "reasoning_tokens" in reply["usage"]["completion_tokens_details"]


def test_a_wrong_model_is_refused_with_those_that_are_there(vllm: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no model 'gpt'; it has tiny"):
        asyncio.run(check_model(StudentSettings(base_urls=(vllm,), model="gpt")))
    with pytest.raises(ModelServerError, match=r"404.*gpt"):
        sample(vllm, tmp_path, 1, model="gpt")


def test_a_wrong_key_is_refused(vllm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(check_model(StudentSettings(base_urls=(vllm,), model="tiny")))
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    with pytest.raises(BadInput, match=r"refused the key in \$OPENAI_API_KEY"):
        asyncio.run(check_model(StudentSettings(base_urls=(vllm,), model="tiny")))
    with pytest.raises(ModelServerError, match="401"):
        sample(vllm, tmp_path, 1)


def test_what_is_longer_than_the_context_is_refused_with_the_servers_words(vllm: str, tmp_path: Path) -> None:
    with pytest.raises(PromptRefused, match=r"400.*maximum context length"):
        sample(vllm, tmp_path, 4, (Message("user", "x = [1, 2, 3]\n" * 5_000),))
    with pytest.raises(PromptRefused, match=r"400.*max_tokens"):
        sample(vllm, tmp_path, 4, max_tokens=20_000)


def test_a_generation_with_it_as_teacher_and_student_records_every_reply(vllm: str, tmp_path: Path) -> None:
    settings = settings_for(vllm, tmp_path, rounds=2)
    model = {"base_urls": (vllm,), "model": "tiny", "max_tokens": TOKENS}
    settings = settings.model_copy(update={"teacher": TeacherSettings(**model), "student": StudentSettings(**model)})
    listening = Listening()
    done = run_batch(batch(3), settings, "run", str(tmp_path / "batch"), 8, listening)
    assert done.failure == ""
    rejections = read_table(done.folder, "rejections").to_pylist()
    assert len(rejections) == len(listening.events) == 6
    assert {row["reason"] for row in rejections} <= {"missing_block", "cut_reply", "empty_reply"}


def test_a_generation_with_it_as_student_grades_every_attempt(vllm: str, tmp_path: Path) -> None:
    with serving(lambda body: choices(GOOD), models=("t",)) as teacher:
        settings = settings_for(teacher.base_url, tmp_path, rounds=1, attempts=32)
        student = StudentSettings(base_urls=(vllm,), model="tiny", max_tokens=TOKENS)
        done = run_batch(
            batch(), settings.model_copy(update={"student": student}), "run", str(tmp_path / "batch"), 8, Listening()
        )
    attempts = read_table(done.folder, "attempts").to_pylist()
    assert [row["reward"] for row in attempts] == [0] * 32
    assert {row["verdict"] for row in attempts} <= {"no_answer", "cut"}
    (problem,) = read_table(done.folder, "problems").to_pylist()
    assert (problem["pass_count"], problem["graded_count"], problem["tier"]) == (0, 32, "unsolved")
    assert problem["student_completion_tokens"] == sum(row["completion_tokens"] for row in attempts) > 0
