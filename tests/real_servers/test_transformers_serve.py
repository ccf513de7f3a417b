"""`transformers serve` (5.19.0), which gives one choice whatever n is, and says nothing of it."""

from pathlib import Path

from steppingstone.records import Message
from tests.real_servers.sampling import sample

PROMPTS = [(Message("user", f"What is {number} plus one?"),) for number in range(2)]


def test_a_server_that_ignores_n_is_found_out_once_and_then_asked_singly(
    transformers_serve: str, tiny_model: Path, tmp_path: Path
) -> None:
    sampled = sample(transformers_serve, tmp_path, 4, *PROMPTS, model=str(tiny_model), max_tokens=60)
    assert len(set(sampled.said)) == 8
    assert sampled.single == {str(tiny_model)}
    assert sampled.requests == [4, 1, 1, 1, 1, 1, 1, 1]


def test_what_it_said_is_counted_and_not_asked_for_again(transformers_serve: str, tiny_model: Path, tmp_path: Path) -> None:
    first = sample(transformers_serve, tmp_path, 2, model=str(tiny_model), max_tokens=60)
    assert all(each.prompt_tokens > 0 and 0 < each.completion_tokens <= 60 for each in first.completions)
    again = sample(transformers_serve, tmp_path, 2, model=str(tiny_model), max_tokens=60)
    assert (again.completions, again.requests) == (first.completions, [])
