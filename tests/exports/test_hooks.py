"""The hooks of trainers that can't be had here, called as they call them."""

import asyncio
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pydantic
import pytest

from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.exports import nemo_gym, openrlhf, rewards, slime
from steppingstone.exports.rows import ground_truth, problem_of
from tests.exports.problems import DEDUCTION, TWO

RIGHT, WRONG = "```answer\n'éa'\n```", "```answer\n'a'\n```"
TRUTH = ground_truth(DEDUCTION)


@dataclass
class Sample:
    """As slime's."""

    response: str
    label: str


@pytest.mark.parametrize("end", ["<|im_end|>", "</s>\n", " <|eot_id|><|endoftext|>", "<｜end▁of▁sentence｜>", "<pad>" * 1_000])
def test_special_tokens_that_end_a_reply_do_not_spoil_it(end: str) -> None:
    assert rewards.score(TRUTH, RIGHT + end)["verdict"] == "no_answer"
    assert rewards.without_end(RIGHT + end) == RIGHT


@pytest.mark.parametrize("text", ["", RIGHT, "a < b", "x |>", "say <|im_end|> twice", "`<pad>`"])
def test_a_reply_without_them_is_left_as_it_is(text: str) -> None:
    assert rewards.without_end(text) == text


def test_openrlhf_is_given_tensors_for_queries_that_hold_their_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = ModuleType("torch")
    monkeypatch.setattr(torch, "tensor", list, raising=False)
    monkeypatch.setitem(sys.modules, "torch", torch)
    prompt = "<|user|>\n```answer\n'b'\n```<|assistant|>\n"
    queries = [f"<|begin|>{prompt}{text}<|im_end|>" for text in (RIGHT, WRONG)]
    found = openrlhf.reward_func(queries, [prompt] * 2, [TRUTH] * 2, is_eval=False)
    assert (found["rewards"], found["scores"], found["extra_logs"]) == ([1.0, 0.0], [1.0, 0.0], {"acc": [1.0, 0.0]})
    with pytest.raises(BadInput, match="does not hold its prompt"):
        openrlhf.reward_func(["cut"], [prompt], [TRUTH])


def test_slime_is_given_the_score_of_a_sample_or_those_of_a_group() -> None:
    samples = [Sample(RIGHT + "<|im_end|>", TRUTH), Sample(WRONG, TRUTH)]
    one = asyncio.run(slime.reward(None, samples[0], evaluation=True))
    group = asyncio.run(slime.reward(None, samples))
    assert isinstance(one, dict)
    assert isinstance(group, list)
    assert (one["score"], [each["score"] for each in group]) == (1.0, [1.0, 0.0])


def test_a_label_survives_the_way_that_slime_reads_it(tmp_path: Path) -> None:
    (path,) = slime.write(TWO, tmp_path, "train")
    frame = pd.read_json(StringIO(path.read_text()), lines=True, dtype={"label": str})
    assert [problem_of(label).problem_id for label in frame["label"]] == [problem.problem_id for problem in TWO]
    assert [row["problem_id"] for row in frame["metadata"]] == [problem.problem_id for problem in TWO]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """app.py of an export, over classes that have the fields of NeMo-Gym's: it wants a later Python than ours."""

    class Response(pydantic.BaseModel):
        output_text: str

    class BaseVerifyRequest(pydantic.BaseModel):
        response: Response

    class BaseVerifyResponse(BaseVerifyRequest):
        reward: float
        mask_sample: bool = False
        failure_kind: str | None = None
        failure_reason: str | None = None

    base: Any = ModuleType("nemo_gym.base_resources_server")
    base.BaseVerifyRequest, base.BaseVerifyResponse, base.SimpleResourcesServer = BaseVerifyRequest, BaseVerifyResponse, object
    monkeypatch.setitem(sys.modules, "nemo_gym", ModuleType("nemo_gym"))
    monkeypatch.setitem(sys.modules, base.__name__, base)
    nemo_gym.write(TWO, tmp_path, "train")
    spec = spec_from_file_location("app", tmp_path / "app.py")
    assert spec
    assert spec.loader
    app = module_from_spec(spec)
    spec.loader.exec_module(app)
    return app


def verified(server: ModuleType, text: str) -> Any:
    given = {"response": {"output_text": text}, "verifier_metadata": {"ground_truth": TRUTH, "tier": "easy"}}
    return asyncio.run(server.SteppingstoneServer().verify(server.SteppingstoneRequest(**given)))


def test_nemo_gym_is_given_the_reward_and_why(server: ModuleType) -> None:
    told = verified(server, WRONG)
    assert (told.reward, told.verdict, told.mask_sample) == (0.0, "wrong", False)
    assert verified(server, RIGHT).reward == 1.0


def test_nemo_gym_is_told_to_leave_out_what_we_failed_at(server: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise SandboxUnavailable("no room")

    monkeypatch.setattr(server, "ascore", fails)
    told = verified(server, RIGHT)
    assert (told.mask_sample, told.failure_kind, told.failure_reason) == (True, "verifier_error", "no room")
