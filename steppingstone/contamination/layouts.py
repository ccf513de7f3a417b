"""Evaluation sets as they are published: which columns tell a layout, and where its problems' names, texts and code stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from steppingstone.errors import BadInput
from steppingstone.seeds.cleaning import printable

OWN_NAME = re.compile(r"[A-Za-z]\w*/\w+")


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. A file has it if all of `needed` are among its columns.

    `code` are the columns that make a solution when put together; a file may lack them.
    """

    benchmark: str
    needed: tuple[str, ...]
    name: str
    text: str
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationProblem:
    """A problem that models are evaluated on. `text` is what they are told; `code` a solution, as far as one is known."""

    name: str
    text: str
    code: str


LAYOUTS = (
    Layout("HumanEval", ("task_id", "prompt", "entry_point"), "task_id", "prompt", ("prompt", "canonical_solution")),
    Layout("MBPP", ("task_id", "text"), "task_id", "text", ("code",)),
    Layout("MBPP", ("task_id", "prompt", "test_list"), "task_id", "prompt", ("code",)),
    Layout("LiveCodeBench", ("question_id", "question_content"), "question_id", "question_content"),
    Layout("MATH500", ("unique_id", "problem", "subject", "level"), "unique_id", "problem"),
    Layout("MATH500", ("id", "problem", "subject", "level"), "id", "problem"),
    Layout("AIME24", ("id", "problem", "url"), "id", "problem"),
    Layout("AIME24", ("ID", "Problem", "Answer"), "ID", "Problem"),
)
"""Private tests are in no layout's columns: LiveCodeBench's are pickles, which are never read."""


def layout_of(file: str, columns: Mapping[str, object]) -> Layout:
    """The layout that a file's columns tell; an unknown one is `BadInput`."""
    for layout in LAYOUTS:
        if set(layout.needed) <= set(columns):
            return layout
    there = ", ".join(printable(name) for name in columns)
    known = "; ".join(f"{layout.benchmark} ({', '.join(layout.needed)})" for layout in LAYOUTS)
    raise BadInput(f"{file} is in no known layout of an evaluation set; it has the columns {there}. Known are: {known}")


def problem_of(layout: Layout, row: Mapping[str, object]) -> EvaluationProblem | None:
    """The problem in a row; None if its name or its text is missing."""
    name, text = row.get(layout.name), row.get(layout.text)
    if not isinstance(name, str | int) or not isinstance(text, str) or not text.strip():
        return None
    code = "".join(part for column in layout.code if isinstance(part := row.get(column), str))
    return EvaluationProblem(_full_name(layout.benchmark, printable(name)), text, code)


def _full_name(benchmark: str, name: str) -> str:
    """`12` of HumanEval is `HumanEval/12`; `Mbpp/2` stays."""
    return name if OWN_NAME.fullmatch(name) else f"{benchmark}/{name}"
