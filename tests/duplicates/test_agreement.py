"""Problems that answer the common inputs alike are held against each other on their own inputs, in the sandbox."""

import pytest

from steppingstone.behaviour import behaviour
from steppingstone.duplicates import agreement
from steppingstone.sandbox import Limits, Sandbox
from tests.duplicates.made import traits

TWICE = "def f(x):\n    return x * 2"
UNLESS_LARGE = "def f(x):\n    return x * 2 if x != 5000 else 0"
FAULTY = """
def f(x):
    return x + 1 if x == {fault} else x

def test(x):
    assert f(x) == x

def is_valid(x):
    return type(x) is int
"""


def test_a_rare_branch_that_only_ones_own_inputs_reach_tells_two_functions_apart(sandbox: Sandbox) -> None:
    agree = agreement(sandbox)
    same = [behaviour(code, ("f",), sandbox, Limits()) for code in (TWICE, UNLESS_LARGE)]
    assert same[0] == same[1] != ""
    usual = [str(number) for number in range(12)]
    assert agree(traits(TWICE, *usual), traits(UNLESS_LARGE, *usual))
    assert not agree(traits(TWICE, *usual), traits(UNLESS_LARGE, *usual, "5000"))
    assert not agree(traits(UNLESS_LARGE, *usual, "5000"), traits(TWICE, *usual))


def test_functions_that_fail_alike_agree_whatever_they_say(sandbox: Sandbox) -> None:
    one, other = (f"def f(x):\n    raise KeyError({said})" for said in ("'no'", "x"))
    assert agreement(sandbox)(traits(one), traits(other))
    assert not agreement(sandbox)(traits(one), traits("def f(x):\n    raise ValueError(x)"))


@pytest.mark.parametrize(("fault", "same"), [(77, True), (78, False)])
def test_faulty_functions_agree_if_their_faults_are_the_same(sandbox: Sandbox, fault: int, same: bool) -> None:
    one = traits(FAULTY.format(fault=77), "3", "77", environment="fuzzing")
    other = traits(FAULTY.format(fault=fault), "4", str(fault), environment="fuzzing")
    assert agreement(sandbox)(one, other) is same


def test_a_pair_is_run_once() -> None:
    with Sandbox(1) as its_own:
        agree = agreement(its_own)
        pair = traits(TWICE), traits(UNLESS_LARGE)
        assert agree(*pair)
    assert agree(*pair), "the sandbox is closed, and not asked again"
