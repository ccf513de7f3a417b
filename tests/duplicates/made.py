"""Made-up problems to compare."""

from steppingstone.duplicates import Traits
from steppingstone.settings import DuplicateSettings
from steppingstone.sources import content_hash

EXACT = DuplicateSettings(near=None, behaviour=False)
STEPS = (
    "n = n * 7 + 3",
    "n = sum(int(digit) for digit in str(abs(n)))",
    "while n > 400:\n        n = n // 3",
    "n = max(n, 12) - min(n, 5)",
    "if n % 4 == 2:\n        n = n + 11\n    else:\n        n = n - 6",
    "text = hex(abs(n))\n    n = len(text)",
    "first, second = divmod(n, 9)\n    n = first ^ second",
    "for turn in range(5):\n        n = (n * 2 + turn) % 97",
)


def code(*steps: int, start: int = 0) -> str:
    """A program of these steps; `start` is a constant of it."""
    return "\n    ".join((f"def f(x):\n    n = x + {start}", *(STEPS[step % 8] for step in steps), "return n"))


def ladder() -> tuple[Traits, Traits, Traits]:
    """Three problems of which the second is a near duplicate of both others, and they are none of each other."""
    one = code(0, 1, 2, 4, 6, 7, 3, 5)
    between = one.replace("% 97", "% 89").replace("> 400", "> 300")
    return traits(one), traits(between), traits(between.replace("* 7 + 3", "* 8 + 1"))


def traits(code: str, *inputs: str, environment: str = "induction", behaviour: str = "") -> Traits:
    given = inputs or ("5",)
    return Traits(environment, content_hash(environment, code, given), code, given, behaviour)
