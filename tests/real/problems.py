"""Small rows of real problems in each layout, and the problems that they make."""

import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

from steppingstone.environments import Real
from steppingstone.real.problem import RealProblem
from steppingstone.records import Problem
from steppingstone.sandbox import Limits, Sandbox

Row = dict[str, Any]
LIMITS = Limits(seconds=2.0, memory_mb=256)

HUMANEVAL: Row = {
    "task_id": "HumanEval/900",
    "prompt": "from math import gcd\n\n\ndef double(n):\n    return 2 * n\n\n\n"
    'def half(n: int) -> int:\n    """The half of n."""\n',
    "canonical_solution": "    return n // 2\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate(8) == 4\n    assert candidate(double(21)) == 21\n",
    "entry_point": "half",
}
ASSERTS: Row = {
    "problem_id": "MBPP/900",
    "statement": "Write a function to add three to a number.",
    "starter_code": "",
    "setup_code": "",
    "solution": "def add_three(number):\n    return number + 3",
    "test_setup_code": "",
    "test_type": "asserts",
    "tests": ["assert add_three(1) == 4", "assert add_three(-3) == 0", "assert sorted({add_three(5)}) == [8]"],
    "entry_point": "add_three",
    "license": "CC-BY-4.0",
    "origin": "somewhere@1",
}
STDIO: Row = {
    "problem_id": "TACO/900",
    "statement": "Read n and print the sum of 1 to n.",
    "solution": "n = int(input())\nprint(n * (n + 1) // 2)",
    "test_type": "stdio",
    "tests": [{"input": "4\n", "output": "10\n"}, {"input": "100\n", "output": "5050\n"}],
}
UNITTEST: Row = {
    "problem_id": "ClassEval/900",
    "statement": "Write a class Counter2 with a method add that counts its calls and returns how many there were.",
    "solution": "class Counter2:\n    def __init__(self):\n        self.n = 0\n\n"
    "    def add(self):\n        self.n += 1\n        return self.n",
    "test_type": "unittest",
    "tests": [
        "import unittest\n\n\nclass Test(unittest.TestCase):\n    def test_add(self):\n        counter = Counter2()\n"
        "        self.assertEqual(counter.add(), 1)\n        self.assertEqual(counter.add(), 2)\n"
    ],
    "entry_point": "Counter2",
}


def packed(tests: object) -> str:
    """Private tests as LiveCodeBench packs them."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


def stdin_test(given: str, due: str) -> Row:
    return {"input": given, "output": due, "testtype": "stdin"}


def functional_test(given: str, due: str) -> Row:
    return {"input": given, "output": due, "testtype": "functional"}


LCB_STDIN: Row = {
    "question_title": "Twice",
    "question_content": "Print the double of the number that you read.",
    "platform": "codeforces",
    "question_id": "1_A",
    "starter_code": "",
    "public_test_cases": json.dumps([stdin_test("2\n", "4")]),
    "private_test_cases": packed([stdin_test("-7\n", "-14")]),
    "metadata": "{}",
}
LCB_FUNCTIONAL: Row = LCB_STDIN | {
    "question_content": "Return the pair of the two numbers, the smaller one first.",
    "platform": "leetcode",
    "question_id": "2",
    "starter_code": "class Solution:\n    def pair(self, a: int, b: int) -> List[int]:\n        ",
    "public_test_cases": json.dumps([functional_test("3\n1", "[1, 3]")]),
    "private_test_cases": json.dumps([functional_test("5\n6", "[5, 6]")]),
    "metadata": '{"func_name": "pair"}',
}


def write(path: Path, *rows: Row) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def adopted(given: RealProblem, sandbox: Sandbox) -> Problem:
    """The problem of a row, which has to be one."""
    found = Real().adopt(given, LIMITS, LIMITS, sandbox)
    assert isinstance(found, Problem), found
    return found
