"""The records that pass between modules: seed, proposal, problem, attempt, rejection, and what a round amounts to."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Steer(StrEnum):
    """What a teacher prompt asks for."""

    FIRST = "first"
    HARDER = "harder"
    EASIER = "easier"
    VARY = "vary"
    REPAIR = "repair"


class Tier(StrEnum):
    """Difficulty by pass rate. `trivial` (p = 1) and `unsolved` (p = 0) are in no tier table by default."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    TRIVIAL = "trivial"
    UNSOLVED = "unsolved"
    UNGRADED = "ungraded"


class Verdict(StrEnum):
    """How an attempt ended. Only `solved` earns reward 1; `ungraded` earns none and is in neither number of p."""

    SOLVED = "solved"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    CUT = "cut"
    NOT_A_LITERAL = "not_a_literal"
    SYNTAX_ERROR = "syntax_error"
    MISSING_FUNCTION = "missing_function"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_TOO_LARGE = "output_too_large"
    KILLED = "killed"
    INVALID_INPUT = "invalid_input"
    OTHER_FAILURE = "other_failure"
    UNGRADED = "ungraded"


class Reason(StrEnum):
    """Why something was turned away: the closed list of the rejections table."""

    PROMPT_REFUSED = "prompt_refused"
    EMPTY_REPLY = "empty_reply"
    CUT_REPLY = "cut_reply"
    MISSING_BLOCK = "missing_block"
    SOURCE_TOO_LONG = "source_too_long"
    SYNTAX_ERROR = "syntax_error"
    MISSING_FUNCTION = "missing_function"
    FORBIDDEN_IMPORT = "forbidden_import"
    FORBIDDEN_NAME = "forbidden_name"
    TOO_FEW_INPUTS = "too_few_inputs"
    TOO_MANY_INPUTS = "too_many_inputs"
    INPUT_NOT_LITERAL = "input_not_literal"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_TOO_LARGE = "output_too_large"
    OUTPUT_NOT_LITERAL = "output_not_literal"
    KILLED = "killed"
    NONDETERMINISTIC = "nondeterministic"
    CONSTANT_OUTPUT = "constant_output"
    TRIVIALLY_INVERTIBLE = "trivially_invertible"
    STATEMENT_TOO_LONG = "statement_too_long"
    ANSWER_IN_STATEMENT = "answer_in_statement"
    INPUT_NOT_VALID = "input_not_valid"
    PASSING_INPUT_FAILS = "passing_input_fails"
    FAILING_INPUT_PASSES = "failing_input_passes"
    FAILURE_IS_NOT_ASSERTION = "failure_is_not_assertion"
    REFERENCE_NOT_SOLVED = "reference_not_solved"
    UNREADABLE_ROW = "unreadable_row"
    OWN_FAULT = "own_fault"
    SAME_AS_BEFORE = "same_as_before"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    SAME_BEHAVIOUR = "same_behaviour"
    CONTAMINATED = "contaminated"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Seed:
    """A snippet that inspires the teacher. `kind` is corpus, rollout or reference; `origin` names where it stands.

    Kind `real` is a real problem, which inspires nobody: its text is the problem's statement.
    """

    seed_id: str
    kind: str
    text: str
    origin: str
    license: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a teacher's reply parses to, before anything is known about it. `inputs` are literal texts, not yet read.

    Fuzzing has two inputs, the passing one first; abduction and deduction have one; induction has ten or more and a hint.
    """

    environment: str
    code: str
    inputs: tuple[str, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A proposal that proved itself; `inputs` and `outputs` are literal texts of ours, `statement` is all the student sees.

    `tests` is what a real problem is graded by, as JSON; empty for all others.
    """

    problem_id: str
    environment: str
    code: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    hint: str
    statement: str
    tests: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a proposal is no problem: a reason from the closed list, and the particulars in words."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An evaluation problem that a text holds, such as `HumanEval/12`, and by what it was found."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on one completion. `reward` is 1 for `solved`, None for `ungraded`, else 0."""

    verdict: Verdict
    answer: str = ""
    detail: str = ""

    @property
    def reward(self) -> int | None:
        return None if self.verdict is Verdict.UNGRADED else int(self.verdict is Verdict.SOLVED)


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message of the OpenAI protocol; role is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled reply. Tokens are as the server counted them; `finish_reason` is stop or length.

    `prompt_tokens`, of which `cached_tokens` came from the server's cache, are those of its request, shared evenly over
    the request's choices. `reasoning_tokens` are a part of `completion_tokens`.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    reasoning: str = ""
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One student answer to one problem, graded."""

    index: int
    completion: Completion
    grade: Grade


def content_id(*parts: str) -> str:
    """A stable 16-digit hexadecimal name for some content."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
