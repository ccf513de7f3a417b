"""Hooks the importer, so that whatever is imported next runs the attacker's code.
Seen: pytest's conftest and import hooks in SWE-bench-like graders; here in the sandbox's own process.
"""

from tests.sandbox.attacks.arena.attack import Program

PLANT = """
import sys, builtins
class Finder:
    def find_spec(self, name, path=None, target=None): raise SystemExit(0)
def f():
    sys.meta_path.insert(0, Finder())
    sys.path_hooks.insert(0, lambda path: 1 / 0)
    for name in ("json", "heapq", "bisect"): sys.modules.pop(name, None)
    import heapq
"""
ATTACK = Program(before=PLANT, source=PLANT, ends="exception")
