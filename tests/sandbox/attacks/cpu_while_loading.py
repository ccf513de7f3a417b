"""Never ends loading: a loop at import, a constant that folds for ever, a decorator, a class body.
Seen: graders that time the call and not the import; LiveCodeBench issue threads.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCES = """
def endless():
    while True: pass
class C:
    endless()
def f(n):
    return n
"""
ATTACK = Program(source=SOURCES, ends="timeout", inputs=[[1], [2], [3]])
