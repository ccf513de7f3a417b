"""What must hold whatever the bytes: one input a property, which raises AssertionError if it is broken."""

import ast
import collections
import contextlib
import importlib.util
import math
import socket
import time
import warnings

from steppingstone import replies, sources, values
from steppingstone.environments import OWN, environment
from steppingstone.environments.base import fenced
from steppingstone.records import Proposal, Reason, Rejection
from steppingstone.sandbox import ExecutionVerdict, Sandbox, channel, claims, frames, graph, tiers
from tests.fuzz import growing
from tests.fuzz.growing import Choices

_UNREAD = (ExecutionVerdict.NOT_A_LITERAL, ExecutionVerdict.OUTPUT_TOO_LARGE)
_REFUSALS = {
    Reason.SOURCE_TOO_LONG,
    Reason.SYNTAX_ERROR,
    Reason.FORBIDDEN_IMPORT,
    Reason.FORBIDDEN_NAME,
    Reason.MISSING_FUNCTION,
}
_ENVIRONMENTS = [environment(name) for name in OWN]


def frames_are_what_was_sent(data: bytes) -> None:
    """A channel gives whole frames in order, then says that the child ended or that a frame is broken; nothing is lost."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with ours:
        with theirs:
            theirs.sendall(data[:50_000])
        reader = channel.Channel(ours, 1_000, time.monotonic() + 5)
        again = b""
        try:
            while True:
                again += frames.pack_frame(*reader.frame())
        except (channel.ChildEnded, claims.BrokenFrame):
            assert data.startswith(again)


def a_failure_is_read_or_refused(data: bytes) -> None:
    """A claimed failure has parts of their types, or is a ValueError."""
    try:
        failure = frames.unpack_failure(data)
    except ValueError:
        return
    assert frames.unpack_failure(frames.pack_failure(failure)) == failure


def requests_come_through(data: bytes) -> None:
    """What is packed into a request is unpacked from it."""
    choices = Choices(data)
    inputs = [growing.text(choices).encode("utf-8", "surrogatepass") for _ in range(choices.number() % 5)]
    order = frames.Order(choices.number(), growing.text(choices), choices.number() << 20, choices.number(), choices.number())
    packed = frames.pack_request(order, data, inputs)
    assert frames.unpack_request(packed[frames.REQUEST.size :]) == (order, data, inputs)


def a_claim_is_an_outcome_or_broken(data: bytes) -> None:
    """Whatever a child claims is an outcome that every table can hold, or `BrokenFrame`."""
    kind, body = (data[0] % 16, data[1:]) if data else (0, b"")
    try:
        outcome = claims.outcome(kind, body)
    except claims.BrokenFrame:
        return
    assert (outcome.value is not None) == (outcome.verdict is ExecutionVerdict.OK)
    assert len(outcome.detail) <= 400
    assert "\0" not in (outcome.detail + outcome.exception_type).encode().decode()
    if outcome.value is not None:
        assert values.encode(outcome.decoded) == outcome.value


def decoded_bytes_are_a_value_like_any(data: bytes) -> None:
    """What `decode` accepts is written, read and compared like any other value."""
    try:
        value = values.decode(data)
    except values.NotALiteral:
        return
    a_value_comes_through(value)


def grown_values_come_through(data: bytes) -> None:
    """As `a_value_comes_through`, of a value grown from the bytes."""
    a_value_comes_through(growing.value(Choices(data)))


def a_value_comes_through(value: object) -> None:
    """Transport and text keep a value; equal bytes mean equal values."""
    written = values.encode(value)
    read = values.decode(written)
    assert values.encode(read) == written
    assert values.canonical(read) == values.canonical(value)
    assert _alike(read, value)
    try:
        text = values.to_text(value)
    except values.NotALiteral:
        return
    assert values.canonical(values.from_text(text)) == values.canonical(value)


def a_literal_is_read_as_python_reads_it(data: bytes, sandbox: Sandbox) -> None:
    """`Sandbox.parse` agrees with `ast.literal_eval` on short texts, several in one child."""
    choices = Choices(data)
    texts = [growing.literal(choices) for _ in range(1 + choices.number() % 8)]
    for text, outcome in zip(texts, sandbox.parse(texts), strict=True):
        expected = _literal(text)
        if expected is None:
            assert outcome.verdict in _UNREAD, (text, outcome)
        else:
            assert outcome.value == expected, (text, outcome)


def a_reply_is_cut_into_its_lines(text: str) -> None:
    """Blocks hold lines of the text, in order, and no environment raises for any reply."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = 0
    for block in replies.fenced_blocks(text):
        assert block.label == block.label.lower()
        for line in block.body.split("\n") if block.body else ():
            at = lines.index(line, at) + 1
    for kind in _ENVIRONMENTS:
        found = kind.parse(text)
        if isinstance(found, Rejection):
            assert found.reason in (Reason.EMPTY_REPLY, Reason.MISSING_BLOCK)
        else:
            assert isinstance(found, Proposal)
            assert found.code.strip()


