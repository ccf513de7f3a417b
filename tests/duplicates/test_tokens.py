"""What a text is compared by: names, comments and layout do not change it."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from steppingstone.duplicates.tokens import features_of_document, features_of_program, features_of_prose

Features = Callable[[str], NDArray[np.uint32]]

CODE = """
def f(items):
    total = 0
    for item in items:
        if item % 3 == 1:
            total += item * 2
        total -= 1
    return str(total).zfill(7)
"""


def alike(features: Features, one: str, other: str) -> float:
    left, right = set(features(one).tolist()), set(features(other).tolist())
    return len(left & right) / len(left | right)


@pytest.fixture(params=[features_of_program, features_of_document])
def features(request: pytest.FixtureRequest) -> Features:
    found: Features = request.param
    return found


@pytest.mark.parametrize(
    "edited",
    [
        CODE.replace("total", "count").replace("items", "values"),
        CODE.replace("    total = 0\n", "    # from nothing\n    total = 0  # yet\n\n"),
        CODE.replace("    ", "\t"),
        CODE.replace("\n", "  \n"),
        CODE.replace("item * 2", "item*2").replace("(items)", "(\n        items,\n)").replace(",\n)", "\n)"),
    ],
    ids=["renamed", "comments", "tabs", "trailing blanks", "wrapped"],
)
def test_names_comments_and_layout_are_no_matter(features: Features, edited: str) -> None:
    assert alike(features, CODE, edited) == 1


@pytest.mark.parametrize(
    "edited",
    [
        CODE.replace("total -= 1", "    total -= 1"),
        CODE.replace("item * 2", "total * 2"),
        CODE.replace("        total -= 1\n", "        total -= 1\n" * 2),
        CODE.replace("str(total)", "repr(total)"),
        CODE.replace("% 3", "% 4"),
    ],
    ids=["moved into a block", "another variable", "done twice", "another built-in", "another constant"],
)
def test_whatever_changes_what_is_done_changes_the_features(features: Features, edited: str) -> None:
    assert alike(features, CODE, edited) < 1


def test_a_new_function_before_the_others_changes_none_of_theirs(features: Features) -> None:
    longer = "def first(one, two):\n    three = one\n    return two\n" + CODE
    assert set(features(CODE).tolist()) - set(features(longer).tolist()) < set(features(CODE).tolist()[:99])
    assert alike(features, CODE, longer) > 0.65


def test_the_layout_of_a_docstring_is_no_matter(features: Features) -> None:
    documented = CODE.replace("    total = 0", '    """Sums.\n\n    Of some.\n    """\n    total = 0')
    assert alike(features, documented, documented.replace("    ", "\t").replace("Sums.", "Sums.  ")) == 1


def test_in_a_program_an_edited_constant_counts_less_than_an_edited_statement() -> None:
    constant = alike(features_of_program, CODE, CODE.replace("% 3", "% 5"))
    statement = alike(features_of_program, CODE, CODE.replace("item % 3 == 1", "total < item"))
    assert constant > 0.95 > 0.9 > statement


def test_a_method_is_a_programs_own_and_a_documents_name_as_any() -> None:
    renamed = CODE.replace(".zfill", ".center")
    assert alike(features_of_program, CODE, renamed) < 1
    assert alike(features_of_document, CODE, renamed) == 1


@pytest.mark.parametrize("text", ["x", "'''never closed\n'", "\ud800 = '\udfff'", "é ∑ 名 = \x00\x1b", "(" * 5000, "\\\n" * 99])
def test_any_text_but_an_empty_one_has_features(features: Features, text: str) -> None:
    assert features(text).dtype == np.uint32
    assert len(set(features(text).tolist())) == len(features(text)) > 0


def test_in_prose_every_word_counts() -> None:
    one, other = "Return the longest word of a text.", "Count all small vowels in each line."
    assert alike(features_of_prose, one, f"{one.upper()}\n") == 1
    assert alike(features_of_prose, one, other) == 0
