"""Checks on a proposal's source, and the form in which students see it."""

import ast

import pytest

from steppingstone.records import Reason, Rejection
from steppingstone.sources import MAX_SOURCE, canonical_form, check_source, content_hash, keeps_no_state, presentable


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(x:", Reason.SYNTAX_ERROR),
        ("x = 1", Reason.MISSING_FUNCTION),
        ("f = lambda x: x", Reason.MISSING_FUNCTION),
        ("import os\ndef f(x): return x", Reason.FORBIDDEN_IMPORT),
        ("def f(x):\n    from random import choice\n    return choice(x)", Reason.FORBIDDEN_IMPORT),
        ("def f(x): return __import__('time').time()", Reason.FORBIDDEN_NAME),
        ("def f(x): return eval('x + 1')", Reason.FORBIDDEN_NAME),
        ("def f(x): return x" + "+1" * 500, Reason.SYNTAX_ERROR),
        ("def f(x): return x" + ".a" * 2900, Reason.SYNTAX_ERROR),
        ("def f(x): return 0x" + "f" * 4000, Reason.SYNTAX_ERROR),
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
    assert isinstance(check_source("import math\nfrom collections import Counter\ndef f(x): return Counter(x)", ("f",)), str)


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
    assert isinstance(check_source("def f(x): return '\\d' is x", ("f",)), str)
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


def test_parameters_that_change_places_make_another_program() -> None:
    one = "def g(a, b):\n    return a - b\ndef f(x):\n    return g(b=x, a=1)"
    other = "def g(b, a):\n    return b - a\ndef f(x):\n    return g(b=x, a=1)"
    assert canonical_form(one) != canonical_form(other)


def test_code_that_is_no_python_has_a_content_hash_too() -> None:
    assert content_hash("poems", "roses are red", ()) != content_hash("poems", "violets are blue", ())


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    y = [1]\n    y.append(x)\n    return y",
        "import math\nLIMIT = -3\nPAIR = (1, 'a')\ndef f(x, low=0):\n    return sorted(x, key=lambda n: n % 3)",
    ],
)
def test_functions_over_constants_keep_no_state(code: str) -> None:
    assert keeps_no_state(code)


@pytest.mark.parametrize(
    "code",
    [
        "S = [0]\ndef f(x):\n    S[0] += x\n    return S[0]",
        "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
        "def f(x, *, seen={}):\n    seen[x] = 1\n    return len(seen)",
        "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n",
        "def f(x):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
        "def f(x):\n    f.__dict__['n'] = x\n    return 1",
        "class C:\n    n = []\ndef f(x):\n    C.n.append(x)\n    return len(C.n)",
        "import functools\n@functools.cache\ndef f(x):\n    return x",
        "import decimal\ndef f(x):\n    decimal.getcontext().prec = x\n    return 1",
        "import itertools\ncount = itertools.count()\ndef f(x):\n    return next(count)",
        "for i in [1]:\n    pass\ndef f(x):\n    return i",
    ],
)
def test_what_may_keep_state_is_told(code: str) -> None:
    assert not keeps_no_state(code)


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
