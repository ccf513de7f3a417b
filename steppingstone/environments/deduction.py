"""Deduction: from a function and an input, predict the output."""

from collections.abc import Sequence

from steppingstone.environments.base import fenced, gives_away, read_answers
from steppingstone.environments.single import SingleInputEnvironment
from steppingstone.records import Grade, Problem, Proposal, Reason, Rejection, Verdict, content_id
from steppingstone.sandbox import Outcome, Sandbox
from steppingstone.sources import returns_only
from steppingstone.values import canonical, from_text, to_text


class Deduction(SingleInputEnvironment):
    """Reward 1 exactly if the answer, read as a literal, equals the output. No execution is needed to grade."""

    name = "deduction"

    def prove_on(self, proposal: Proposal, code: str, values: list[object], sandbox: Sandbox) -> Problem | Rejection:
        output = self.reference_output(code, values[0], sandbox)
        if isinstance(output, Rejection):
            return output
        given = to_text(values[0])
        statement = self.templates.fill(f"student_{self.name}", code=code, input=given)
        if output == given or gives_away(statement, output) or returns_only(code, canonical(from_text(output))):
            return Rejection(Reason.ANSWER_IN_STATEMENT, f"the output stands in the statement: {output[:80]}")
        problem = Problem(content_id(self.name, code, given), self.name, code, (given,), (output,), "", statement)
        return self.reference_earns(problem, fenced("answer", output), sandbox)

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        expected = canonical(from_text(problem.outputs[0]))
        return [_grade(text, outcome, expected) for text, outcome in read_answers(completions, sandbox)]


def _grade(text: str, answer: Outcome | None, expected: bytes) -> Grade:
    if answer is None:
        return Grade(Verdict.NO_ANSWER, detail="no closed fenced block")
    if answer.value is None:
        return Grade(Verdict.NOT_A_LITERAL, text, answer.detail)
    if answer.canonical != expected:
        return Grade(Verdict.WRONG, text, "f returns another value")
    return Grade(Verdict.SOLVED, text)