def a_fenced_text_is_read_back(body: str) -> None:
    """What is fenced is what is read, whatever fences the text holds."""
    body = body.replace("\r", "").replace("</think>", "")
    assert replies.last_block(fenced("python", body), "python") == body


def a_program_is_shown_as_it_is_meant(code: str) -> None:
    """Code is turned away with a reason; or what students see is the same program, but for strings that do nothing."""
    shown = sources.check_source(code, ())
    if isinstance(shown, Rejection):
        assert shown.reason in _REFUSALS
        shown.detail.encode()
        return
    meant = _without_bare_strings(ast.parse(code))
    assert ast.dump(_plain(ast.parse(shown))) == ast.dump(_plain(meant))
    assert sources.presentable(ast.parse(shown)) == shown
    assert sources.canonical_form(shown) == sources.canonical_form(code)


class Point:
    """A class that a solution and its tests share."""

    def __init__(self) -> None:
        self.x: object = 0

    def norm(self) -> object:
        """A method that no message may replace."""
        return self.x


class Fixed:
    """A shared class with no attribute but one, and one that cannot be set."""

    __slots__ = ("x",)

    @property
    def y(self) -> object:
        """Reads what may be missing."""
        return self.x

    def __hash__(self) -> int:
        return hash(self.x)


def a_message_is_read_or_refused(data: bytes) -> None:
    """A forged message between a solution and its tests raises what is declared, or gives what can be sent again."""
    _message_is_read_or_refused(data, [])
    _message_is_read_or_refused(data, [[1], {1: 2}, {3}, Point(), Fixed(), bytearray(b"4")])


def _message_is_read_or_refused(data: bytes, known: list[object]) -> None:
    shared: dict[str, type] = {"Point": Point, "Fixed": Fixed}
    reader = graph.Reader(shared, lambda body: f"handle {body}", known)
    kinds = [type(node) for node in known]
    try:
        root = reader.unpack(data)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return
    assert [type(node) for node in reader.nodes[: len(known)]] == kinds
    assert all(type(node) in (list, dict, set, collections.deque, bytearray, Point, Fixed) for node in reader.nodes)
    assert all("norm" not in vars(node) for node in reader.nodes if isinstance(node, Point))
    with contextlib.suppress(graph.Unsendable, values.TooLarge):
        graph.Writer(shared, lambda value: {"h": [0]}).pack(root)


def a_sent_value_arrives(data: bytes) -> None:
    """A value crosses between a solution and its tests as it crosses to us."""
    value = growing.value(Choices(data))
    sent = graph.Writer({}, lambda value: None).pack(value)
    assert _alike(graph.Reader({}, lambda body: None).unpack(sent), value)


def imports_are_routed_to_where_they_are_found(text: str) -> None:
    """The tier of a source holds at least what the tier of its imports, spelled plainly, holds."""
    routed = tiers.tier_of(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    order = list(tiers.Tier)
    plain = tiers.tier_of("".join(f"import {name}\n" for name in sorted(_imported(tree))))
    assert order.index(routed) >= order.index(plain), (routed, plain)


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            if node.module in ("json", "logging", "unittest", "urllib"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= {name for name in names if importlib.util.find_spec(name) is not None}
    return found


def _literal(text: str) -> bytes | None:
    try:
        return values.encode(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _alike(one: object, other: object) -> bool:
    """Equality that tells types and signs of zero apart, and that NaN has with itself: written apart from `values`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or (one == other and math.copysign(1, one) == math.copysign(1, other))
    if isinstance(one, complex) and isinstance(other, complex):
        return _alike(one.real, other.real) and _alike(one.imag, other.imag)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return _alike(list(one), list(other)) and _alike(list(one.values()), list(other.values()))
    if isinstance(one, set | frozenset) and isinstance(other, set | frozenset):
        return len(one) == len(other) and all(any(_alike(item, its) for its in other) for item in one)
    return one == other


def _without_bare_strings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            held = getattr(node, field, None)
            if isinstance(held, list):
                kept = [each for each in held if not _is_bare_string(each)]
                held[:] = kept or ([ast.Pass()] if held and not isinstance(node, ast.Module) else [])
    return tree


def _is_bare_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and type(node.value.value) is str


def _plain(tree: ast.Module) -> ast.Module:
    """Without what a layout may change: the u of u'', and how the pieces of an f-string are cut."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
    return tree
