"""What abduction and deduction share: a function, and one input of it."""

from steppingstone.environments.base import FunctionEnvironment, fenced, output_text, parse_blocks
from steppingstone.records import Problem, Proposal, Reason, Rejection
from steppingstone.sandbox import Sandbox


class SingleInputEnvironment(FunctionEnvironment):
    """An environment whose teacher gives a function `f` and one input."""

    def parse(self, reply: str) -> Proposal | Rejection:
        blocks = parse_blocks(reply, "python", "input")
        return blocks if isinstance(blocks, Rejection) else Proposal(self.name, blocks["python"], (blocks["input"].strip(),))

    def show(self, problem: Problem) -> str:
        return f"{fenced('python', problem.code)}\n\n{fenced('input', problem.inputs[0])}"

    def reference_output(self, code: str, value: object, sandbox: Sandbox) -> str | Rejection:
        """The output of f on one value: the same twice in one process and in others under other hash seeds, or why not."""
        first, again = sandbox.call_repeatedly(code, "f", [[value], [value]], self.limits)
        if first.value is not None and again.value is not None and first.canonical != again.canonical:
            return Rejection(Reason.NONDETERMINISTIC, "a second call in the same process gives another output")
        return output_text(first if first.value is None else again)
