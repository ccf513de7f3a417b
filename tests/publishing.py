"""A small version that was really published: a problem of each environment, with attempts that its own grader graded."""

from dataclasses import asdict
from pathlib import Path

from steppingstone.curricula import write_curricula
from steppingstone.drafts import Row, write_rows
from steppingstone.environments import OWN, environment
from steppingstone.environments.base import fenced
from steppingstone.real.humaneval import read
from steppingstone.records import Attempt, Completion, Problem, Proposal
from steppingstone.rows import attempt_row
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.settings import CurriculumSettings
from steppingstone.tiers import write_tiers
from steppingstone.versions import Version, publish
from tests.drafts import make_draft, problems
from tests.real.problems import HUMANEVAL, adopted

LIMITS = Limits(seconds=1.5, memory_mb=200)
WRONG = ("no answer", fenced("answer", "[284, 18]"), fenced("python", "def f(x):\n    return 1 / 0"), "```\ndef f(x:\n```")
"""No answer, and answers that are right in no environment: of values, of programs, and of what is neither."""


def proposal(name: str, variant: int = 0) -> Proposal:
    """What a teacher proposed in an environment; other variants are other problems."""
    square, faulty = _square(variant), _faulty(variant)
    return {
        "induction": Proposal("induction", square, tuple(map(str, range(12))), "a square, less something, and itself"),
        "abduction": Proposal("abduction", square, ("17",)),
        "deduction": Proposal("deduction", square, ("17",)),
        "fuzzing": Proposal("fuzzing", faulty, ("[1, 2]", "[1, 2, 3]")),
    }[name]


def right(name: str, variant: int = 0) -> str:
    """A completion that solves the problem of an environment."""
    return {
        "induction": fenced("python", _square(variant)),
        "abduction": fenced("answer", "17"),
        "deduction": fenced("answer", f"[{284 - variant}, 17]"),
        "fuzzing": fenced("answer", "[4, 9, 9]"),
        "real": fenced("python", "def half(n):\n    return n // 2"),
    }[name]


def _square(variant: int) -> str:
    return f"def f(x):\n    return [x * x - {5 + variant}, x]"


def _faulty(variant: int) -> str:
    return f"""def f(x):
    return (max(x) if len(x) != 3 else x[0]) + {variant}

def test(x):
    assert f(x) == sorted(x)[-1] + {variant}

def is_valid(x):
    return type(x) is list and len(x) > 0"""


def proved(name: str, sandbox: Sandbox, variant: int = 0) -> Problem:
    """The problem of an environment."""
    if name == "real":
        return adopted(read(HUMANEVAL), sandbox)
    found = environment(name, limits=LIMITS).prove(proposal(name, variant), sandbox)
    assert isinstance(found, Problem), found
    return found


def publish_one_of_each(root: Path, sandbox: Sandbox, variants: int = 1, held_out: float = 0.0) -> Version:
    """Publishes, with this share of its seeds held out, a real problem and `variants` of each environment, all of them medium,
    with a curriculum `mixed`, under the limits `LIMITS` and with five attempts each, of which the first solves it.
    """
    named = [(name, variant) for variant in range(variants) for name in OWN] + [("real", 0)]
    given = [(proved(name, sandbox, variant), right(name, variant)) for name, variant in named]
    draft = make_draft(root / "draft", problems=[_row(problem) for problem, _ in given], attempts=[], rejections=[])
    write_rows(draft, "attempts", (row for each in given for row in _attempts(*each, sandbox)))
    write_tiers(draft, {})
    write_curricula(draft, {"mixed": CurriculumSettings(kind="uniform")}, 0, held_out)
    told = {"sandbox": {"seconds": LIMITS.seconds, "memory_mb": LIMITS.memory_mb}, "held_out": held_out}
    return publish(root, draft, "run", told)


def _row(problem: Problem) -> dict[str, object]:
    told = asdict(problem) | {"inputs": list(problem.inputs), "outputs": list(problem.outputs)}
    return problems()[0] | told | {"chain_id": f"chain-{problem.environment}", "tier": "medium", "pass_rate": 0.5}


def _attempts(problem: Problem, solves: str, sandbox: Sandbox) -> list[Row]:
    texts = [solves, *WRONG]
    grades = environment(problem.environment, limits=LIMITS).grade(problem, texts, sandbox)
    made = [Completion(text, "stop", 10, 10) for text in texts]
    return [attempt_row(problem, "chain", 1, Attempt(*each)) for each in zip(range(len(texts)), made, grades, strict=True)]
