"""The student's replies: each attempt has random numbers and a budget of its own; what is the same for all is done once."""

from collections.abc import Callable, Sequence
from random import Random

from steppingstone.offline.student.abduction import abduce
from steppingstone.offline.student.deduction import deduce
from steppingstone.offline.student.fuzzing import break_test
from steppingstone.offline.student.induction import induce
from steppingstone.offline.student.task import Task, read_task

Solve = Callable[[Task, Sequence[Random], float], list[str]]

SOLVERS: dict[str, Solve] = {"deduction": deduce, "abduction": abduce, "fuzzing": break_test, "induction": induce}
LENGTHS = {"none": 0.5, "minimal": 0.5, "low": 1.0, "medium": 2.0, "high": 4.0, "xhigh": 8.0}
OPENINGS = (
    "Let me work through this step by step.",
    "I followed the values from line to line.",
    "I tried a few possibilities and kept the one that fits best.",
    "",
    "",
)


def replies(prompt: str, effort: str, sources: Sequence[Random]) -> list[str]:
    """One reply for each source of random numbers. `effort` scales how long the student searches and how seldom it slips."""
    task = read_task(prompt)
    answers = SOLVERS.get(task.environment, deduce)(task, sources, LENGTHS.get(effort, 1.0))
    label = "python" if task.environment == "induction" else "answer"
    return [_worded(answer, label, source) for answer, source in zip(answers, sources, strict=True)]


def _worded(answer: str, label: str, source: Random) -> str:
    opening = source.choice(OPENINGS)
    block = f"```{label}\n{answer}\n```"
    return f"{opening}\n\n{block}" if opening else block
