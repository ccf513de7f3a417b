"""A version of problems that a tiny model can learn, and of some that it can't."""

from dataclasses import asdict
from pathlib import Path

from steppingstone.curricula import write_curricula
from steppingstone.drafts import write_rows
from steppingstone.environments import environment
from steppingstone.records import Problem, Proposal
from steppingstone.sandbox import Sandbox
from steppingstone.settings import CurriculumSettings
from steppingstone.tiers import write_tiers
from steppingstone.versions import Version, publish
from tests.drafts import make_draft, problems
from tests.publishing import LIMITS


def publish_toy(root: Path, sandbox: Sandbox, count: int) -> Version:
    """Publishes as many easy deductions, whose answer is always `True`, as medium ones, whose answers are large numbers.

    The curriculum `mixed` has them in random order.
    """
    easy = [_row(_proved(f"return x > {variant}", variant + 7, sandbox), "easy") for variant in range(count)]
    medium = [_row(_proved(f"return x * x + {variant}", 997, sandbox), "medium") for variant in range(count)]
    draft = make_draft(root / "draft", problems=easy + medium, attempts=[], rejections=[])
    write_rows(draft, "attempts", iter(()))
    write_tiers(draft, {})
    write_curricula(draft, {"mixed": CurriculumSettings(kind="uniform")}, 0)
    return publish(root, draft, "run", {"sandbox": {"seconds": LIMITS.seconds, "memory_mb": LIMITS.memory_mb}})


def _proved(body: str, argument: int, sandbox: Sandbox) -> Problem:
    proposal = Proposal("deduction", f"def f(x):\n    {body}", (str(argument),))
    found = environment("deduction", limits=LIMITS).prove(proposal, sandbox)
    assert isinstance(found, Problem), found
    return found


def _row(problem: Problem, tier: str) -> dict[str, object]:
    told = asdict(problem) | {"inputs": list(problem.inputs), "outputs": list(problem.outputs)}
    return problems()[0] | told | {"chain_id": problem.problem_id, "tier": tier, "pass_rate": 0.5 if tier == "medium" else 0.8}
