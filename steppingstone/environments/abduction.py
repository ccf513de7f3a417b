"""Abduction: from a function and an output, find an input that gives it."""

from collections.abc import Sequence

from steppingstone.environments.base import (
    FunctionEnvironment,
    failed,
    fenced,
    gives_away,
    output_text,
    parse_blocks,
    read_answers,
)
from steppingstone.records import Grade, Problem, Proposal, Reason, Rejection, Verdict, content_id
from steppingstone.sandbox import Outcome, Sandbox
from steppingstone.values import canonical, from_text, to_text


class Abduction(FunctionEnvironment):
    """Reward 1 exactly if f(answer) equals the output; any such input counts."""

    name = "abduction"

    def parse(self, reply: str) -> Proposal | Rejection:
        blocks = parse_blocks(reply, "python", "input")
        return blocks if isinstance(blocks, Rejection) else Proposal(self.name, blocks["python"], (blocks["input"].strip(),))

    def show(self, problem: Problem) -> str:
        return f"{fenced('python', problem.code)}\n\n{fenced('input', problem.inputs[0])}"

    def prove(self, proposal: Proposal, sandbox: Sandbox) -> Problem | Rejection:
        code = self.check_code(proposal)
        if isinstance(code, Rejection):
            return code
        values = self.read_inputs(proposal, sandbox)
        if isinstance(values, Rejection):
            return values
        output = run_reference(code, values[0], sandbox, self)
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


def run_reference(code: str, value: object, sandbox: Sandbox, environment: FunctionEnvironment) -> str | Rejection:
    """The output of f on one value: the same twice in one process and in another with another hash seed, or why not."""
    first, again = sandbox.call_twice(code, "f", [[value], [value]], environment.limits)
    if first.value is not None and again.value is not None and first.canonical != again.canonical:
        return Rejection(Reason.NONDETERMINISTIC, "a second call in the same process gives another output")
    return output_text(first if first.value is None else again)
