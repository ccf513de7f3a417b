"""Mathematics: a problem whose answer is an expression, compared by math-verify in the sandbox."""

from collections.abc import Sequence
from typing import Any, ClassVar

from steppingstone.errors import SandboxUnavailable
from steppingstone.evaluation.boxes import last_boxed
from steppingstone.records import Grade, Message, Problem, Verdict, content_id
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox
from steppingstone.sandbox.tiers import Tier, package_folder

MAX_ANSWER = 2_000
TAIL = 400
"""Characters at the end of a reply without a box in which math-verify looks for an answer by itself."""
LIMITS = Limits(seconds=5.0, memory_mb=512)
MISSING = "math-verify is not installed here: pip install 'steppingstone[evaluate]'"

# Without their own time limits, which need signals: the sandbox has one.
COMPARE = """
from math_verify import parse, verify

def same(due, said):
    found = parse(said, parsing_timeout=None)
    return bool(verify(parse(due, parsing_timeout=None), found, timeout_seconds=None)) if found else None
"""


class Maths:
    """Reward 1 exactly if the last box of a reply, or without one its end, holds what equals the problem's answer."""

    name: ClassVar[str] = "maths"

    def student_prompt(self, problem: Problem) -> tuple[Message, ...]:
        """What the student is told."""
        return (Message("user", problem.statement),)

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        """One grade a completion, in order. What takes too long to be compared is `timeout`, and earns nothing.

        Raises `SandboxUnavailable` if the sandbox fails, or math-verify is missing.
        """
        if not is_installed():
            raise SandboxUnavailable(MISSING)
        answers = [answer_of(text) for text in completions]
        (due,) = problem.outputs
        asked = [text for text in dict.fromkeys(answers) if text and len(text) <= MAX_ANSWER and not _is(text, due)]
        found = sandbox.call(COMPARE, "same", [[boxed(due), text] for text in asked], LIMITS) if asked else []
        grades = {text: _grade(text, outcome) for text, outcome in zip(asked, found, strict=True)}
        return [grades.get(text) or _plain(text, due) for text in answers]


def is_installed() -> bool:
    """Whether the sandbox can hold math-verify."""
    return bool(package_folder(Tier.MATHS))


def maths_problem(statement: str, task: str, answer: str) -> Problem:
    """A problem of mathematics; its id is that of the task and the answer."""
    return Problem(content_id(Maths.name, task, answer), Maths.name, "", (), (answer,), "", statement)


def answer_of(completion: str) -> str:
    """What is taken for a reply's answer: the last box, or without one the end of the text."""
    found = last_boxed(completion)
    return completion.strip()[-TAIL:] if found is None else boxed(found)


def boxed(expression: str) -> str:
    r"""The expression as \boxed{}."""
    return f"\\boxed{{{expression}}}"


def _is(text: str, due: str) -> bool:
    return "".join(text.split()) == "".join(boxed(due).split())


def _plain(text: str, due: str) -> Grade:
    """The grade of an answer that need not be, or must not be, compared in the sandbox."""
    if _is(text, due):
        return Grade(Verdict.SOLVED, text)
    if not text:
        return Grade(Verdict.NO_ANSWER, detail="an empty reply")
    return Grade(Verdict.NO_ANSWER, detail=f"an answer of {len(text)} characters; at most {MAX_ANSWER}")


def _grade(text: str, outcome: Outcome) -> Grade:
    if outcome.verdict is not ExecutionVerdict.OK:
        return Grade(Verdict(outcome.verdict), text, f"the comparison: {outcome.detail}")
    same: Any = outcome.decoded
    if same is None:
        return Grade(Verdict.NO_ANSWER, text, "nothing in it can be read as mathematics")
    return Grade(Verdict.SOLVED if same else Verdict.WRONG, text)
