"""What an attack is: a hostile program, a student's answer or a teacher's reply, and how it may end."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from steppingstone.environments import environment
from steppingstone.records import Problem, Proposal, Rejection
from steppingstone.sandbox import Limits, Outcome, Sandbox
from tests.sandbox.attacks.arena.scene import Scene

QUICK = Limits(seconds=0.4, memory_mb=64)
_OVERHEAD = 10.0  # seconds beyond its limits that an attack may hold the caller on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A hostile `source` whose f is called on each of `inputs`.

    `ends`: acceptable verdicts. `exceptions`: acceptable types if it may end in one; empty for any. `value`: literal
    text that an accepted result must have. `detail`: a pattern that the detail must match. `before`: a program run
    first, whose end is of no interest. `apart`: a call for each input. `then`: further checks.
    """

    source: str | Callable[[Scene], str]
    ends: str
    exceptions: str = ""
    value: str = ""
    detail: str = ""
    inputs: Sequence[Sequence[object]] = ((),)
    limits: Limits = QUICK
    before: str = ""
    apart: bool = False
    then: Callable[[list[Outcome], Scene], None] | None = None

    def run(self, sandbox: Sandbox, scene: Scene) -> str:
        source = self.source if isinstance(self.source, str) else self.source(scene)
        if self.before:
            sandbox.call(self.before + scene.route, "f", [[]], self.limits)
        since = time.monotonic()
        calls = [[given] for given in self.inputs] if self.apart else [self.inputs]
        outcomes = [outcome for call in calls for outcome in sandbox.call(source + scene.route, "f", call, self.limits)]
        within(since, (self.limits.seconds + 1) * len(self.inputs))
        assert len(outcomes) == len(self.inputs)
        for outcome in outcomes:
            self._check(outcome)
        if self.then:
            self.then(outcomes, scene)
        return repr(outcomes)

    def _check(self, outcome: Outcome) -> None:
        assert outcome.verdict in self.ends.split(), outcome
        assert len(outcome.detail) <= 300, outcome
        if self.exceptions and outcome.verdict == "exception":
            assert outcome.exception_type in self.exceptions.split(), outcome
        if self.value and outcome.verdict == "ok":
            assert outcome.text == self.value, outcome
        assert re.search(self.detail, outcome.detail), outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Students' `completions` to a problem of ours, graded together; `verdicts` says what each may get."""

    problem: Problem
    completions: Sequence[str]
    verdicts: Sequence[str]
    limits: Limits = QUICK

    def run(self, sandbox: Sandbox, scene: Scene) -> str:
        posed = replace(self.problem, code=self.problem.code + scene.route)
        completions = [text.replace("\n```", f"{scene.route}\n```") for text in self.completions]
        since = time.monotonic()
        kind = environment(posed.environment, limits=self.limits)
        grades = kind.grade(posed, completions if posed.environment == "induction" else self.completions, sandbox)
        within(since, (self.limits.seconds + 1) * len(self.completions) * max(1, len(self.problem.inputs)))
        for grade, verdicts in zip(grades, self.verdicts, strict=True):
            assert grade.verdict in verdicts.split(), grade
            assert grade.reward == int(verdicts == "solved"), grade
        return repr(grades)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A teacher's reply that must not become a problem; `reasons` are the acceptable rejections."""

    environment: str
    reply: str
    reasons: str
    limits: Limits = QUICK

    def run(self, sandbox: Sandbox, scene: Scene) -> str:
        kind = environment(self.environment, limits=self.limits)
        since = time.monotonic()
        found: Proposal | Problem | Rejection = kind.parse(self.reply)
        if isinstance(found, Proposal):
            found = kind.prove(found, sandbox)
        within(since, 20 * self.limits.seconds)
        assert isinstance(found, Rejection), found
        assert found.reason in self.reasons.split(), found
        return repr(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A hostile `solution` of tests that are code; `ends`: acceptable verdicts, of which ok must not be one."""

    solution: str | Callable[[Scene], str]
    tests: str
    ends: str
    limits: Limits = QUICK

    def run(self, sandbox: Sandbox, scene: Scene) -> str:
        source = self.solution if isinstance(self.solution, str) else self.solution(scene)
        since = time.monotonic()
        outcome = sandbox.run_tests(source + scene.route, self.tests, self.limits)
        within(since, self.limits.seconds + 1)
        assert outcome.verdict in self.ends.split(), outcome
        return repr(outcome)


Attack = Program | Answers | Reply | Solution


def within(since: float, seconds: float) -> None:
    """Whether the caller had its answer in time, give or take a busy machine."""
    took = time.monotonic() - since
    assert took < seconds + _OVERHEAD, f"the caller was held for {took:.1f} s"


def problem(environment: str, code: str, inputs: Sequence[str], outputs: Sequence[str] = ()) -> Problem:
    """A problem as if it had proved itself."""
    return Problem("p", environment, code, tuple(inputs), tuple(outputs), "", "")


def answer(text: str) -> str:
    """A completion that answers with a literal."""
    return f"```answer\n{text}\n```"


def python(code: str) -> str:
    """A completion that answers with code."""
    return f"```python\n{code}\n```"


def blocks(**bodies: str) -> str:
    """A reply of one fenced block for each label."""
    return "\n".join(f"```{label}\n{body}\n```" for label, body in bodies.items())
