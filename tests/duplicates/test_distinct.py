"""Of problems that are the same the first stays."""

from collections.abc import Sequence

import pytest

from steppingstone.duplicates import Distinct, Match, Traits
from steppingstone.records import Reason
from steppingstone.settings import DuplicateSettings
from tests.duplicates.made import code, ladder, traits

LONG = code(0, 1, 2, 4, 6, 7)
EDITED = code(0, 1, 2, 4, 6, 7, start=1)
OTHER = code(7, 5, 3, 2, 0)


def taken(problems: Sequence[Traits], agree: bool = True, **settings: object) -> list[Match[int] | None]:
    distinct = Distinct[int](DuplicateSettings(**settings), lambda one, other: agree)  # type: ignore[arg-type]
    return [distinct.take(problem, number) for number, problem in enumerate(problems)]


def reasons(*problems: Traits, agree: bool = True, **settings: object) -> list[Reason | None]:
    return [match and match.reason for match in taken(problems, agree, **settings)]


def test_the_same_program_under_other_names_is_an_exact_duplicate_though_it_is_near_too() -> None:
    assert taken([traits(LONG), traits(LONG.replace("first", "one"))])[1] == Match(0, Reason.DUPLICATE)


def test_an_edited_constant_makes_a_near_duplicate_that_says_how_near() -> None:
    match = taken([traits(LONG), traits(EDITED)])[1]
    assert match
    assert (match.name, match.reason) == (0, Reason.NEAR_DUPLICATE)
    assert 0.95 <= match.similarity < 1


def test_another_program_is_no_duplicate() -> None:
    assert reasons(traits(LONG), traits(OTHER)) == [None, None]


def test_an_edited_statement_of_a_short_program_makes_a_variant() -> None:
    assert reasons(traits(code(0, 1, 2, 4)), traits(code(0, 1, 3, 4))) == [None, None]


def test_near_duplicates_stay_where_none_are_wanted_out() -> None:
    assert reasons(traits(LONG), traits(EDITED), near=None) == [None, None]


def test_other_samples_for_induction_make_no_other_problem() -> None:
    assert reasons(traits(LONG, *map(str, range(50))), traits(LONG, *map(str, range(50, 99)))) == [None, "near_duplicate"]


def test_problems_that_do_the_same_are_duplicates() -> None:
    assert reasons(traits(LONG, behaviour="b"), traits(OTHER, behaviour="b")) == [None, "same_behaviour"]


def test_problems_that_part_on_their_own_inputs_are_none() -> None:
    assert reasons(traits(LONG, behaviour="b"), traits(OTHER, behaviour="b"), agree=False) == [None, None]


def test_behaviour_counts_only_where_it_is_wanted_and_known() -> None:
    assert reasons(traits(LONG, behaviour="b"), traits(OTHER, behaviour="b"), behaviour=False) == [None, None]
    assert reasons(traits(LONG), traits(OTHER)) == [None, None]


@pytest.mark.parametrize(("environment", "same"), [("abduction", False), ("deduction", False), ("fuzzing", True)])
def test_where_the_input_is_part_of_the_question_another_one_makes_another_problem(environment: str, same: bool) -> None:
    one = traits(LONG, "17", "2", environment=environment, behaviour="b")
    other = traits(OTHER, "18", "3", environment=environment, behaviour="b")
    assert reasons(one, other)[1] == ("same_behaviour" if same else None)


def test_a_problem_is_compared_with_those_that_stay_and_not_with_those_that_left() -> None:
    one, between, other = ladder()
    assert reasons(one, between) == [None, "near_duplicate"]
    assert reasons(between, other) == [None, "near_duplicate"]
    assert reasons(one, between, other) == [None, "near_duplicate", None]


def test_what_is_added_is_the_partner_though_it_is_the_same_as_another() -> None:
    distinct = Distinct[int](DuplicateSettings(), lambda one, other: True)
    for number, problem in enumerate((LONG, EDITED, EDITED)):
        distinct.add(traits(problem), number)
    assert distinct.match(traits(EDITED)) == Match(1, Reason.DUPLICATE)


def test_what_comes_before_is_compared_with_too_and_left_as_it_is() -> None:
    before = Distinct[int](DuplicateSettings(), lambda one, other: True)
    before.take(traits(LONG), 7)
    after = Distinct[int](DuplicateSettings(), lambda one, other: True, before)
    assert after.take(traits(LONG), 8) == Match(7, Reason.DUPLICATE)
    assert after.take(traits(OTHER), 9) is None
    assert before.match(traits(OTHER)) is None
