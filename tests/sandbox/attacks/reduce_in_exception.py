"""Raises an exception that runs code where it is unpickled, and whose arguments do too.
Seen: multiprocessing and concurrent.futures send the worker's exception by pickle; CPython issue 103352.
"""

from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return f"""
import os
class Gift(Exception):
    def __reduce__(self): return (os.kill, ({scene.pid}, 10))
def f():
    raise Gift(Gift()) from Gift()
"""


ATTACK = Program(source=source, ends="exception", exceptions="Gift")
