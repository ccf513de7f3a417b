"""Returns what computes its value only when somebody looks: generators, coroutines, maps, lambdas, views, ranges.
Seen: graders that call list() or == on the result run the candidate's code in their own process.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os, types
def late():
    os._exit(0)
    yield 1
async def later():
    return 1
def f(n):
    return [late(), later(), map(os._exit, [0]), lambda: 1, {1: 1}.items(), range(3), iter([1]), memoryview(b"1"),
            bytearray(b"1"),
            types.SimpleNamespace(a=1), NotImplemented, ..., f, int, types.MappingProxyType({1: 1}), slice(1), os][n]
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal", inputs=[[n] for n in range(17)])
