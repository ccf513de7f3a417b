"""What every trainer's hook does: the reward of a completion, by the row's ground truth alone.

It can be called from any thread, on any loop and in any worker process: no signal, no file, no other service. Each process has
servers of its own for untrusted code, as many as `STEPPINGSTONE_SERVERS` says, else see `steppingstone.grading`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TypedDict

from steppingstone.errors import InfrastructureError
from steppingstone.exports.rows import problem_of
from steppingstone.grading import agrade, grade, grade_many
from steppingstone.records import Grade

Asked = tuple[str, str]
"""A row's ground truth, and a completion."""

END = re.compile(r"(?:<[|｜][^<>]+[|｜]>|</s>|<pad>|<eos>|<end_of_turn>)\Z")
LONGEST_END = 40


class Score(TypedDict):
    """A reward, `score` and `acc` alike being 0.0 or 1.0, and why it is that."""

    score: float
    acc: float
    verdict: str
    reason: str


def score(ground_truth: str, completion: str) -> Score:
    """The reward of one completion. Raises `InfrastructureError` if we failed, which is no reward."""
    return _told(grade(problem_of(ground_truth), completion))


async def ascore(ground_truth: str, completion: str) -> Score:
    """As `score`, without holding up the loop."""
    return _told(await agrade(problem_of(ground_truth), completion))


def scores(asked: Iterable[Asked]) -> list[Score]:
    """As `score` of each, in the order given, with all of this process's servers at work."""
    return [_told(each) for each in grade_many((problem_of(truth), completion) for truth, completion in asked)]


def scores_or_none(asked: Iterable[Asked]) -> list[Score | None]:
    """As `scores`, with None for what we failed at, for trainers that leave such completions out."""
    pairs = list(asked)
    try:
        return [*scores(pairs)]
    except InfrastructureError:
        return list(_each(pairs))


def without_end(text: str) -> str:
    """A reply without the special tokens that end it, for trainers that decode those too: `<|im_end|>` closes no code block."""
    end = _before_blanks(text, len(text))
    while found := END.search(text, max(0, end - LONGEST_END), end):
        end = _before_blanks(text, found.start())
    return text[:end]


def _before_blanks(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _each(pairs: list[Asked]) -> Iterator[Score | None]:
    for pair in pairs:
        try:
            yield score(*pair)
        except InfrastructureError:
            yield None


def _told(grade: Grade) -> Score:
    reward = float(grade.reward or 0)
    return {"score": reward, "acc": reward, "verdict": str(grade.verdict), "reason": grade.detail}
