"""Installs trace and profile functions, in every thread, to catch the harness and the next program at work.
Seen: sandbox.md, "settrace": LiveCodeBench PASSES.
"""

from tests.sandbox.attacks.arena.attack import Program

PLANT = """
import sys, threading
def spy(frame, event, arg):
    if frame.f_code.co_name in ("claim", "encode", "pack_frame"):
        frame.f_locals["value"] = 42
        raise SystemExit(0)
    return spy
def f():
    sys.settrace(spy)
    sys.setprofile(spy)
    threading.settrace(spy)
    frame = sys._getframe()
    while frame:
        frame.f_trace = spy
        frame = frame.f_back
    return 1
"""
ATTACK = Program(before=PLANT, source=PLANT, ends="ok exception killed not_a_literal", value="1")
