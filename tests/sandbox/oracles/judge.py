"""Whether a program passes a problem's tests, by the sandbox's public methods alone."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from steppingstone import replies
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox
from tests.sandbox.oracles.data import Prediction, Problem, Rollout

LIMITS = Limits(seconds=8.0, memory_mb=512)
ENDLESS = Limits(seconds=2.0, memory_mb=512)
SLOW = {"MBPP/123": Limits(seconds=40.0, memory_mb=512), "TACO/test/742": Limits(seconds=60.0, memory_mb=512)}


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether every test passed; if not, what came instead. `seconds` are those of the sandbox's own clock."""

    passed: bool
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Equation:
    """`assert function(*arguments) == expected`, all literals: data, of which the sandbox sees the arguments alone."""

    text: str
    function: str
    arguments: tuple[object, ...]
    expected: object


def rule_solution(problem: Problem, sandbox: Sandbox, solution: str | None = None, limits: Limits | None = None) -> Ruling:
    """Run a problem's own solution, or another one, against the problem's tests."""
    program = problem.solution if solution is None else solution
    limits = limits or SLOW.get(problem.name, LIMITS)
    if problem.reads_stdin:
        return _rule_program(problem, program, sandbox, limits)
    whole = f"{problem.setup}\n{program}"
    equations, code = split(problem.tests)
    ruling, seconds, unread = _rule_equations(whole, equations, sandbox, limits)
    if not ruling.passed or not (code or unread):
        return ruling
    rest = sandbox.run_tests(whole, "\n".join([problem.setup, *code, *unread]), limits)
    return Ruling(rest.verdict is ExecutionVerdict.OK, _said(rest), seconds + rest.seconds)


def rule_prediction(row: Prediction, sandbox: Sandbox) -> Ruling:
    """Call CRUXEval's function; its output must be the row's, types included."""
    given, expected = sandbox.parse([f"[{row.arguments}]", row.output])
    if given.value is not None:
        (outcome,) = sandbox.call(row.code, "f", [_listed(given)], LIMITS)
    else:  # a few rows name their arguments, or build them
        (outcome,) = sandbox.call(f"{row.code}\n\ndef asked():\n    return f({row.arguments})", "asked", [[]], LIMITS)
    passed = outcome.value is not None and outcome.canonical == expected.canonical
    return Ruling(passed, _said(outcome), outcome.seconds)


def rule_rollout(rollout: Rollout, sandbox: Sandbox) -> Ruling:
    """Whether the reward of a completion's last fenced block is that of its label. One made to run for ever gets two s."""
    block = replies.last_block(rollout.completion)
    limits = ENDLESS if rollout.kind == "timeout" else None
    own = Ruling(False, "no closed block") if block is None else rule_solution(rollout.problem, sandbox, block, limits)
    said = f"{rollout.kind}: labelled {rollout.reward:g}; here {'passes' if own.passed else own.detail}"
    return Ruling(own.passed == (rollout.reward == 1.0), said, own.seconds)


def split(tests: Sequence[str]) -> tuple[list[Equation], list[str]]:
    """Tests that are data, and those that are code."""
    read = [(equation(test), test) for test in tests]
    return [found for found, _ in read if found], [test for found, test in read if not found]


def equation(test: str) -> Equation | None:
    """The test as data; None if it is code."""
    match ast.parse(test).body:
        case [
            ast.Assert(test=ast.Compare(left=ast.Call(func=ast.Name(id=name), keywords=[]) as call, ops=[ast.Eq()]) as asked)
        ]:
            try:
                return Equation(test, name, tuple(map(ast.literal_eval, call.args)), ast.literal_eval(asked.comparators[0]))
            except ValueError:
                return None
    return None


def same_text(written: str, expected: str) -> bool:
    """Line by line without blanks at the ends; failing that, token by token, numbers to within 1e-6."""
    if _lines(written) == _lines(expected):
        return True
    pairs = list(zip(written.split(), expected.split(), strict=False))
    return len(written.split()) == len(expected.split()) and all(_same_token(*pair) for pair in pairs)


def _rule_equations(
    program: str, equations: list[Equation], sandbox: Sandbox, limits: Limits
) -> tuple[Ruling, float, list[str]]:
    """The ruling, its seconds, and the tests to run as code: their results are no literals (a Counter equals a dictionary)."""
    seconds, unread = 0.0, list[str]()
    for function in dict.fromkeys(each.function for each in equations):
        asked = [each for each in equations if each.function == function]
        for each, outcome in zip(asked, _call(program, asked, sandbox, limits), strict=False):
            seconds += outcome.seconds
            if outcome.verdict is ExecutionVerdict.NOT_A_LITERAL:
                unread.append(each.text)
            elif outcome.value is None or outcome.decoded != each.expected:
                said = f"{function}{each.arguments!r:.80} gave {_said(outcome)}"
                return Ruling(False, said, seconds), seconds, []
    return Ruling(True, seconds=seconds), seconds, unread


def _call(program: str, asked: list[Equation], sandbox: Sandbox, limits: Limits) -> list[Outcome]:
    """One outcome an equation, up to the first failure; a result that is no literal is none."""
    outcomes = sandbox.call(program, asked[0].function, [each.arguments for each in asked], limits, until_failure=True)
    if outcomes[-1].verdict is ExecutionVerdict.NOT_A_LITERAL:
        return sandbox.call(program, asked[0].function, [each.arguments for each in asked], limits)
    return outcomes


def _rule_program(problem: Problem, program: str, sandbox: Sandbox, limits: Limits) -> Ruling:
    seconds = 0.0
    for stdin, expected in problem.tests:
        outcome = sandbox.run_program(program, stdin, limits)
        seconds += outcome.seconds
        if outcome.verdict is not ExecutionVerdict.OK:
            return Ruling(False, f"{outcome.verdict} {outcome.detail}", seconds)
        if not same_text(outcome.stdout, expected):
            return Ruling(False, f"wrote {outcome.stdout[:60]!r} in place of {expected[:60]!r}", seconds)
    return Ruling(True, seconds=seconds)


def _listed(outcome: Outcome) -> list[object]:
    value = outcome.decoded
    assert isinstance(value, list)
    return value


def _said(outcome: Outcome) -> str:
    return f"{outcome.verdict} {outcome.detail or (outcome.value or b'').decode()[:100]}".strip()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _same_token(one: str, other: str) -> bool:
    number = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    if not (re.fullmatch(number, one) and re.fullmatch(number, other)):
        return one == other
    return abs(float(one) - float(other)) <= 1e-6 * max(1.0, abs(float(other)))
