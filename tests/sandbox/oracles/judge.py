"""Whether a program passes a problem's tests, by the sandbox's public methods alone."""

from steppingstone import replies
from steppingstone.real.judging import Ruling, judge
from steppingstone.records import Verdict
from steppingstone.sandbox import Limits, Outcome, Sandbox
from tests.sandbox.oracles.data import Prediction, Problem, Rollout

LIMITS = Limits(seconds=8.0, memory_mb=512)
ENDLESS = Limits(seconds=2.0, memory_mb=512)
SLOW = {"MBPP/123": Limits(seconds=40.0, memory_mb=512), "TACO/test/742": Limits(seconds=60.0, memory_mb=512)}


def rule_solution(problem: Problem, sandbox: Sandbox, solution: str | None = None, limits: Limits | None = None) -> Ruling:
    """Run a problem's own solution, or another one, against the problem's tests."""
    checks = problem.given.checks.within(limits or SLOW.get(problem.name, LIMITS))
    return judge(checks, problem.given.code if solution is None else solution, sandbox)


def rule_prediction(row: Prediction, sandbox: Sandbox) -> Ruling:
    """Call CRUXEval's function; its output must be the row's, types included."""
    given, expected = sandbox.parse([f"[{row.arguments}]", row.output])
    if given.value is not None:
        (outcome,) = sandbox.call(row.code, "f", [_listed(given)], LIMITS)
    else:  # a few rows name their arguments, or build them
        (outcome,) = sandbox.call(f"{row.code}\n\ndef asked():\n    return f({row.arguments})", "asked", [[]], LIMITS)
    passed = outcome.value is not None and outcome.canonical == expected.canonical
    return Ruling(Verdict.SOLVED if passed else Verdict.WRONG, _said(outcome), outcome.seconds)


def rule_rollout(rollout: Rollout, sandbox: Sandbox) -> Ruling:
    """Whether the reward of a completion's last fenced block is that of its label. One made to run for ever gets two s."""
    block = replies.last_block(rollout.completion)
    limits = ENDLESS if rollout.kind == "timeout" else None
    own = Ruling(Verdict.NO_ANSWER) if block is None else rule_solution(rollout.problem, sandbox, block, limits)
    said = f"{rollout.kind}: labelled {rollout.reward:g}; here {own.verdict} {own.detail}"
    return Ruling(Verdict.SOLVED if own.passed == (rollout.reward == 1.0) else Verdict.WRONG, said, own.seconds)


def _listed(outcome: Outcome) -> list[object]:
    value = outcome.decoded
    assert isinstance(value, list)
    return value


def _said(outcome: Outcome) -> str:
    return f"{outcome.verdict} {outcome.detail or (outcome.value or b'').decode()[:100]}".strip()
