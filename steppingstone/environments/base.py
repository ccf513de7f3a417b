"""What an environment is: five methods, and the prompts that all environments share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from steppingstone import replies, sources
from steppingstone.behaviour import behaviour
from steppingstone.records import Grade, Message, Problem, Proposal, Reason, Rejection, Seed, Steer, Verdict
from steppingstone.sandbox import Limits, Outcome, Sandbox
from steppingstone.templates import OURS, Templates
from steppingstone.values import NotALiteral, canonical, from_text, to_text

MAX_INPUT = 2_000
MAX_INPUTS = 50
MAX_OUTPUT = 4_000
MAX_STATEMENT = 20_000
GIVEAWAY = 10
"""A literal of this many characters or more that stands in the statement gives the answer away; a shorter one is chance."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A teacher's reply that made no problem, and why."""

    reply: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a teacher prompt is made of: the seed, or the previous problem with its summary; and what is asked for.

    `rejected` is set if the previous round made no problem; the request is then made again with the reason.
    """

    steer: Steer
    seed: Seed | None = None
    previous: Problem | None = None
    summary: str = ""
    rejected: Rejected | None = None


class Environment(ABC):
    """One way to state a problem: what the teacher gives, what the student must answer, and the binary reward.

    A new environment subclasses this and is named by an entry point of the group `steppingstone.environments`.
    """

    name: ClassVar[str]
    prompts: ClassVar[str] = OURS
    """Package of the environment's own templates: `rules_NAME.md` and `student_NAME.md`."""

    def __init__(self, templates: Templates | None = None, limits: Limits | None = None) -> None:
        self.templates = templates or Templates(package=self.prompts)
        self.limits = limits or Limits()

    @abstractmethod
    def teacher_prompt(self, basis: Basis) -> tuple[Message, ...]:
        """What the teacher is told."""

    @abstractmethod
    def parse(self, reply: str) -> Proposal | Rejection:
        """Reads a teacher's reply to a proposal, or says why it is none."""

    @abstractmethod
    def prove(self, proposal: Proposal, sandbox: Sandbox) -> Problem | Rejection:
        """Executes a proposal: a problem, or why it is none."""

    @abstractmethod
    def student_prompt(self, problem: Problem) -> tuple[Message, ...]:
        """What the student is told."""

    @abstractmethod
    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        """One grade a completion, in order. Raises `SandboxUnavailable` if the sandbox fails."""

    def behaviour(self, problem: Problem, sandbox: Sandbox) -> str:
        """The same for problems whose programs do the same, as far as a digest can tell; empty where it can't."""
        return ""


class FunctionEnvironment(Environment):
    """An environment whose teacher gives Python functions of one argument and inputs for them."""

    functions: ClassVar[tuple[str, ...]] = ("f",)
    min_inputs: ClassVar[int] = 1

    def teacher_prompt(self, basis: Basis) -> tuple[Message, ...]:
        asked = [self._request(basis)]
        if basis.rejected:
            asked.append(
                self.templates.fill(
                    "repair",
                    reason=basis.rejected.rejection.reason,
                    detail=" ".join(basis.rejected.rejection.detail.split()),
                    reply=_indented(basis.rejected.reply[-sources.MAX_SOURCE :]),
                    steer=basis.steer,
                )
            )
        return Message("system", self._rules()), Message("user", "\n\n".join(asked))

    def _rules(self) -> str:
        rules = self.templates.fill(f"rules_{self.name}", min_inputs=self.min_inputs, max_inputs=MAX_INPUTS)
        return self.templates.fill(
            "teacher",
            environment=self.name,
            rules=rules,
            modules=", ".join(sorted(sources.ALLOWED_MODULES)),
            max_input=MAX_INPUT,
            max_output=MAX_OUTPUT,
            max_source=sources.MAX_SOURCE,
            seconds=self.limits.seconds,
            memory=self.limits.memory_mb,
        )

    def _request(self, basis: Basis) -> str:
        if basis.previous is None:
            return self.templates.fill("first", seed=fenced("", basis.seed.text if basis.seed else ""))
        request = self.templates.fill(f"steer_{basis.steer}")
        problem = self.show(basis.previous)
        return self.templates.fill("next", problem=problem, summary=basis.summary, steer=basis.steer, request=request)

    def prove(self, proposal: Proposal, sandbox: Sandbox) -> Problem | Rejection:
        code = sources.check_source(proposal.code, self.functions)
        if isinstance(code, Rejection):
            return code
        values = self.read_inputs(proposal, sandbox)
        return values if isinstance(values, Rejection) else self.prove_on(proposal, code, values, sandbox)

    @abstractmethod
    def prove_on(self, proposal: Proposal, code: str, values: list[object], sandbox: Sandbox) -> Problem | Rejection:
        """Executes code that may be shown to students on the inputs' values: a problem, or why it is none."""

    @abstractmethod
    def show(self, problem: Problem) -> str:
        """The problem in the format of a teacher's reply."""

    def student_prompt(self, problem: Problem) -> tuple[Message, ...]:
        return (Message("user", problem.statement),)

    def behaviour(self, problem: Problem, sandbox: Sandbox) -> str:
        """Of fuzzing's three functions all count: the fault that is to be found is where `f` and `test` part."""
        return behaviour(problem.code, self.functions, sandbox, self.limits)

    def call_each(self, code: str, function: str, values: Sequence[object], sandbox: Sandbox) -> list[Outcome]:
        """One outcome a value, none of which another value's call can have changed."""
        if sources.keeps_no_state(code):
            return sandbox.call(code, function, [[value] for value in values], self.limits)
        return [sandbox.call(code, function, [[value]], self.limits)[0] for value in values]

    def read_inputs(self, proposal: Proposal, sandbox: Sandbox) -> list[object] | Rejection:
        """The values of a proposal's inputs, distinct and within their caps, or why they can't be used."""
        if len(proposal.inputs) > MAX_INPUTS:
            return Rejection(Reason.TOO_MANY_INPUTS, f"{len(proposal.inputs)} inputs; at most {MAX_INPUTS}")
        values: list[object] = []
        for text, outcome in zip(proposal.inputs, sandbox.parse(proposal.inputs), strict=True):
            if len(text) > MAX_INPUT:
                return Rejection(Reason.INPUT_NOT_LITERAL, f"an input of {len(text)} characters; at most {MAX_INPUT}")
            value = literal_text(outcome)
            if value is None:
                return Rejection(Reason.INPUT_NOT_LITERAL, f"{text[:80]!r} is no Python literal")
            values.append(from_text(value))
        distinct = {canonical(value): value for value in values}
        if len(distinct) < self.min_inputs:
            return Rejection(Reason.TOO_FEW_INPUTS, f"{len(distinct)} distinct inputs; at least {self.min_inputs}")
        return list(distinct.values())

    def reference_earns(self, problem: Problem, completion: str, sandbox: Sandbox) -> Problem | Rejection:
        """The problem, if the reference earns reward 1 through the grader that students meet."""
        if len(problem.statement) > MAX_STATEMENT:
            return Rejection(
                Reason.STATEMENT_TOO_LONG, f"a statement of {len(problem.statement)} characters; at most {MAX_STATEMENT}"
            )
        (grade,) = self.grade(problem, [completion], sandbox)
        if grade.verdict is Verdict.SOLVED:
            return problem
        return Rejection(Reason.REFERENCE_NOT_SOLVED, f"the reference's verdict is {grade.verdict}: {grade.detail}")


