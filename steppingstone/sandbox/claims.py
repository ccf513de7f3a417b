"""What a child claims, checked before it is believed to be even that."""

from steppingstone import values
from steppingstone.sandbox import frames
from steppingstone.sandbox.outcome import DETAIL_CHARS, ExecutionVerdict, Outcome, without_addresses

_VERDICTS = {kind: ExecutionVerdict(claim) for kind, claim in enumerate(frames.CLAIMS)} | {frames.WRONG: ExecutionVerdict.WRONG}
_NAME_CHARS = 100
_LAST_LINE = 1 << 31


class BrokenFrame(Exception):
    """The child wrote what no harness writes."""


def outcome(kind: int, body: bytes, seconds: float = 0.0, policy: str = "") -> Outcome:
    """The outcome of one frame, which took so long under this policy. Raises `BrokenFrame`."""
    if kind == frames.OK:
        return _accepted(body, seconds, policy)
    if kind not in _VERDICTS:
        raise BrokenFrame(f"a frame of kind {kind}")
    try:
        failure = frames.unpack_failure(body)
    except ValueError as error:
        raise BrokenFrame(str(error)) from error
    name = _clean(failure.type)
    detail = ": ".join(part for part in (name, _clean(failure.message)) if part)[:DETAIL_CHARS]
    line = min(max(failure.line, 0), _LAST_LINE)
    return Outcome(
        _VERDICTS[kind], None, detail, name[:_NAME_CHARS], _clean(failure.function)[:_NAME_CHARS], line, seconds, policy
    )


def _accepted(body: bytes, seconds: float, policy: str) -> Outcome:
    """A claimed value, read and written anew: nothing passes that `values` would not have written."""
    try:
        return Outcome(ExecutionVerdict.OK, values.encode(values.decode(body)), seconds=seconds, policy=policy)
    except values.TooLarge as error:
        return Outcome(ExecutionVerdict.OUTPUT_TOO_LARGE, detail=str(error), seconds=seconds, policy=policy)
    except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError, RecursionError) as error:
        detail = _clean(str(error))[:DETAIL_CHARS]
        return Outcome(ExecutionVerdict.NOT_A_LITERAL, detail=detail, seconds=seconds, policy=policy)


def _clean(text: str) -> str:
    """The text as every table can hold it: no lone surrogates, no NUL, and the same in each process."""
    return without_addresses(text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0"))
