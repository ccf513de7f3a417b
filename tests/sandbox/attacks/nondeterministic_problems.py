"""Proposes a problem that depends on a random number, an address, or the clock, in spite of a fixed seed.
Seen: sandbox.md, "Determinism at admission".
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

CODE = "import uuid\ndef f(x):\n    return [x, id(object()) % 997, hash('a') % 7]"
ATTACK = Reply(
    environment="abduction",
    reply=blocks(python=CODE.replace("import uuid\n", ""), input="123456"),
    reasons="nondeterministic",
)
