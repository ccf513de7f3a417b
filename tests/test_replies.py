"""Reading replies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingstone.replies import answer_of, fenced_blocks, last_block


def test_the_last_block_of_a_label_counts() -> None:
    assert last_block("```python\nfirst\n```\ntext\n```python\nsecond\n```", "python") == "second"


def test_a_block_that_is_never_closed_was_cut_off_and_does_not_count() -> None:
    assert last_block("```answer\n1\n```\n```answer\n2", "answer") == "1"


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    assert last_block("````text\n```\ninner\n```\n````") == "```\ninner\n```"


def test_a_label_is_read_whatever_its_case_and_what_follows_it() -> None:
    assert last_block("``` Python title=x\ncode\n```", "python") == "code"


def test_what_a_model_thought_aloud_is_not_read() -> None:
    assert answer_of("<think>```answer\n1\n```</think>\n```answer\n2\n```") == "2"


def test_thoughts_end_at_their_closing_line_also_without_an_opening_one() -> None:
    assert answer_of("```answer\n1\n```\n</think>\n```answer\n2\n```") == "2"


def test_a_literal_may_hold_the_closing_tag() -> None:
    assert answer_of("```answer\n'</think> ok'\n```") == "'</think> ok'"


def test_only_line_feeds_end_a_line() -> None:
    assert answer_of("```answer\n'a\u2028```\u2028b'\n```") == "'a\u2028```\u2028b'"


def test_an_unlabelled_block_is_an_answer_where_no_answer_block_is() -> None:
    assert answer_of("so\n```\n[1, 2]\n```") == "[1, 2]"


def test_an_empty_answer_is_none() -> None:
    assert answer_of("```answer\n\n```") is None


def test_a_reply_without_a_block_has_no_answer() -> None:
    assert answer_of("the answer is 3") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_three_ends_of_line_of_markdown_are_read_as_one(end: str) -> None:
    assert last_block(end.join(["```python", "a", "b", "```"]), "python") == "a\nb"


@pytest.mark.parametrize("character", "\f\v\x1c\x85\u2028")
def test_what_python_allows_within_a_line_does_not_cut_it(character: str) -> None:
    assert last_block(f"```python\nx = '{character}'\n```") == f"x = '{character}'"


@pytest.mark.parametrize("filling", ["a", " ", "`", "~"])
def test_a_long_line_that_almost_opens_a_block_is_read_in_one_pass(filling: str) -> None:
    assert fenced_blocks(f"```{filling * 1_000_000} `") == []


@given(st.text(alphabet="`~ \n\\apython<think>/", max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    for block in fenced_blocks(text):
        assert block.body in text.replace("\r", "\n")
