"""What crosses the channel of a child (a request of parts in, a frame for each result out) and a server's control socket."""

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

CLAIMS = ("ok", "exception", "syntax_error", "missing_function", "memory", "output_too_large", "not_a_literal")
OK = CLAIMS.index("ok")
EXCEPTION = CLAIMS.index("exception")
SYNTAX_ERROR = CLAIMS.index("syntax_error")
MISSING_FUNCTION = CLAIMS.index("missing_function")
MEMORY = CLAIMS.index("memory")
OUTPUT_TOO_LARGE = CLAIMS.index("output_too_large")
NOT_A_LITERAL = CLAIMS.index("not_a_literal")
LOADED = len(CLAIMS)
ASK = LOADED + 1  # the tests' question, and the solution's answer
REPLY = LOADED + 2
WRONG = LOADED + 3
STDOUT = LOADED + 4
ENDINGS = (OK, EXCEPTION, SYNTAX_ERROR, MEMORY, OUTPUT_TOO_LARGE)  # of a whole program

# Orders to the server and its answers on the control socket, one a message
NEXT = b"n"
END = b"e"
END_WITH_STATUS = b"s"
CHANNEL = b"c"
DESCRIPTOR = struct.Struct("i")  # passed along with CHANNEL
STATUS = struct.Struct("<i?qd")  # wait status, whether the server had to kill, hard limit of CPU time, CPU time used
EXIT_MEMORY = 70
EXIT_BROKEN = 71

CALL = 0
PARSE = 1
PROGRAM = 2
SOLUTION = 3
TESTS = 4

FAILURE_BYTES = 16_384
MESSAGE_BYTES = 16_000_000
FRAME = struct.Struct("<BII")
REQUEST = struct.Struct("<Q")
_ORDER = struct.Struct("<BQQQII")  # the last two: bytes of the function's name and of the source, which follow
_PART = struct.Struct("<I")
# By themselves, since a child has a page copied for each object on the way to them
REQUEST_BYTES = REQUEST.size
_ORDER_BYTES = _ORDER.size
_PART_BYTES = _PART.size
pack_descriptor = DESCRIPTOR.pack
request_length = REQUEST.unpack_from
_read_order = _ORDER.unpack_from
_read_part = _PART.unpack_from
_pack_frame_head = FRAME.pack


class Order(NamedTuple):
    """What the child is to do: `mode` call or parse, and the rlimits that go with it (bytes, CPU seconds, bytes)."""

    mode: int
    function: str
    memory_bytes: int
    cpu_seconds: int
    output_bytes: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A claimed failure: type and message of the exception, and where in the submitted source it was raised."""

    type: str
    message: str
    function: str = ""
    line: int = 0


def pack_request(order: Order, source: bytes, inputs: Sequence[bytes]) -> bytes:
    """The whole request: its length, then order, source, and inputs as parts."""
    mode, function, *limits = order
    name = function.encode("utf-8", "surrogatepass")
    body = _ORDER.pack(mode, *limits, len(name), len(source)) + name + source + pack_parts(inputs)
    return REQUEST.pack(len(body)) + body


def unpack_request(body: bytes) -> tuple[tuple[int, str, int, int, int], bytes, list[bytes]]:
    """Reverse of `pack_request`, without its leading length; the order as a bare tuple, which a child makes on fewer pages."""
    mode, memory_bytes, cpu_seconds, output_bytes, name_bytes, source_bytes = _read_order(body)
    after_name = _ORDER_BYTES + name_bytes
    name = body[_ORDER_BYTES:after_name].decode("utf-8", "surrogatepass")
    order = (mode, name, memory_bytes, cpu_seconds, output_bytes)
    return order, body[after_name : after_name + source_bytes], unpack_parts(body[after_name + source_bytes :])


def pack_parts(parts: Iterable[bytes]) -> bytes:
    """Each part behind its length."""
    return b"".join(_PART.pack(len(part)) + part for part in parts)


def unpack_parts(body: bytes) -> list[bytes]:
    """Reverse of `pack_parts`."""
    parts = []
    at = 0
    while at < len(body):
        (length,) = _read_part(body, at)
        at += _PART_BYTES + length
        if at > len(body):
            raise ValueError("the last part is cut short")
        parts.append(body[at - length : at])
    return parts


def pack_frame(kind: int, index: int, body: bytes = b"") -> bytes:
    """One frame: kind, index of the input, body."""
    return _pack_frame_head(kind, index, len(body)) + body


def pack_failure(failure: Failure) -> bytes:
    """The body of a frame that is not OK."""
    return json.dumps([failure.type, failure.message, failure.function, failure.line]).encode()


def unpack_failure(body: bytes) -> Failure:
    """What a child claims of its failure. Raises ValueError for anything that `pack_failure` does not write."""
    try:
        kind, message, function, line = json.loads(body)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"not a failure: {error}") from error
    if not (type(kind) is type(message) is type(function) is str and type(line) is int):
        raise ValueError("not a failure: parts of wrong type")
    return Failure(kind, message, function, line)
