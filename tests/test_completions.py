"""A reply as completions, and what it cost."""

import pytest

from steppingstone.completions import completions, spent
from steppingstone.settings import PriceSettings
from steppingstone.spending import Spent
from tests.model_server import Body, choices

PRICES = PriceSettings(prompt=2.0, cached=0.5, completion=8.0)


def usage(prompt: object, completion: object, cached: object = None, reasoning: object = None) -> Body:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def test_dollars_are_those_of_fresh_cached_and_completion_tokens() -> None:
    cost = spent({"usage": usage(1_000_000, 500_000, cached=400_000, reasoning=300_000)}, PRICES)
    assert cost == Spent(1_000_000, 400_000, 500_000, 300_000, pytest.approx(0.6 * 2.0 + 0.4 * 0.5 + 0.5 * 8.0))


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "much",
        {},
        {"prompt_tokens": None},
        {"prompt_tokens": -3, "completion_tokens": 10**30},
        {"prompt_tokens_details": 3},
    ],
)
def test_what_the_server_does_not_count_is_nothing(odd: object) -> None:
    assert spent({"usage": odd}, PRICES) == Spent()


def test_cached_and_reasoning_tokens_are_never_more_than_what_they_are_part_of() -> None:
    cost = spent({"usage": usage(10, 20, cached=30, reasoning=40)}, PRICES)
    assert (cost.cached, cost.reasoning) == (10, 20)


def test_all_tokens_of_a_reply_are_shared_over_its_choices_without_loss() -> None:
    reply = choices("a", "bbbb", "", reasoning="hm") | {"usage": usage(100, 77, cached=50, reasoning=30)}
    got = completions(reply, 3)
    for name, total in (("prompt", 100), ("cached", 50), ("completion", 77), ("reasoning", 30)):
        assert sum(getattr(each, f"{name}_tokens") for each in got) == total
    for each in got:
        assert each.cached_tokens <= each.prompt_tokens
        assert each.reasoning_tokens <= each.completion_tokens


def test_hidden_reasoning_is_shared_evenly() -> None:
    got = completions(choices("a", "b") | {"usage": usage(2, 40, reasoning=30)}, 2)
    assert [each.reasoning_tokens for each in got] == [15, 15]


def test_more_choices_than_were_asked_for_are_left_out_and_their_tokens_stay() -> None:
    got = completions(choices("a", "b", "c") | {"usage": usage(9, 30)}, 2)
    assert [each.text for each in got] == ["a", "b"]
    assert sum(each.completion_tokens for each in got) == 30


@pytest.mark.parametrize("finish", [None, 7, ["stop"], ""])
def test_an_odd_reason_to_finish_is_text(finish: object) -> None:
    reply = choices("a")
    reply["choices"][0]["finish_reason"] = finish
    assert isinstance(completions(reply, 1)[0].finish_reason, str)
