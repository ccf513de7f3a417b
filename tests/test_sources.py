"""Checks on a proposal's source, and the form in which students see it."""

import ast

import pytest

from steppingstone.records import Reason, Rejection
from steppingstone.sources import MAX_SOURCE, canonical_form, check_source, presentable


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(x:", Reason.SYNTAX_ERROR),
        ("x = 1", Reason.MISSING_FUNCTION),
        ("f = lambda x: x", Reason.MISSING_FUNCTION),
        ("import os\ndef f(x): return x", Reason.FORBIDDEN_IMPORT),
        ("def f(x):\n    from random import choice\n    return choice(x)", Reason.FORBIDDEN_IMPORT),
        ("def f(x): return __import__('time').time()", Reason.FORBIDDEN_IMPORT),
        ("from . import y\ndef f(x): return x", Reason.FORBIDDEN_IMPORT),
        ("def f(x): return x\n" + "#" * MAX_SOURCE, Reason.SOURCE_TOO_LONG),
        ("def f(x): return '\0'", Reason.SYNTAX_ERROR),
        ("def f(x): return '\ud800'", Reason.SYNTAX_ERROR),
        ("def f(x): return 0x" + "f" * 5_000, Reason.SYNTAX_ERROR),
        ("def f(x): return " + "-" * 2_000 + "x", Reason.SYNTAX_ERROR),
        ("def f(x): return x" + ".a" * 1_500, Reason.SYNTAX_ERROR),
    ],
)
def test_code_that_cannot_be_used_is_turned_away_with_its_reason(code: str, reason: Reason) -> None:
    found = check_source(code, ("f",))
    assert isinstance(found, Rejection)
    assert found.reason is reason


def test_modules_that_compute_may_be_imported() -> None:
    assert isinstance(
        check_source("import math\nfrom collections import Counter\ndef f(x): return Counter(x)", ("f",)), ast.Module
    )


def test_comments_and_docstrings_do_not_reach_the_student() -> None:
    shown = presentable(ast.parse('def f(x):\n    """f(3) is 42"""\n    return x * 14  # the fault is here\n'))
    assert shown == "def f(x):\n    return x * 14"


def test_a_function_of_a_docstring_alone_stays_a_function() -> None:
    assert presentable(ast.parse('def f(x):\n    "nothing"')) == "def f(x):\n    pass"


def test_a_bare_string_in_any_block_is_a_comment_too() -> None:
    code = "def f(x):\n    if x:\n        'it is 42'\n    try:\n        y = 1\n    finally:\n        'it is 42'\n    return y"
    shown = presentable(ast.parse(code))
    assert "42" not in shown
    assert shown == presentable(ast.parse(shown))


def test_a_string_that_is_used_stays() -> None:
    code = "def f(x):\n    f'{x}'\n    return 'a'"
    assert presentable(ast.parse(code)) == code


def test_code_that_python_warns_of_is_read_in_silence(recwarn: pytest.WarningsRecorder) -> None:
    assert isinstance(check_source("def f(x): return '\\d' is x", ("f",)), ast.Module)
    assert not recwarn.list


def test_programs_that_differ_in_names_and_comments_alone_have_one_canonical_form() -> None:
    assert canonical_form("def f(x):\n    y = x + 1  # more\n    return y") == canonical_form(
        "def f(a):\n    total = a + 1\n    return total"
    )


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    y = x + 2\n    return y",
        "def f(x):\n    y = x - 1\n    return y",
        "def f(x):\n    y = len(x)\n    return y",
    ],
)
def test_programs_that_differ_in_more_have_different_canonical_forms(other: str) -> None:
    assert canonical_form("def f(x):\n    y = x + 1\n    return y") != canonical_form(other)


def test_builtins_are_not_renamed_away() -> None:
    assert canonical_form("def f(x): return max(x)") != canonical_form("def f(x): return min(x)")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x): return x", "def f(x): return v1"),
        ("def h(p, q): return p - q\ndef f(x): return h(p=x, q=1)", "def h(q, p): return p - q\ndef f(x): return h(p=x, q=1)"),
        ("class C:\n    a = 1\n    b = 2\ndef f(x): return C.a", "class C:\n    b = 1\n    a = 2\ndef f(x): return C.a"),
        ("def f(x):\n    a, b = x\n    return locals()['a']", "def f(x):\n    b, a = x\n    return locals()['a']"),
    ],
)
def test_a_name_that_is_an_attribute_a_keyword_or_a_string_is_more_than_a_variable(one: str, other: str) -> None:
    assert canonical_form(one) != canonical_form(other)
