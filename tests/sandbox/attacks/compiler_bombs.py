"""Gives the compiler more than it can take: nesting, long expressions, constants that explode when folded.
Seen: CPython issues 113297 and 91679; `ast.parse` is documented to crash on hostile text.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCES = [
    "(" * 10**5,
    "x = " + "-" * 10**5 + "1",
    "x = " + "[" * 150 + "]" * 150,
    "x = " + "+".join(["1"] * 10**5),
    "x = ((((1 << 127) << 127) << 127) << 127) ** 99",
    "x" + ".a" * 10**5,
    "f" + "()" * 10**5,
    "if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 99)) + " " * 99 + "pass",
    "x = " + "lambda: " * 10**4 + "1",
    "x = " + "{1:" * 500 + "1" + "}" * 500,
    "x = f'" + "{f'" * 100,
    "\n".join(f"x{n} = {n}" for n in range(10**5)),
]
HOSTILE = "SOURCES = {sources!r}\ndef f(n):\n    exec(compile(SOURCES[n], 'x', 'exec'), {{'f': 1, 'x': 1}})\n"
ATTACK = Program(
    source=HOSTILE.format(sources=SOURCES),
    ends="ok exception not_a_literal memory killed timeout",
    inputs=[[n] for n in range(len(SOURCES))],
    limits=Limits(seconds=3, memory_mb=256),
)
