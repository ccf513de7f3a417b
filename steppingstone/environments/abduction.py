"""Abduction: from a function and an output, find an input that gives it."""

from collections.abc import Sequence

from steppingstone.environments.base import failed, fenced, gives_away, read_answers
from steppingstone.environments.single import SingleInputEnvironment
from steppingstone.records import Grade, Problem, Proposal, Reason, Rejection, Verdict, content_id
from steppingstone.sandbox import Outcome, Sandbox
from steppingstone.values import canonical, from_text, to_text


class Abduction(SingleInputEnvironment):
    """Reward 1 exactly if f(answer) equals the output; any such input counts."""

    name = "abduction"

    def prove_on(self, proposal: Proposal, code: str, values: list[object], sandbox: Sandbox) -> Problem | Rejection:
        output = self.reference_output(code, values[0], sandbox)
        if isinstance(output, Rejection):
            return output
        given = to_text(values[0])
        statement = self.templates.fill(f"student_{self.name}", code=code, output=output)
        if gives_away(statement, given):
            return Rejection(Reason.ANSWER_IN_STATEMENT, f"the input stands in the statement: {given[:80]}")
        (copied,) = sandbox.call(code, "f", [[from_text(output)]], self.limits)
        if copied.value is not None and copied.canonical == canonical(from_text(output)):
            return Rejection(Reason.TRIVIALLY_INVERTIBLE, f"the output itself is an answer: {output[:80]}")
        problem = Problem(content_id(self.name, code, given), self.name, code, (given,), (output,), "", statement)
        return self.reference_earns(problem, fenced("answer", given), sandbox)

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        answers = read_answers(completions, sandbox)
        readable = {text: outcome for text, outcome in answers if outcome is not None and outcome.value is not None}
        results = self.call_each(problem.code, "f", [outcome.decoded for outcome in readable.values()], sandbox)
        returned = dict(zip(readable, results, strict=True))
        expected = canonical(from_text(problem.outputs[0]))
        return [_grade(text, outcome, returned.get(text), expected) for text, outcome in answers]


def _grade(text: str, answer: Outcome | None, returned: Outcome | None, expected: bytes) -> Grade:
    if answer is None:
        return Grade(Verdict.NO_ANSWER, detail="no closed fenced block")
    if returned is None:
        return Grade(Verdict.NOT_A_LITERAL, text, answer.detail)
    if failure := failed(returned):
        return Grade(failure.verdict, text, failure.detail)
    if returned.canonical != expected:
        return Grade(Verdict.WRONG, text, "f gives another output for it")
    return Grade(Verdict.SOLVED, text)
