"""Solves tests by ending the process, or raising what ends interpreters, while they run.
Seen: exit-code graders (sandbox.md); sys.exit(0) inside a tested function.
"""

from tests.sandbox.attacks.arena.attack import Solution

ATTACK = Solution(
    solution="import os, sys\ndef f(x):\n    [lambda: sys.exit(0), lambda: os._exit(0)][x]()",
    tests="try:\n    f(0)\nexcept Exception:\n    pass\nassert f(1) == 2",
    ends="exception killed wrong",
)
