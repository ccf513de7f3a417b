"""A few problems in the layout of each benchmark, with a right and a wrong reply to each, and a server that gives them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steppingstone.environments.base import fenced
from tests.model_server import Body, choices
from tests.real.problems import ASSERTS, HUMANEVAL, LCB_FUNCTIONAL, LCB_STDIN, write

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """One problem: a piece of its prompt that no other's has, and a reply that solves it and one that does not."""

    piece: str
    right: str
    wrong: str


def code(right: str) -> tuple[str, str]:
    return fenced("python", right), fenced("python", "raise SystemExit(0)")


LIVECODEBENCH: tuple[Row, ...] = (
    LCB_STDIN | {"difficulty": "easy", "contest_date": "2024-08-01T00:00:00"},
    LCB_FUNCTIONAL | {"difficulty": "hard", "contest_date": "2025-05-31T23:00:00"},
    LCB_STDIN
    | {
        "question_content": "Print a word that you read backwards.",
        "question_id": "3",
        "difficulty": "easy",
        "contest_date": "2024-07-31T00:00:00",
        "public_test_cases": json.dumps([{"input": "abc\n", "output": "cba", "testtype": "stdin"}]),
        "private_test_cases": "[]",
    },
)
MATH: tuple[Row, ...] = (
    {"problem": "What is the half of one?", "answer": "\\frac{1}{2}", "subject": "Algebra", "level": 1, "unique_id": "a/1"},
    {"problem": "Name the point above the origin.", "answer": "(0,1)", "subject": "Algebra", "level": 2, "unique_id": "a/2"},
)
AIME: tuple[Row, ...] = ({"ID": "2024-I-1", "Problem": "How many are there of them?", "Solution": "…", "Answer": 73},)
MBPP_ROW: Row = {
    "task_id": 900,
    "text": ASSERTS["statement"],
    "code": ASSERTS["solution"],
    "test_list": ASSERTS["tests"],
    "test_setup_code": "",
    "challenge_test_list": [],
}
KNOWN = (
    Known("double of the number", *code("print(2 * int(input()))")),
    Known("pair of the two numbers", *code("class Solution:\n    def pair(self, a, b):\n        return sorted([a, b])")),
    Known("read backwards", *code("print(input()[::-1])")),
    Known("half of one", "It is \\boxed{0.5}.", "It is \\boxed{0.4}."),
    Known("above the origin", "So \\boxed{\\left( 0, 1 \\right)}", "So \\boxed{(1, 0)}"),
    Known("many are there", "The answer is $73$.", "The answer is \\boxed{37}."),
    Known("The half of n", *code("def half(n):\n    return n // 2")),
    Known("add three", *code("def add_three(number):\n    return number + 3")),
)


def write_files(folder: Path) -> dict[str, str]:
    """The file of each benchmark, by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {
        "livecodebench": LIVECODEBENCH,
        "math500": MATH,
        "aime24": AIME,
        "humaneval": (HUMANEVAL,),
        "mbpp": (MBPP_ROW,),
    }
    return {name: write(folder / f"{name}.jsonl", *of_it) for name, of_it in rows.items()}


def answering(known: tuple[Known, ...], solved: Callable[[Known], int]) -> Callable[[Body], Body]:
    """A server's answers: of a problem's samples the first so many are right. What is no problem of these gets any answer."""

    def answer(body: Body) -> Body:
        count = body.get("n") or 1
        for asked in known:
            if asked.piece in body["messages"][-1]["content"]:
                return choices(*[asked.right if index < solved(asked) else asked.wrong for index in range(count)])
        return choices(*["4"] * count)

    return answer
