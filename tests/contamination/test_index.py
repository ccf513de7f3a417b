"""A text that holds an evaluation problem is found, however it is dressed up; one that shares what all code shares is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppingstone.contamination import EvaluationIndex, index, read_evaluation
from steppingstone.contamination.layouts import EvaluationProblem
from steppingstone.records import Hit
from tests.sandbox.oracles import data

PROMPT = '''from typing import List


def level_stretch(heights: List[int], slack: int) -> int:
    """ Return the number of hills in the widest stretch of a mountain range in which no two
    hills differ by more than slack, counting heights from the western end.
    >>> level_stretch([3, 9, 8, 2], 1)
    2
    """
'''
SOLUTION = """    widest = 0
    for first in range(len(heights)):
        low = high = heights[first]
        for last in range(first, len(heights)):
            low, high = min(low, heights[last]), max(high, heights[last])
            if high - low <= slack:
                widest = max(widest, last - first + 1)
    return widest
"""
STATEMENT = "Write a function to find the shortest route of a postman who visits every odd house of a street twice."
HOST = '''import os


class Store:
    """Keeps what it is given."""

    def __init__(self, path):
        self.path = path
        self.rows = []

    def add(self, row):
        if row not in self.rows:
            self.rows.append(row)


{}


def main():
    store = Store(os.getcwd())
    store.add(1)
    print(len(store.rows))


if __name__ == "__main__":
    main()
'''
LICENCE = """# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in
# compliance with the License. Unless required by applicable law or agreed to in writing, software distributed
# under the License is distributed on an "AS IS" BASIS, without warranties or conditions of any kind.
"""


@pytest.fixture(scope="module")
def known() -> EvaluationIndex:
    return EvaluationIndex(
        [EvaluationProblem("HumanEval/901", PROMPT, PROMPT + SOLUTION), EvaluationProblem("MBPP/902", STATEMENT, "")]
    )


def name(hit: Hit | None) -> str:
    return "" if hit is None else hit.name


def renamed(code: str, *names: str) -> str:
    for number, each in enumerate(names):
        code = re.sub(rf"\b{each}\b", f"v{number}", code)
    return code


def in_code_alone(prompt: str) -> str:
    """Renamed but for the words of the docstring that are arguments' names."""
    head, quotes, docstring = prompt.partition('"""')
    return renamed(head, "heights", "slack") + quotes + renamed(docstring, "level_stretch")


@pytest.mark.parametrize("dress", [str, HOST.format], ids=["alone", "embedded"])
@pytest.mark.parametrize(
    "prompt",
    [PROMPT, renamed(PROMPT, "level_stretch", "heights", "slack"), in_code_alone(PROMPT), PROMPT + SOLUTION],
    ids=["verbatim", "renamed", "renamed in the code alone", "solved"],
)
def test_a_prompt_is_found(known: EvaluationIndex, prompt: str, dress: type[str]) -> None:
    assert name(known.hit(dress(prompt))) == "HumanEval/901"


@pytest.mark.parametrize("dress", [str, HOST.format], ids=["alone", "embedded"])
@pytest.mark.parametrize("names", [(), ("level_stretch", "widest", "low", "high", "first", "last", "heights")])
def test_a_solution_without_its_prompt_is_found(known: EvaluationIndex, names: tuple[str, ...], dress: type[str]) -> None:
    code = renamed(f"def level_stretch(heights: List[int], slack: int) -> int:\n{SOLUTION}", *names)
    hit = known.hit(dress(code))
    assert name(hit) == "HumanEval/901"
    assert hit is not None
    assert "is the same code, names and layout aside" in hit.detail


def test_a_solution_with_a_line_changed_is_found_by_what_it_shares(known: EvaluationIndex) -> None:
    code = renamed(PROMPT.partition('"""')[0] + SOLUTION.replace("widest = 0", "widest = 0 if heights else -1"), "widest")
    hit = known.hit(code)
    assert hit is not None
    assert re.fullmatch(
        r"\d+ of the \d+ sequences of 12 words and operators of its solution's function, names aside", hit.detail
    )


def test_a_solution_whose_helper_bears_another_name_is_found() -> None:
    code = "def total(xs):\n    return sum(xs)\n\n\n" + SOLUTION.replace("    widest", "def f(heights, slack):\n    widest", 1)
    code = code.replace("return widest", "return total([widest, slack])")
    index = EvaluationIndex([EvaluationProblem("MBPP/903", "Find it.", code)])
    assert name(index.hit(renamed(code, "total", "widest", "heights"))) == "MBPP/903"


def test_a_statement_is_found_in_other_case_layout_and_comment_signs(known: EvaluationIndex) -> None:
    words = STATEMENT.upper().replace(".", "").split()
    comment = "\n".join(f"    # {' '.join(words[at : at + 4])}" for at in range(0, len(words), 4))
    hit = known.hit(f"def f(street):\n{comment}\n    return 1\n")
    assert hit == Hit("MBPP/902", "13 of the 13 sequences of 8 words")


def test_a_window_that_does_not_parse_is_looked_at_all_the_same(known: EvaluationIndex) -> None:
    lines = HOST.format(renamed(PROMPT + SOLUTION, "level_stretch", "heights", "slack", "widest")).split("\n")
    first = next(place for place, line in enumerate(lines) if "for v1" in line or "for first" in line)
    window = "\n".join(lines[first - 1 : -8]) + "\n    (["
    with pytest.raises(SyntaxError):
        compile(window, "window", "exec")
    assert name(known.hit(window)) == "HumanEval/901"


