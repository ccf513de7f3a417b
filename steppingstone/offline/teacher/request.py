"""A teacher prompt, read back: environment, seed or previous problem, pass rate, and what is asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from steppingstone.replies import fenced_blocks

_ENVIRONMENT = re.compile(r"^# Environment: *(\w+)", re.M)
_ASKED = re.compile(r"^## What to do: *(first|harder|easier|vary)\s*$", re.M)
_REPAIR = re.compile(r"^## Your last reply was rejected\s*$", re.M)
_REASON = re.compile(r"^Reason: *(\w+)", re.M)
_RATES = (
    (re.compile(r"pass rate\D{0,20}([01](?:\.\d+)?)(?![\d.]*%)", re.I), 1.0),
    (re.compile(r"(\d+(?:\.\d+)?) ?%"), 100.0),
    (re.compile(r"\b([01]\.\d+)\b"), 1.0),
)
_COUNTS = re.compile(r"\b(\d+) ?(?:of|/|out of) ?(\d+)\b")
_USUAL = {"harder": 0.9, "easier": 0.0, "vary": 0.4, "first": 0.5}


@dataclass(frozen=True, slots=True)
class Request:
    """`blocks` are the previous problem's, by label, and empty in a first round; `rejected` is the reply turned away."""

    environment: str
    steer: str
    seed: str
    blocks: dict[str, str]
    pass_rate: float
    reason: str
    rejected: str


def read_prompt(messages: Sequence[tuple[str, str]]) -> Request:
    """The request of a teacher prompt. What is not found is taken for empty, or for the usual case."""
    system = "\n".join(text for role, text in messages if role == "system")
    user = "\n".join(text for role, text in messages if role != "system")
    repair = _last(_REPAIR, user)
    asked, complaint = (user[: repair.start()], user[repair.end() :]) if repair else (user, "")
    steer = _last(_ASKED, asked)
    body = asked[: steer.start()] if steer else asked
    word = steer[1] if steer else "first"
    environment = _ENVIRONMENT.search(system) or _ENVIRONMENT.search(user)
    reason = _REASON.search(complaint)
    problem, _, summary = body.partition("## How the student did")
    previous = problem.partition("## Previous problem")[2]
    return Request(
        environment=environment[1] if environment else "deduction",
        steer=word,
        seed=_seed(body),
        blocks={block.label: block.body for block in fenced_blocks(previous)},
        pass_rate=_pass_rate(summary, word),
        reason=reason[1] if reason else "",
        rejected=complaint,
    )


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _seed(body: str) -> str:
    lines = body.partition("## Seed")[2].splitlines()
    fences = [number for number, line in enumerate(lines) if line.startswith("```")]
    return "\n".join(lines[fences[0] + 1 : fences[-1]]) if len(fences) > 1 else "\n".join(lines)


def _pass_rate(summary: str, steer: str) -> float:
    if counts := _COUNTS.search(summary):
        return min(1.0, int(counts[1]) / max(1, int(counts[2])))
    for pattern, scale in _RATES:
        if found := pattern.search(summary):
            return min(1.0, float(found[1]) / scale)
    return _USUAL[steer]
