"""What the teacher is told of the student's attempts: the pass rate and a few representative solutions, bounded in length."""

from collections import Counter
from collections.abc import Sequence

from steppingstone.difficulty import PassRate
from steppingstone.records import Attempt, Verdict

MAX_SHOWN = 4
MAX_SOLUTION = 1_000
"""Bytes of one solution shown, about 250 tokens of code or English; a whole summary stays below some 1,200 tokens."""


def summarize(rate: PassRate, attempts: Sequence[Attempt]) -> str:
    """The pass rate, the verdicts, and up to `MAX_SHOWN` solutions: solved and failed ones, no two with the same answer."""
    p = "none was graded" if rate.value is None else f"{rate.value:.3f}"
    verdicts = Counter(attempt.grade.verdict for attempt in attempts)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    head = f"Pass rate p = {p}: {rate.solved} of {rate.graded} graded attempts solved it. Verdicts: {counts}."
    return "\n\n".join([head, *map(_show, _representative(attempts))])


def _representative(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The commonest answers first, in turn from the solved and the failed."""
    frequency = Counter(attempt.grade.answer for attempt in attempts)
    ranked = sorted(attempts, key=lambda attempt: (-frequency[attempt.grade.answer], attempt.index))
    distinct = list({(attempt.grade.verdict, attempt.grade.answer): attempt for attempt in reversed(ranked)}.values())[::-1]
    solved = [attempt for attempt in distinct if attempt.grade.verdict is Verdict.SOLVED]
    failed = [attempt for attempt in distinct if attempt.grade.verdict is not Verdict.SOLVED]
    half = MAX_SHOWN // 2
    return solved[: max(half, MAX_SHOWN - len(failed))] + failed[: max(half, MAX_SHOWN - len(solved))]


def _show(attempt: Attempt) -> str:
    text = attempt.completion.text.strip()
    quoted = "\n".join(f"    {line}" for line in text.splitlines()).encode()
    shown = quoted if len(quoted) <= MAX_SOLUTION else "    […]\n    ".encode() + quoted[-MAX_SOLUTION:]
    # What an exception says must not read as a heading of the prompt.
    detail = f" ({' '.join(attempt.grade.detail.split())[:120]})" if attempt.grade.detail else ""
    return f"### Attempt {attempt.index + 1}: {attempt.grade.verdict}{detail}\n\n{shown.decode(errors='ignore')}"
