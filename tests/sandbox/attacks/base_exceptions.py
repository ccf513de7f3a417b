"""Raises what ends interpreters, loops and generators: SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration.
Seen: human-eval and LiveCodeBench each catch some of them; here all.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
KINDS = [SystemExit(0), SystemExit("ok"), KeyboardInterrupt(), GeneratorExit(), StopIteration(7), StopAsyncIteration(),
         BaseException(), MemoryError(), RecursionError(), BaseExceptionGroup("g", [SystemExit(0)])]
def f(n):
    raise KINDS[n]
"""
ATTACK = Program(source=SOURCE, ends="exception memory", inputs=[[n] for n in range(10)])
