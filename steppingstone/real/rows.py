"""What a real problem leaves in the tables: a seed, and a problem that nobody attempted yet, or a rejection."""

from dataclasses import dataclass

from steppingstone.drafts import Row
from steppingstone.environments import Real
from steppingstone.real.checks import from_json
from steppingstone.real.problem import RealProblem
from steppingstone.real.proving import Proof
from steppingstone.records import Problem, Rejection, Seed, Steer, Tier, content_id
from steppingstone.rows import seed_row
from steppingstone.sources import content_hash


@dataclass(frozen=True, slots=True)
class RealRows:
    """Rows by table. Chains, of one round each, are numbered from `first` on."""

    run_id: str
    first: int
    prompts_hash: str

    def of(self, proof: Proof) -> dict[str, Row]:
        """The rows of one proof; none for a problem that was known."""
        if proof.found is None:
            return {}
        seed = _seed(proof)
        lineage: dict[str, object] = {
            "run_id": self.run_id,
            "chain_id": content_id(seed.seed_id, Real.name),
            "seed_id": seed.seed_id,
            "environment": Real.name,
            "round": 1,
            "steer": str(Steer.FIRST),
        }
        if isinstance(proof.found, Rejection):
            return {"seeds": seed_row(seed), "rejections": lineage | _rejected(proof, proof.found, lineage["chain_id"])}
        number = {"chain_number": self.first + proof.number, "prompts_hash": self.prompts_hash}
        return {"seeds": seed_row(seed), "problems": lineage | number | _adopted(proof.found)}


def _seed(proof: Proof) -> Seed:
    given = proof.given
    if isinstance(given, RealProblem):
        text = proof.found.statement if isinstance(proof.found, Problem) else given.task
        return Seed(content_id("seed", given.problem_id), "real", text, given.origin, given.license)
    return Seed(content_id("seed", given.origin, given.shown), "real", given.shown, given.origin)


def _adopted(problem: Problem) -> dict[str, object]:
    counts = ("pass_count", "graded_count", "attempt_count")
    tokens = ("prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens")
    both = [f"{model}_{name}" for model in ("teacher", "student") for name in tokens]
    none = ("hint", "behaviour", "summary", "teacher_model", "student_model", "student_reasoning_effort")
    return {
        "problem_id": problem.problem_id,
        "content_hash": _content(problem),
        "parent_id": None,
        "parent_pass_rate": None,
        "statement": problem.statement,
        "code": problem.code,
        "inputs": [],
        "outputs": [],
        "tests": problem.tests,
        **dict.fromkeys((*counts, *both, "student_max_tokens"), 0),
        **dict.fromkeys(("teacher_dollars", "student_dollars", "student_temperature", "student_top_p"), 0.0),
        **dict.fromkeys(("pass_rate", "pass_rate_low", "pass_rate_high")),
        **dict.fromkeys(none, ""),
        "tier": str(Tier.UNGRADED),
        "straddles": False,
    }


def _content(problem: Problem) -> str:
    """The same for references that differ in names and layout alone, under the same tests; without one, for the same task."""
    tests = from_json(problem.tests).content()
    return content_hash(Real.name, problem.code, (tests,) if problem.code else (problem.statement, tests))


def _rejected(proof: Proof, rejection: Rejection, chain_id: object) -> dict[str, object]:
    given = proof.given
    return {
        "rejection_id": content_id(str(chain_id), "1"),
        "stage": "generate",
        "reason": str(rejection.reason),
        "detail": rejection.detail,
        "problem_id": None,
        "partner_id": None,
        "partner_version": None,
        "tier": "",
        "reply": given.code if isinstance(given, RealProblem) else given.shown,
        **dict.fromkeys(("prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"), 0),
        "dollars": 0.0,
    }
