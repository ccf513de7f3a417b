"""What functions do, as a digest of their answers to the common inputs."""

from collections import Counter
from collections.abc import Callable

import pytest

from steppingstone.behaviour import behaviour, common_inputs
from steppingstone.environments import Environment, environment
from steppingstone.records import Problem
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.values import canonical

Digest = Callable[..., str]

FAULTY = """
def f(x):
    return x * 2 + (x == {fault})

def test(x):
    assert f(x) == x * 2

def is_valid(x):
    return type(x) is int and x < {limit}
"""


@pytest.fixture
def digest(sandbox: Sandbox) -> Digest:
    return lambda code, *functions: behaviour(code, functions or ("f",), sandbox, Limits())


def test_the_common_inputs_are_distinct_and_of_every_usual_kind_many() -> None:
    assert len({canonical(value) for value in common_inputs()}) == len(common_inputs())
    counts = Counter(type(value).__name__ for value in common_inputs())
    assert {kind for kind, count in counts.items() if count >= 8} == {"int", "float", "str", "list", "tuple", "dict"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x[::-1]", "return type(x)(reversed(x)) if type(x) is list else x[::-1]"),
        ("return sum(x)", "total = 0\n    for n in x:\n        total += n\n    return total"),
        ("return sorted(x.items())", "pairs = [(key, x[key]) for key in x.keys()]\n    pairs.sort()\n    return pairs"),
        ("return x[0] * x[1]", "a = x[0]\n    b = x[1]\n    return a * b"),
    ],
)
def test_functions_that_do_the_same_have_the_same_behaviour(digest: Digest, one: str, other: str) -> None:
    assert digest(f"def f(x):\n    {one}") == digest(f"def f(x):\n    {other}") != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x % 7", "return x % 8"),
        ("return x + x", "return x * 3"),
        ("return len(x)", "return len(x) + 1"),
        ("return x[0] - x[1]", "return x[1] - x[0]"),
        ("return x", "return [x]"),
        ("return str(x)", "return repr(x)"),
    ],
)
def test_functions_that_do_something_else_have_another(digest: Digest, one: str, other: str) -> None:
    assert digest(f"def f(x):\n    {one}") != digest(f"def f(x):\n    {other}")


@pytest.mark.parametrize(
    "code",
    [
        "return x['the key that nothing has']",
        "return 7",
        "return type(x) is int",
        "return x['a']['b']",
        "while type(x) is int: pass\n    return str(x)",
    ],
    ids=["answers none", "always the same", "two answers", "too few", "hangs on many"],
)
def test_what_tells_nothing_has_none(digest: Digest, code: str) -> None:
    assert digest(f"def f(x):\n    {code}") == ""


def test_an_input_on_which_a_function_hangs_tells_it_apart_too(digest: Digest) -> None:
    code = "def f(x):\n    while type(x) is int and x < -10: pass\n    return str(x)"
    assert digest(code) not in ("", digest("def f(x):\n    return str(x)"))


def test_what_a_call_leaves_behind_is_a_part_of_it(digest: Digest) -> None:
    counting = "calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)"
    assert digest(counting) == digest(counting.replace("calls", "seen")) != ""


def test_an_environment_that_says_nothing_of_it_has_none(sandbox: Sandbox) -> None:
    problem = Problem("p", "deduction", "def f(x):\n    return x + 1", ("3",), ("4",), "", "")
    assert environment("deduction").behaviour(problem, sandbox) != ""
    assert Environment.behaviour(environment("deduction"), problem, sandbox) == ""


def test_of_fuzzing_each_of_the_three_functions_counts(sandbox: Sandbox) -> None:
    fuzzing = environment("fuzzing")

    def of(fault: int, limit: int = 3000) -> str:
        code = FAULTY.format(fault=fault, limit=limit)
        return fuzzing.behaviour(Problem("p", "fuzzing", code, ("3", str(fault)), (), "", code), sandbox)

    assert of(100) == of(100) != ""
    assert len({of(100), of(255), of(100, limit=2000)}) == 3
