"""Floods the channel with bytes that are no frames.
Seen: LiveCodeBench's stdout protocol; sandbox.md, "output flood".
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

ATTACK = Program(
    apart=True,
    source=with_channel("def f(n):\n    send(bytes([n]) * 10**6)\n    return 1"),
    ends="killed",
    inputs=[[255], [77], [9]],
)
