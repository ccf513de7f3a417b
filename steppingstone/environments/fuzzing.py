"""Fuzzing: from a faulty function, its test and its valid inputs, find one on which the test's assertion fails."""

from collections.abc import Sequence

from steppingstone.environments.base import (
    FunctionEnvironment,
    fenced,
    gives_away,
    literal_text,
    parse_blocks,
    read_answers,
)
from steppingstone.records import Grade, Problem, Proposal, Reason, Rejection, Verdict, content_id
from steppingstone.sandbox import ExecutionVerdict, Outcome, Sandbox
from steppingstone.values import from_text, to_text


class Fuzzing(FunctionEnvironment):
    """Reward 1 exactly if is_valid(answer) is True and test(answer) fails by an assertion of its own."""

    name = "fuzzing"
    functions = ("f", "test", "is_valid")
    min_inputs = 2

    def parse(self, reply: str) -> Proposal | Rejection:
        blocks = parse_blocks(reply, "python", "passing_input", "failing_input")
        if isinstance(blocks, Rejection):
            return blocks
        return Proposal(self.name, blocks["python"], (blocks["passing_input"].strip(), blocks["failing_input"].strip()))

    def show(self, problem: Problem) -> str:
        passing, failing = problem.inputs
        return "\n\n".join((fenced("python", problem.code), fenced("passing_input", passing), fenced("failing_input", failing)))

    def prove_on(self, proposal: Proposal, code: str, values: list[object], sandbox: Sandbox) -> Problem | Rejection:
        passing, failing = map(to_text, values)
        if fault := self._fault(code, passing, failing, sandbox):
            return fault
        statement = self.templates.fill(f"student_{self.name}", code=code)
        if gives_away(statement, failing):
            return Rejection(Reason.ANSWER_IN_STATEMENT, f"the failing input stands in the code: {failing[:80]}")
        problem_id = content_id(self.name, code, passing, failing)
        problem = Problem(problem_id, self.name, code, (passing, failing), (), "", statement)
        return self.reference_earns(problem, fenced("answer", failing), sandbox)

    def _fault(self, code: str, passing: str, failing: str, sandbox: Sandbox) -> Rejection | None:
        """Why these two inputs prove no fault; None if they do, each in fresh processes and in any order."""
        good, bad = [from_text(passing)], [from_text(failing)]
        for text, outcome in zip(
            (passing, failing), sandbox.call_repeatedly(code, "is_valid", [good, bad], self.limits), strict=True
        ):
            if not _is_true(outcome):
                return _stopped(outcome) or Rejection(Reason.INPUT_NOT_VALID, f"is_valid({text[:80]}) is not True")
        (passed,) = sandbox.call_repeatedly(code, "test", [good], self.limits)
        if passed.value is None and passed.verdict is not ExecutionVerdict.NOT_A_LITERAL:
            return _stopped(passed) or Rejection(Reason.PASSING_INPUT_FAILS, passed.detail)
        (failed,) = sandbox.call_repeatedly(code, "test", [bad], self.limits)
        if not _fails_own_assertion(failed):
            return _stopped(failed) or _no_failure(failed)
        return self._order(code, good, bad, sandbox)

    def _order(self, code: str, good: list[object], bad: list[object], sandbox: Sandbox) -> Rejection | None:
        together = sandbox.call(code, "test", [bad, good, bad, good], self.limits)
        if [_fails_own_assertion(outcome) for outcome in together] != [True, False, True, False]:
            return Rejection(Reason.NONDETERMINISTIC, "the test's result depends on earlier calls in the same process")
        return None

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        answers = read_answers(completions, sandbox)
        readable = {text: outcome.decoded for text, outcome in answers if outcome is not None and outcome.value is not None}
        checked = self.call_each(problem.code, "is_valid", list(readable.values()), sandbox)
        valid = [text for text, outcome in zip(readable, checked, strict=True) if _is_true(outcome)]
        tested = self.call_each(problem.code, "test", [readable[text] for text in valid], sandbox)
        results = dict(zip(valid, tested, strict=True))
        return [_grade(text, outcome, results.get(text)) for text, outcome in answers]


def _grade(text: str, answer: Outcome | None, tested: Outcome | None) -> Grade:
    if answer is None:
        return Grade(Verdict.NO_ANSWER, detail="no closed fenced block")
    if answer.value is None:
        return Grade(Verdict.NOT_A_LITERAL, text, answer.detail)
    if tested is None:
        return Grade(Verdict.INVALID_INPUT, text, "is_valid does not return True for it")
    if _fails_own_assertion(tested):
        return Grade(Verdict.SOLVED, text)
    if tested.value is not None or tested.verdict is ExecutionVerdict.NOT_A_LITERAL:
        return Grade(Verdict.WRONG, text, "the test passes on it")
    if tested.verdict is ExecutionVerdict.EXCEPTION:
        return Grade(Verdict.OTHER_FAILURE, text, tested.detail)
    return Grade(Verdict(tested.verdict), text, tested.detail)


def _is_true(outcome: Outcome) -> bool:
    return outcome.value is not None and literal_text(outcome) == "True"


def _fails_own_assertion(outcome: Outcome) -> bool:
    return outcome.exception_type == "AssertionError" and outcome.exception_function == "test"


def _stopped(outcome: Outcome) -> Rejection | None:
    """The rejection of an execution that ended otherwise than by a value or an exception."""
    if outcome.value is not None or outcome.verdict in (ExecutionVerdict.EXCEPTION, ExecutionVerdict.NOT_A_LITERAL):
        return None
    return Rejection(Reason(outcome.verdict), outcome.detail)


def _no_failure(outcome: Outcome) -> Rejection:
    if outcome.verdict is ExecutionVerdict.EXCEPTION:
        return Rejection(Reason.FAILURE_IS_NOT_ASSERTION, outcome.detail)
    return Rejection(Reason.FAILING_INPUT_PASSES, "test passes on the failing input")
