"""Real: problems of public sets with their own tests. They are adopted from files; no teacher states them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from steppingstone import replies
from steppingstone.environments.base import MAX_STATEMENT, Basis, Environment, fenced, gives_away
from steppingstone.errors import BadInput
from steppingstone.real.checks import Checks, from_json
from steppingstone.real.judging import judge
from steppingstone.real.problem import RealProblem
from steppingstone.records import Grade, Message, Problem, Proposal, Reason, Rejection, Verdict
from steppingstone.sandbox import Limits, Sandbox

MAX_ANSWER = 100_000


class Real(Environment):
    """Reward 1 exactly if the last fenced block passes all of the problem's tests, within the limits that stand with them."""

    name = "real"

    def teacher_prompt(self, basis: Basis) -> tuple[Message, ...]:
        _refuse()

    def parse(self, reply: str) -> Proposal | Rejection:
        _refuse()

    def prove(self, proposal: Proposal, sandbox: Sandbox) -> Problem | Rejection:
        _refuse()

    def adopt(self, given: RealProblem, limits: Limits, slow_limits: Limits, sandbox: Sandbox) -> Problem | Rejection:
        """A row's problem, if its reference passes its tests or there is none; else why not.

        A problem whose reference takes too long within `limits` gets `slow_limits`, its students too.
        """
        statement = self.templates.fill(f"student_{self.name}", task=given.task, form=given.form)
        if len(statement) > MAX_STATEMENT:
            return Rejection(Reason.STATEMENT_TOO_LONG, f"a statement of {len(statement)} characters; at most {MAX_STATEMENT}")
        if gives_away(statement, given.code):
            return Rejection(Reason.ANSWER_IN_STATEMENT, "the reference stands in the statement")
        problem = Problem(given.problem_id, self.name, given.code, (), (), "", statement)
        grade = Grade(Verdict.UNGRADED)
        for within in dict.fromkeys((limits, slow_limits)):
            problem = replace(problem, tests=given.checks.within(within).to_json())
            if not given.code:
                return problem
            (grade,) = self.grade(problem, [fenced("python", given.code)], sandbox)
            if grade.verdict is Verdict.SOLVED:
                return problem
            if grade.verdict is not Verdict.TIMEOUT:
                break
        return Rejection(Reason.REFERENCE_NOT_SOLVED, f"the reference's verdict is {grade.verdict}: {grade.detail}")

    def student_prompt(self, problem: Problem) -> tuple[Message, ...]:
        return (Message("user", problem.statement),)

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        checks = from_json(problem.tests)
        codes = [replies.last_block(text) for text in completions]
        grades = {code: _grade(checks, code, sandbox) for code in dict.fromkeys(codes)}
        return [grades[code] for code in codes]


def _grade(checks: Checks, code: str | None, sandbox: Sandbox) -> Grade:
    if code is None or not code.strip():
        return Grade(Verdict.NO_ANSWER, detail="no closed fenced block with code")
    if len(code) > MAX_ANSWER:
        return Grade(Verdict.NO_ANSWER, detail=f"{len(code)} characters; at most {MAX_ANSWER}")
    ruling = judge(checks, code, sandbox)
    return Grade(ruling.verdict, code, ruling.detail)


def _refuse() -> NoReturn:
    raise BadInput("no teacher states problems of the environment 'real': name their files by the setting real.paths")
