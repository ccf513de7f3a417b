"""Returns, honestly, dictionaries and sets whose keys all share a hash, within its own time.
Seen: sandbox.md, "hash-collision dict results"; CVE-2012-1150.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import itertools
def f(n):
    if n == 0: return {k * (2**61 - 1) for k in range(2, 3000)}
    if n == 1: return set(itertools.product((-1, -2), repeat=10))
    return {k * (2**61 - 1): k for k in range(2, 3000)}
"""
ATTACK = Program(
    apart=True,
    source=SOURCE,
    ends="not_a_literal ok timeout output_too_large",
    inputs=[[0], [1], [2]],
    limits=Limits(seconds=3),
)
