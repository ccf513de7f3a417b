import copy

import pytest

from steppingstone.offline.interpreter import Program, Unsupported

AGREEING = [
    ("x * 3 - 7 // 2 ** 2 % 5", 11),
    ("[n for n in x if n % 2] + [n for row in [x, x] for n in row]", [3, 4, 5]),
    ("{k: v for k, v in sorted(x.items())}", {"b": 2, "a": 1}),
    ("{n % 3 for n in x}", [3, 4, 5]),
    ("x[::-1] + x[1:3] + x[-1]", "stone"),
    ("', '.join(sorted(x.split(), key=lambda w: (len(w), w)))", "to be or not"),
    ("f'{x:>6}|{x!r}|{len(x):03d}'", "abc"),
    ("'%s-%d' % (x, len(x))", "abc"),
    ("x if x > 3 else -x", 2),
    ("1 < x <= 5 and not x == 4 or None", 4),
    ("max(x, key=lambda p: p[1])", [(1, 5), (2, 9)]),
    ("[*x, *map(str, x)]", [1, 2]),
    ("list(zip(x, x[1:])), list(enumerate(x, 1)), divmod(sum(x), 4)", [5, 6, 7]),
    ("(lambda a, b=2, *c: (a, b, c))(*x)", [1, 2, 3]),
    ("(lambda a, b=2: a + b)(x)", 5),
    ("x.get('a', 0) + x.setdefault('z', 4)", {"a": 1}),
    ("[w.title().center(9, '*') for w in x.partition('-')]", "left-right"),
    ("any(n > 3 for n in x), all(n > 3 for n in x), next((n for n in x if n > 3), None)", [1, 5, 2]),
    ("x.translate(str.maketrans('abc', 'xyz')).replace('x', '').count('y')", "aabbcc"),
    ("(y := x + 1) * y", 6),
    ("isinstance(x, bool), type(x) is int, x is None", True),
]
FUNCTIONS = [
    (
        """
total = 0
for i, c in enumerate(x):
    if c == 'o':
        continue
    total += i
else:
    total *= 2
return total
""",
        "stones",
    ),
    (
        """
while x > 1:
    x = x // 2 if x % 2 == 0 else 3 * x + 1
    if x == 5:
        break
return x
""",
        27,
    ),
    (
        """
try:
    return int(x)
except (ValueError, TypeError):
    return -1
finally:
    x = 3
""",
        "7b",
    ),
    (
        """
first, *rest = x
a, (b, c) = first, rest[:2]
rest[0], rest[-1] = rest[-1], rest[0]
return a, b, c, rest
""",
        [1, 2, 3, 4],
    ),
    (
        """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
return fib(x)
""",
        10,
    ),
    (
        """
counts = {}
for c in x:
    counts[c] = counts.get(c, 0) + 1
del counts['a']
return counts
""",
        "banana",
    ),
    (
        """
from collections import Counter, deque
d = deque(x, maxlen=3)
d.rotate(1)
return Counter(x).most_common(2), list(d)
""",
        "mississippi",
    ),
    (
        """
import math, re
return math.gcd(*x), re.findall(r'[0-9]+', str(x)), math.prod(x)
""",
        [12, 18],
    ),
    (
        """
y = x
x += [1]
y[1:2] = [7, 8]
return x
""",
        [1, 2, 3],
    ),
    (
        """
grid = [[0] * 3 for _ in range(2)]
grid[1][x] += 5
return grid
""",
        2,
    ),
    (
        """
def outer(n):
    def inner(k):
        return k + n
    return inner
return outer(x)(3)
""",
        4,
    ),
    (
        """
x = [x for x in range(x)]
return [x for x in x if x]
""",
        4,
    ),
]


def python(body: str, value: object) -> object:
    names: dict = {}
    exec("def f(x):\n" + "\n".join(f"    {line}" for line in body.splitlines()), names)
    return names["f"](value)


def interpreted(body: str, value: object):
    return Program("def f(x):\n" + "\n".join(f"    {line}" for line in body.splitlines()), 20_000).call("f", value)


@pytest.mark.parametrize(("expression", "value"), AGREEING)
def test_expressions_have_the_value_that_python_gives(expression, value):
    assert interpreted(f"return {expression}", value).value == python(f"return {expression}", value)


@pytest.mark.parametrize(("body", "value"), FUNCTIONS)
def test_functions_return_what_python_returns(body, value):
    assert interpreted(body, value).value == python(body, copy.deepcopy(value))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return x[9]", "IndexError"),
        ("return x['a']", "TypeError"),
        ("return y", "NameError"),
        ("return 1 // len(x[:0])", "ZeroDivisionError"),
    ],
)
def test_errors_are_those_of_python(body, error):
    assert interpreted(body, [1]).error == error


def test_an_assertion_tells_the_function_that_it_stands_in():
    code = "def check(x):\n    assert x > 2\ndef test(x):\n    check(x)\n    assert x > 5"
    program = Program(code, 1000)
    assert [program.call("test", value).place for value in (1, 3, 9)] == ["check", "test", ""]


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    pass",
        "return f(x)",
        "return 'a' * 10**9",
        "return 2 ** 10**7",
        "return [0] * 10**9",
        "return list(range(10**9))",
    ],
)
def test_what_would_take_for_ever_or_fill_the_memory_is_stopped(body):
    assert interpreted(body, 1).error in ("OutOfBudget", "RecursionError")


@pytest.mark.parametrize(
    "body",
    [
        "x = 'ab'\nfor i in range(60):\n    x = f'{x}{x}'\nreturn x",
        "x = [1, 2]\nfor i in range(60):\n    x.extend(x)\nreturn x",
        "x = [1, 2]\nfor i in range(60):\n    x[1:1] = x\nreturn x",
        "x = 'ab'\nfor i in range(60):\n    x = x.replace('a', x)\nreturn x",
        "return '{:999999999}'.format(x)",
        "return round(x, -10**9)",
        "x = 3\nfor i in range(60):\n    x = x * x\nreturn x",
    ],
)
def test_growth_by_small_steps_is_stopped(body):
    assert interpreted(body, 1).error == "OutOfBudget"


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').getcwd()",
        "open('/etc/passwd').read()",
        "x.__class__",
        "(lambda: 0).__globals__",
        "'{0.__class__}'.format(x)",
        "eval('1')",
        "getattr(x, 'real')",
        "type(type(x))('A', (), {})",
    ],
)
def test_nothing_leads_out_of_the_interpreter(code):
    assert not interpreted(f"return {code}", 1).ok


@pytest.mark.parametrize("code", ["import os", "from os import path", "class A: pass", "async def f(x): pass", "def f(:"])
def test_code_beyond_the_interpreter_is_refused_at_once(code):
    with pytest.raises(Unsupported):
        Program(code, 1000)


def test_an_input_is_not_changed_by_the_program():
    value = [3, 1, 2]
    interpreted("x.sort()\nreturn x", value)
    assert value == [3, 1, 2]


def test_no_interpreted_handler_catches_the_end_of_the_budget():
    assert interpreted("try:\n    while True:\n        pass\nexcept Exception:\n    return 1", 1).error == "OutOfBudget"
