"""Proposes a problem whose output is the order of a set of strings.
Seen: Absolute-Zero-Reasoner's determinism check runs in one process, with one hash seed (peers.md).
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

ATTACK = Reply(
    environment="deduction",
    reply=blocks(python="def f(x):\n    return list(set(x.split()))", input="'the quick brown fox jumps over a lazy dog'"),
    reasons="nondeterministic",
)
