"""Answers the tests' questions by hand-made frames: of a verdict, of other questions, of objects that are none.
Seen: found here, against the two processes that tests that are code run in.
"""

from steppingstone.sandbox import frames
from tests.sandbox.attacks.arena.attack import Solution
from tests.sandbox.attacks.arena.hostile import with_channel


def source(scene) -> str:
    bodies = [b'[["v",true],[]]', b'[["v",{"r":-1}],[]]', b'[["e","AssertionError","Exception",[],1],[]]', b"[" * 9999, b"[]"]
    made = [frames.pack_frame(kind, 0, body) for body in bodies for kind in (frames.OK, frames.REPLY, frames.WRONG, frames.ASK)]
    return with_channel(f"MADE = iter({made!r})\ndef f(x):\n    for data in MADE:\n        send(data)\n    return 2\n")


ATTACK = Solution(solution=source, tests="assert f(1) == 2\nassert f(2) == 2 and False", ends="killed wrong exception timeout")
