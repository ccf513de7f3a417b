"""What a draw draws from: every document of a corpus, and one solved row of each problem."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from random import Random

from steppingstone.seeds.cleaning import printable
from steppingstone.seeds.opening import OpenSource
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Row
from steppingstone.seeds.sources import CorpusSource, ReferenceSource, RolloutSource


def candidates(source: OpenSource, sizes: Sequence[int], random: Random) -> Sequence[int | PassedOver]:
    """What is drawn from: all documents of a corpus; of solved problems one solved row each, drawn at random."""
    everything = range(sum(sizes))
    match source.source:
        case CorpusSource():
            return everything
        case RolloutSource(problem_column=problem, reward_column=reward, solved_at=solved_at):
            return _one_a_problem(source.rows(everything, sizes, (problem, reward)), problem, reward, solved_at, random)
        case ReferenceSource(problem_column=problem):
            return _one_a_problem(source.rows(everything, sizes, (problem,)), problem, None, 0.0, random)


def _one_a_problem(
    rows: Iterator[tuple[int, Row]], problem: str, reward: str | None, solved_at: float, random: Random
) -> Sequence[int | PassedOver]:
    """Reservoir sampling with one place a problem; a problem that was never solved stands as its reason."""
    drawn: dict[bytes, int | PassedOver] = {}
    solved: dict[bytes, int] = {}
    for number, row in rows:
        if isinstance(row, PassedOver):
            drawn[b"broken %d" % number] = row
            continue
        key = digest(problem_name(row.get(problem), number)).encode()
        drawn.setdefault(key, PassedOver.NOT_SOLVED)
        if reward is None or _number(row.get(reward)) >= solved_at:
            solved[key] = solved.get(key, 0) + 1
            if random.randrange(solved[key]) == 0:
                drawn[key] = number
    return list(drawn.values())


def _number(value: object) -> float:
    if not isinstance(value, int | float) or value != value:
        return -math.inf
    # An integer may be too large for a float.
    return float(max(-1e300, min(value, 1e300)))


def problem_name(value: object, number: int) -> str:
    """A problem's name from its column; a row without one is a problem of its own."""
    return f"row {number}" if value is None else printable(value)


def digest(text: str) -> str:
    """A 32-digit hexadecimal name for some text, lone surrogates included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
