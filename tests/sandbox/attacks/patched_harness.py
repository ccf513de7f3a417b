"""Replaces the harness's own functions, found through its frames: encoder, frame packer, writer, exit.
Seen: LiveCodeBench and Absolute-Zero-Reasoner (sandbox.md: PASSES).
"""

from tests.sandbox.attacks.arena.attack import Answers, problem, python

SOURCE = """
import os, sys
def f(x):
    frame = sys._getframe().f_back
    while frame:
        for name, thing in list(frame.f_globals.items()):
            if name in ("values", "frames", "program", "json"):
                for inner in list(vars(thing)):
                    if inner in ("encode", "pack_frame", "canonical", "claim", "dumps"):
                        setattr(thing, inner, lambda *a, **k: b"8")
        frame = frame.f_back
    os._exit = lambda status: None
    os.write = lambda fd, data: len(data)
    return 8
"""
ATTACK = Answers(
    problem=problem("induction", "", ["1", "2"], ["2", "3"]),
    completions=[python(SOURCE), python("def f(x):\n    return x + 1")],
    verdicts=["timeout killed", "solved"],
)
