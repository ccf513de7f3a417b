"""Writes frames of later, earlier and absent inputs, to shift its results against the inputs.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import claim, with_channel

SOURCE = with_channel(f"""
FRAMES = [{claim(1, b"9")!r}, {claim(7, b"9")!r}, {claim(2**32 - 1, b"9")!r}, {claim(0, b"9")!r} + {claim(1, b"9")!r}]
def f(n):
    if n < 4: send(FRAMES[n])
    return n
""")


def the_rest_stands(outcomes, scene) -> None:
    assert outcomes[6].text == "6", outcomes


ATTACK = Program(source=SOURCE, ends="ok killed", inputs=[[n] for n in (0, 1, 2, 3, 4, 5, 6)], then=the_rest_stands)
