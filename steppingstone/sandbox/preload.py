"""The standard modules that a program may import, held in memory: no file is opened after that."""

import ast
import builtins
import codecs
import gc
import importlib
import os
import random
import sys
from functools import partial

from steppingstone import values
from steppingstone.sandbox import clock, frames, program, solution, testing

_CODECS = "ascii latin-1 utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 cp1252 cp437 idna punycode rot13 hex base64"

_NUMPY = " .char .fft .lib.stride_tricks .linalg .ma .polynomial .random .testing .typing"

_MATHS = "sympy mpmath antlr4 latex2sympy2_extended math_verify"
_EXPRESSIONS = (r"$\frac{x^2 + \sqrt{3}}{2}$", r"so it is \boxed{\frac{\sqrt{3} + x^2}{2}}")

_SAMPLE = '''
from dataclasses import dataclass
@dataclass
class Point:
    x: int
def f(a, b=2):
    """Touch what nearly every program touches."""
    counts = {}
    for word in sorted(str(a).split()):
        counts[word] = counts.get(word, 0) + b
    return [sum(counts.values()), f"{a!r}", (1.5, None, True, {2, 3}), [n * n for n in range(3) if n], Point(1).x]
'''


_SAMPLE_TESTS = """
def check(candidate):
    assert candidate([1, "a b"], 2) != {"k": (1.5, None)}
def test_it():
    check(f)
    assert f("b") != True
"""
_REHEARSALS = 20


def load(seed: int, tier: str, folder: str = "") -> None:
    """Hold what programs of this tier import beyond `modules`, and put clock and random state to the server's seed."""
    for name in _CODECS.split():
        codecs.lookup(name)
    if tier != "bare":
        from steppingstone.sandbox import library

        library.install(folder, _MATHS.split() if tier == "maths" else ())
    # what `site` would have put there, had it been allowed to run
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    clock.replace(seed)
    random.seed(seed)
    if tier == "numpy":
        sys.modules["numpy"].random.seed(seed)


def load_packages(folder: str, tier: str) -> None:
    """Import what a tier holds beyond the standard library, numpy all of it, math-verify as far as its first use does.

    It needs the compiled datetime, which reads the machine's clock: that one is put away.
    """
    sys.path.append(folder)
    if tier == "numpy":
        for name in _NUMPY.split():
            importlib.import_module(f"numpy{name}")
    else:
        maths = importlib.import_module("math_verify")
        maths.verify(*(maths.parse(text, parsing_timeout=None) for text in _EXPRESSIONS), timeout_seconds=None)
    sys.path.remove(folder)
    for name in ("datetime", "_datetime", "_strptime"):
        sys.modules.pop(name, None)


def rehearse_tests() -> None:
    """Run a solution and its tests here, one beside the other, as often as code takes to be specialised."""
    for _ in range(_REHEARSALS):
        answers = solution.Solution(program.execute(compile(_SAMPLE, "", "exec")))
        asked: list[bytes] = []
        testing.run(_SAMPLE_TESTS, asked.append, partial(_answer, answers, asked))


def _answer(answers: solution.Solution, asked: list[bytes]) -> bytes:
    return answers.answer(asked[-1][frames.FRAME.size :])


def sample_request() -> bytes:
    """A request for what nearly every program does."""
    order = frames.Order(frames.CALL, "f", 0, 0, values.MAX_BYTES)
    arguments = b"[" + values.encode([1, "a", {"k": (2.5, None)}]) + b"]"
    return frames.pack_request(order, _SAMPLE.encode(), [arguments, arguments])


def warm_up() -> None:
    """Run one program through, so that a child finds every cache filled."""
    (_, name, *_, cap), source, inputs = frames.unpack_request(sample_request()[frames.REQUEST_BYTES :])
    read, write = os.pipe()
    program.answer(name, cap, source, inputs, write)
    os.close(read)
    os.close(write)
    program.describe(ZeroDivisionError("division by zero"))
    ast.literal_eval("[1, 'a', (2.5,), {3: {4}}]")
    forget()


def forget() -> None:
    """Leave no trace of the sample."""
    sys.modules.pop(program.MODULE_NAME)
    sys.modules.pop(testing.NAME, None)
    gc.disable()
