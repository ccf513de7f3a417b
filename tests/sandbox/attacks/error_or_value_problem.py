"""Proposes a problem that raises at one time and returns at another.
Seen: a determinism check in error mode with `and` where `or` was meant (peers.md).
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

ATTACK = Reply(
    environment="deduction",
    reply=blocks(python="calls = []\ndef f(x):\n    calls.append(x)\n    return x * 11 // (len(calls) - 1)", input="71"),
    reasons="nondeterministic exception",
)
