"""Builds code objects whose bytecode reads outside its constants, to reach any memory of the process.
Seen: the classic way out of every in-process Python sandbox (CPython issue 17206 and its kin).
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import sys, types
def f(n):
    code = (lambda: None).__code__
    if n == 0:
        return types.FunctionType(code.replace(co_code=b"d\\xff" * 40 + b"S\\0", co_stacksize=1), {})()
    if n == 1:
        return types.FunctionType(code.replace(co_code=b"|\\xff" * 40 + b"S\\0", co_nlocals=0), {})()
    return types.FunctionType(code.replace(co_code=b"\\x01\\0" * 1000 + b"S\\0", co_stacksize=0), {})()
"""
ATTACK = Program(
    source=SOURCE, ends="killed exception not_a_literal ok output_too_large memory timeout", inputs=[[0], [1], [2]]
)
