"""Whether a program passes a real problem's tests, by the sandbox's public methods alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from steppingstone.real.checks import Checks
from steppingstone.real.equations import CALL, CALLED, Equation, functions, split
from steppingstone.records import Verdict
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, ProgramOutcome, Sandbox


@dataclass(frozen=True, slots=True)
class Ruling:
    """`solved` if every test passed; if not, what came first instead. `seconds` are those of the sandbox's own clock."""

    verdict: Verdict
    detail: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.SOLVED


def judge(checks: Checks, program: str, sandbox: Sandbox) -> Ruling:
    """Runs a program against the tests, up to the first that it fails. Raises `SandboxUnavailable` if the sandbox fails.

    What is expected is compared outside, or by tests that are code in a process of their own; the program's never holds it.
    """
    whole = f"{checks.setup}\n{program}"
    if checks.programs:
        return _judge_programs(whole, checks, sandbox)
    if checks.function:
        whole += "\n" + CALL.format(called=CALLED, function=checks.function)
    equations, code = split(checks)
    ruling, unread = _judge_equations(whole, equations, sandbox, checks.limits)
    if not ruling.passed or not (code or unread):
        return ruling
    rest = sandbox.run_tests(whole, "\n".join([checks.setup, *code, *unread]), checks.limits)
    return Ruling(_verdict(rest), rest.detail, ruling.seconds + rest.seconds)


def same_text(written: str, expected: str) -> bool:
    """Line by line without blanks at the ends; failing that, token by token, fractions to within 1e-6."""
    if _lines(written) == _lines(expected):
        return True
    tokens, due = written.split(), expected.split()
    return len(tokens) == len(due) and all(map(_same_token, tokens, due))


def _judge_programs(whole: str, checks: Checks, sandbox: Sandbox) -> Ruling:
    seconds = 0.0
    for given, expected in checks.programs:
        outcome = sandbox.run_program(whole, given, checks.limits)
        seconds += outcome.seconds
        if outcome.verdict is not ExecutionVerdict.OK:
            return Ruling(_verdict(outcome), outcome.detail, seconds)
        if not same_text(outcome.stdout, expected):
            return Ruling(Verdict.WRONG, f"wrote {outcome.stdout[:60]!r} in place of {expected[:60]!r}", seconds)
    return Ruling(Verdict.SOLVED, seconds=seconds)


def _judge_equations(whole: str, equations: Sequence[Equation], sandbox: Sandbox, limits: Limits) -> tuple[Ruling, list[str]]:
    """The ruling, and the tests to run as code: their results are no literals (a Counter equals a dictionary)."""
    seconds, unread = 0.0, list[str]()
    for function, asked in functions(equations).items():
        # Fewer outcomes than equations end in a failure.
        for each, outcome in zip(asked, _call(whole, function, asked, sandbox, limits), strict=False):
            seconds += outcome.seconds
            if outcome.verdict is ExecutionVerdict.NOT_A_LITERAL:
                unread.append(each.code)
            elif outcome.value is None:
                return Ruling(_verdict(outcome), f"{_shown(each)}: {outcome.detail}", seconds), []
            elif outcome.decoded != each.expected:
                return Ruling(Verdict.WRONG, f"{_shown(each)} is not {each.expected!r:.80}", seconds), []
    return Ruling(Verdict.SOLVED, seconds=seconds), unread


def _call(whole: str, function: str, asked: Sequence[Equation], sandbox: Sandbox, limits: Limits) -> list[Outcome]:
    """One outcome an equation, up to the first failure; a result that is no literal is none."""
    inputs = [each.arguments for each in asked]
    outcomes = sandbox.call(whole, function, inputs, limits, until_failure=True)
    if outcomes[-1].verdict is ExecutionVerdict.NOT_A_LITERAL:
        return sandbox.call(whole, function, inputs, limits)
    return outcomes


def _verdict(outcome: Outcome | ProgramOutcome) -> Verdict:
    return Verdict.SOLVED if outcome.verdict is ExecutionVerdict.OK else Verdict(outcome.verdict)


def _shown(equation: Equation) -> str:
    return f"{equation.function.removeprefix(CALLED)}{equation.arguments!r:.80}"


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _same_token(one: str, other: str) -> bool:
    number = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    if one == other or not (re.fullmatch(number, one) and re.fullmatch(number, other)):
        return one == other
    # Two whole numbers are equal or not: to within 1e-6 many a wrong count would pass.
    whole = re.fullmatch(r"[-+]?\d+", one) and re.fullmatch(r"[-+]?\d+", other)
    return not whole and abs(float(one) - float(other)) <= 1e-6 * max(1.0, abs(float(other)))
