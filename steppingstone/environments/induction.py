"""Induction: from half of the input-output pairs and a hint, write the function."""

from collections.abc import Sequence
from functools import lru_cache

from steppingstone import replies
from steppingstone.environments.base import FunctionEnvironment, failed, fenced, gives_away, output_text, parse_blocks
from steppingstone.records import Grade, Problem, Proposal, Reason, Rejection, Verdict, content_id
from steppingstone.sandbox import Outcome, Sandbox
from steppingstone.values import canonical, from_text, to_text

MAX_HINT = 200
MAX_ANSWER = 20_000


class Induction(FunctionEnvironment):
    """Reward 1 exactly if the student's function reproduces ALL pairs, the hidden half too."""

    name = "induction"
    min_inputs = 10

    def parse(self, reply: str) -> Proposal | Rejection:
        blocks = parse_blocks(reply, "python", "inputs", "hint")
        if isinstance(blocks, Rejection):
            return blocks
        inputs = tuple(line.strip() for line in blocks["inputs"].split("\n") if line.strip())
        return Proposal(self.name, blocks["python"], inputs, " ".join(blocks["hint"].split()))

    def show(self, problem: Problem) -> str:
        return "\n\n".join(
            (fenced("python", problem.code), fenced("inputs", "\n".join(problem.inputs)), fenced("hint", problem.hint))
        )

    def prove_on(self, proposal: Proposal, code: str, values: list[object], sandbox: Sandbox) -> Problem | Rejection:
        if leak := _leak(proposal.hint, code):
            return Rejection(Reason.ANSWER_IN_STATEMENT, leak)
        outputs = _outputs(sandbox.call_repeatedly(code, "f", [[value] for value in values], self.limits, until_failure=True))
        if isinstance(outputs, Rejection):
            return outputs
        inputs = tuple(map(to_text, values))
        statement = self.templates.fill(f"student_{self.name}", hint=proposal.hint, pairs=_visible(inputs, outputs))
        problem_id = content_id(self.name, code, *inputs)
        problem = Problem(problem_id, self.name, code, inputs, outputs, proposal.hint, statement)
        return self.reference_earns(problem, fenced("python", code), sandbox)

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        codes = [replies.last_block(text, "python", "py", "python3", "") for text in completions]
        grades = {code: self._grade_code(problem, code, sandbox) for code in dict.fromkeys(codes)}
        return [grades[code] for code in codes]

    def _grade_code(self, problem: Problem, code: str | None, sandbox: Sandbox) -> Grade:
        if code is None or not code.strip():
            return Grade(Verdict.NO_ANSWER, detail="no closed fenced block of Python")
        if len(code) > MAX_ANSWER:
            return Grade(Verdict.NO_ANSWER, detail=f"{len(code)} characters; at most {MAX_ANSWER}")
        inputs, outputs = _pairs(problem.inputs, problem.outputs)
        outcomes = sandbox.call(code, "f", inputs, self.limits, until_failure=True)
        # Fewer outcomes than pairs end in a failure.
        for at, outcome in enumerate(outcomes):
            if failure := failed(outcome):
                return Grade(failure.verdict, code, f"f({problem.inputs[at][:80]}): {failure.detail}")
            if outcome.canonical != outputs[at]:
                return Grade(Verdict.WRONG, code, f"f({problem.inputs[at][:80]}) is not {problem.outputs[at][:80]}")
        return Grade(Verdict.SOLVED, code)


@lru_cache(64)  # each attempt of a group is at one problem
def _pairs(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> tuple[list[list[object]], list[bytes]]:
    """Arguments, and what is expected of them in canonical form."""
    return [[from_text(text)] for text in inputs], [canonical(from_text(text)) for text in outputs]


def _outputs(outcomes: list[Outcome]) -> tuple[str, ...] | Rejection:
    texts = [output_text(outcome) for outcome in outcomes]
    for text in texts:
        if isinstance(text, Rejection):
            return text
    outputs = tuple(text for text in texts if isinstance(text, str))
    if len(set(outputs)) == 1:
        return Rejection(Reason.CONSTANT_OUTPUT, f"every output is {outputs[0][:80]}")
    return outputs


def _visible(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> str:
    """Every other pair, the first one too: the hidden half is of the same kind as the visible one."""
    return "\n".join(f"f({given}) == {result}" for given, result in zip(inputs[::2], outputs[::2], strict=True))


def _leak(hint: str, code: str) -> str:
    if len(hint) > MAX_HINT:
        return f"a hint of {len(hint)} characters; at most {MAX_HINT}"
    lines = [line.strip().removeprefix("return ") for line in code.splitlines()]
    copied = next((line for line in lines if gives_away(hint, line)), None)
    return f"the hint holds a line of the code: {copied!r}" if copied else ""
