"""Public problems as they are: references are adopted, and rollouts get the rewards of their labels. A fixed part of them.

All references are ruled by `python -m tests.sandbox.oracles`.
"""

import zlib
from collections import Counter

import pytest

from steppingstone.environments import Real
from steppingstone.real.checks import LIMITS
from steppingstone.real.problem import RealProblem
from steppingstone.real.reading import read_problems
from steppingstone.records import Problem, Rejection
from steppingstone.sandbox import Limits, Sandbox
from tests.sandbox.oracles import data
from tests.sandbox.oracles.misses import reason

pytestmark = pytest.mark.skipif(data.folder() is None, reason=f"no data beside the repository; {data.VARIABLE} may name it")

ONE_IN = 16
REAL = Real()


def sampled(name: str) -> bool:
    return zlib.crc32(name.encode()) % ONE_IN == 0


def test_references_are_adopted_and_rollouts_rewarded_as_their_labels_say(sandbox: Sandbox) -> None:
    counts: Counter[str] = Counter()
    rollouts = [each for each in data.rollouts() if sampled(each.problem.name) and each.kind != "timeout"]
    for problem in filter(lambda problem: sampled(problem.name), data.problems().values()):
        found = REAL.adopt(problem.given, LIMITS, Limits(60.0, 512), sandbox)
        if isinstance(found, Rejection):
            assert reason(problem.name), (problem.name, found)
            continue
        counts["problems"] += 1
        mine = [each for each in rollouts if each.problem.name == problem.name]
        grades = REAL.grade(found, [each.completion for each in mine], sandbox)
        assert [(each.name, grade.reward) for each, grade in zip(mine, grades, strict=True)] == [
            (each.name, each.reward) for each in mine
        ]
        counts["rollouts"] += len(mine)
    assert counts["problems"] > 80
    assert counts["rollouts"] > 150


def test_rows_in_livecodebenchs_layout_are_all_read(sandbox: Sandbox) -> None:
    folder = data.folder()
    assert folder is not None
    rows = list(read_problems([str(folder / "eval" / "lcb_format_problems.jsonl.gz")]))
    assert len(rows) == 532
    problems = [each for each in rows if isinstance(each, RealProblem)]
    assert len(problems) == 532
    assert sum(bool(each.checks.function) for each in problems) == 153
    found = REAL.adopt(problems[0], LIMITS, LIMITS, sandbox)
    assert isinstance(found, Problem)
    (grade,) = REAL.grade(found, ["```python\nprint('YES')\n```"], sandbox)
    assert grade.reward == 0