def test_what_a_problem_has_is_looked_at_together(known: EvaluationIndex) -> None:
    code = renamed(f"def f(heights, slack):\n{SOLUTION}", "heights")
    shown = f"What does f give?\n\n```python\n{code}```\n\nf([3, 9, 8, 2], 1) == ?"
    assert (
        name(EvaluationIndex([EvaluationProblem("MBPP/904", "Find it.", code)]).hit(shown, code, "[3, 9]", "1")) == "MBPP/904"
    )
    assert name(known.hit("What does f give?", "def f(x):\n    return x\n", repr(STATEMENT))) == "MBPP/902"


def test_a_long_quotation_tells_a_problem_of_which_it_is_a_small_part() -> None:
    words = [f"w{number}" for number in range(400)]
    index = EvaluationIndex([EvaluationProblem("LiveCodeBench/a", " ".join(map(letters, words)), "")])
    assert index.hit(" ".join(map(letters, words[100:146]))) is None
    assert index.hit(" ".join(map(letters, words[100:147]))) == Hit("LiveCodeBench/a", "40 of the 393 sequences of 8 words")


def letters(word: str) -> str:
    """A word without digits, which count for less."""
    return word.translate(str.maketrans("0123456789", "abcdefghij"))


def test_a_few_words_of_a_statement_are_chance(known: EvaluationIndex) -> None:
    assert known.hit("# the shortest route of a postman who visits every town\nx = 1\n") is None


def test_what_many_problems_say_tells_none_of_them() -> None:
    told = (
        "Input\n\nThe first line contains one integer t, the number of test cases; the description of each of them follows.\n\n"
    )
    own = [" ".join(letters(f"{problem}n{number}") for number in range(8)) for problem in range(6)]
    problems = [EvaluationProblem(f"LiveCodeBench/{n}", told + text, "") for n, text in enumerate(own)]
    assert EvaluationIndex(problems[:1]).hit(told) is not None
    assert EvaluationIndex(problems).hit(told) is None
    assert name(EvaluationIndex(problems).hit(told + own[2])) == "LiveCodeBench/2"


def test_a_problem_that_many_sets_have_in_somewhat_other_words_is_found() -> None:
    sets = [EvaluationProblem("HumanEval/901", f"{PROMPT}\n# Set {letters(str(number))}.", "") for number in range(8)]
    assert name(EvaluationIndex(sets).hit(PROMPT)) == "HumanEval/901"


def test_boilerplate_is_no_contamination() -> None:
    begun = LICENCE + "from typing import Any, Callable, Dict, Iterable, List, Optional, Set, Tuple, Union\nimport math\n\n\n"
    prompts = [PROMPT.replace("western", word) for word in "northern eastern southern upper lower inner outer".split()]
    problems = [EvaluationProblem(f"HumanEval/{n}", begun + prompt, "") for n, prompt in enumerate(prompts)]
    honest = begun + HOST.format("def f(x: List[int]) -> int:\n    return math.prod(x)\n")
    assert EvaluationIndex(problems).hit(honest) is None


def test_a_small_function_and_how_an_object_begins_are_no_contamination() -> None:
    code = "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n"
    begun = "class Node:\n    def __init__(self, key, left=None, right=None, up=None, color=None, size=1):\n" + "".join(
        f"        self.{each} = {each}\n" for each in "key left right up color size".split()
    )
    known = EvaluationIndex([EvaluationProblem("MBPP/905", "Find it.", code + begun)])
    assert known.hit(HOST.format(code)) is None
    assert known.hit(begun) is None


def test_without_evaluation_sets_nothing_is_found() -> None:
    assert EvaluationIndex().hit(PROMPT, SOLUTION) is None


def test_of_many_sequences_a_part_is_held_and_long_texts_are_found_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_SEQUENCES", 500)
    texts = [" ".join(letters(f"{problem}n{number}") for number in range(400)) for problem in range(10)]
    known = EvaluationIndex(EvaluationProblem(f"LiveCodeBench/{n}", text, "") for n, text in enumerate(texts))
    assert len(known._owners) <= 500
    assert [name(known.hit(text)) for text in texts] == [f"LiveCodeBench/{n}" for n in range(10)]


def test_what_is_found_does_not_depend_on_the_process() -> None:
    program = f"""
from steppingstone.contamination import EvaluationIndex, index
from steppingstone.contamination.layouts import EvaluationProblem
index.MOST_SEQUENCES = 20
print(EvaluationIndex([EvaluationProblem("HumanEval/901", {PROMPT!r}, {PROMPT + SOLUTION!r})]).hit({PROMPT!r}))
"""
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "012"
    }
    assert len(said) == 1
    assert "HumanEval/901" in said.pop()


PIECES = [
    '"""',
    "'''",
    '"',
    "'",
    "\\",
    "\n",
    "    ",
    "\t",
    "def f(x):",
    "async def g",
    "class A:",
    "return",
    "#",
    ")",
    "(",
    "`",
    "\ud800",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join))
@settings(deadline=None)
def test_any_text_can_be_looked_at(known: EvaluationIndex, text: str) -> None:
    assert known.hit(text, "def h(y):\n" + text) is None
    assert name(known.hit(PROMPT, text)) == "HumanEval/901"


@pytest.mark.skipif(data.folder() is None, reason=f"no data beside the repository; {data.VARIABLE} may name it")
def test_real_solutions_of_other_sets_hold_no_real_evaluation_problem_but_those_of_the_same_origin() -> None:
    known = EvaluationIndex(read_evaluation([f"{data.folder()}/eval"]))
    others = [each for each in data.problems().values() if not each.name.startswith(("HumanEval/", "MBPP/"))]
    assert [each.name for each in others if known.hit(each.given.code)] == []