def parse_blocks(reply: str, *labels: str) -> dict[str, str] | Rejection:
    """The last block of each label, or why the reply is no proposal."""
    if not reply.strip():
        return Rejection(Reason.EMPTY_REPLY, "the reply is empty")
    bodies = {label: replies.last_block(reply, label) for label in labels}
    if missing := [label for label, body in bodies.items() if not (body or "").strip()]:
        return Rejection(Reason.MISSING_BLOCK, f"no closed fenced block {', '.join(missing)}")
    return {label: (body or "").strip("\n") for label, body in bodies.items()}


def fenced(label: str, body: str) -> str:
    """A fenced block whose fence no line of the body can close."""
    fence = "```"
    while any(line.strip().startswith(fence) for line in body.splitlines()):
        fence += "`"
    return f"{fence}{label}\n{body}\n{fence}"


def literal_text(outcome: Outcome) -> str | None:
    """The literal text of a value that was returned or read; None if there is none, or no literal can say it."""
    try:
        return to_text(outcome.decoded) if outcome.value is not None else None
    except NotALiteral:
        return None


def output_text(outcome: Outcome) -> str | Rejection:
    """The literal text of what a proposal's function returned, or why it makes no problem."""
    if outcome.value is None:
        verdict = "output_not_literal" if outcome.verdict == "not_a_literal" else outcome.verdict
        return Rejection(Reason(verdict), outcome.detail)
    text = literal_text(outcome)
    if text is None:
        return Rejection(Reason.OUTPUT_NOT_LITERAL, "the output holds NaN, an infinity or a frozenset")
    if len(text) > MAX_OUTPUT:
        return Rejection(Reason.OUTPUT_TOO_LARGE, f"an output of {len(text)} characters; at most {MAX_OUTPUT}")
    return text


def failed(outcome: Outcome) -> Grade | None:
    """The grade of an execution that gave no value; None if it gave one."""
    return None if outcome.value is not None else Grade(Verdict(outcome.verdict), detail=outcome.detail)


def read_answers(completions: Sequence[str], sandbox: Sandbox) -> list[tuple[str, Outcome | None]]:
    """For each completion its answer's text and that text read as a literal; None where there is no answer."""
    texts = [replies.answer_of(completion) for completion in completions]
    distinct = list(dict.fromkeys(text for text in texts if text is not None))
    outcomes = dict(zip(distinct, sandbox.parse(distinct), strict=True)) if distinct else {}
    return [(text or "", outcomes.get(text) if text is not None else None) for text in texts]


def gives_away(statement: str, answer: str) -> bool:
    """Whether the statement holds the answer's text, and that is no chance."""
    return len(answer) >= GIVEAWAY and without_blanks(answer) in without_blanks(statement)


def without_blanks(text: str) -> str:
    """The text without any white space, in which layout hides nothing."""
    return "".join(text.split())


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
