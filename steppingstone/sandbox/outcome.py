"""What an execution may cost (`Limits`) and how it ended (`Outcome`)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from steppingstone import values

DETAIL_CHARS = 300
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class ExecutionVerdict(StrEnum):
    """How one call of a function ended, the reading of one literal, a whole program, or tests (WRONG: a failed assertion)."""

    OK = "ok"
    WRONG = "wrong"
    EXCEPTION = "exception"
    SYNTAX_ERROR = "syntax_error"
    MISSING_FUNCTION = "missing_function"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_TOO_LARGE = "output_too_large"
    NOT_A_LITERAL = "not_a_literal"
    NONDETERMINISTIC = "nondeterministic"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use.

    `seconds`: wall clock for each call, loading the source being part of the first; for a whole program; for all tests
    together. `memory_mb`: address space of each process above that of the bare interpreter, MiB. `output_bytes`: of one
    encoded value or of standard output, at most `values.MAX_BYTES`.
    """

    seconds: float = 2.0
    memory_mb: int = 256
    output_bytes: int = values.MAX_BYTES

    def __post_init__(self) -> None:
        if self.seconds <= 0 or self.memory_mb <= 0 or not 0 < self.output_bytes <= values.MAX_BYTES:
            raise ValueError(f"{self}: limits are positive, and output_bytes is at most {values.MAX_BYTES}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended. `value` is tagged JSON (`steppingstone.values`) for verdict OK, else None.

    The value and the exception are what the program claims; verdicts timeout, killed and nondeterministic, and
    `seconds` (wall, of this call), are the caller's own observation. `exception_function` is the qualified name of the code in
    the submitted source that raised, and is empty if the innermost frame lies elsewhere; `exception_line` is the
    deepest line of the submitted source in the traceback, 0 if there is none. `policy` names what it ran under.
    """

    verdict: ExecutionVerdict
    value: bytes | None = None
    detail: str = ""
    exception_type: str = ""
    exception_function: str = ""
    exception_line: int = 0
    seconds: float = 0.0
    policy: str = ""

    @property
    def canonical(self) -> bytes:
        """Bytes to compare: equal exactly if the values are. Raises ValueError unless OK."""
        return values.canonical(self.decoded)

    @property
    def text(self) -> str:
        """Python source of the value. Raises ValueError unless OK, `values.NotALiteral` for NaN and the infinities."""
        return values.to_text(self.decoded)

    @property
    def decoded(self) -> object:
        """The value itself, of exact builtin types. Raises ValueError unless OK."""
        if self.value is None:
            raise ValueError(f"no value: {self.verdict} {self.detail}")
        return values.decode(self.value)


@dataclass(frozen=True, slots=True)
class ProgramOutcome:
    """How one run of a whole program ended. Exit status 0 is verdict OK, another one EXCEPTION.

    `stdout` is what it wrote, as UTF-8 (other bytes replaced), up to `output_bytes`; it is empty after TIMEOUT and
    KILLED. `seconds` is wall time.
    """

    verdict: ExecutionVerdict
    stdout: str = ""
    detail: str = ""
    seconds: float = 0.0
    policy: str = ""


def without_addresses(text: str) -> str:
    """A text without the addresses of objects, which differ from one process to the next."""
    return _ADDRESS.sub(" at 0x…", text)


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two executions of one call came to the same end: verdict, value, type of exception."""
    if one.verdict is not other.verdict or one.exception_type != other.exception_type:
        return False
    if one.value is None or other.value is None or one.value == other.value:
        return one.value == other.value
    return one.canonical == other.canonical
