"""What a forked child does with its request: load the source, call the function, claim the results.

Here, and in all else that a child runs, functions that handle exceptions are short: beyond the 256th unit of a function's code
CPython needs memory to handle one, and without any it tries forever.
"""

import ast
import builtins
from collections.abc import Callable, Sequence
from gc import enable as enable_collection  # what each child calls by itself, as the way to it would cost a page more
from os import write
from sys import modules as loaded
from types import CodeType, ModuleType, TracebackType
from typing import Any

from steppingstone import values
from steppingstone.sandbox import frames
from steppingstone.sandbox.frames import OK, pack_frame
from steppingstone.values import decode_own, encode

SOURCE_NAME = "<source>"
MODULE_NAME = "solution"
_BUILTINS = dict(vars(builtins))

Send = Callable[[bytes], None]
Result = tuple[int, bytes]


def answer(name: str, cap: int, source: bytes, inputs: Sequence[bytes], channel: int) -> None:
    """Load the source, call its function with each input, write one frame for each.

    A source that does not load is one frame, before any LOADED.
    """
    kind, loaded = _load(source.decode("utf-8", "surrogatepass"), name)
    if kind != frames.LOADED:
        write_all(channel, pack_frame(kind, 0, loaded))
        return
    if len(inputs) > 1:
        write_all(channel, pack_frame(frames.LOADED, 0))
    for index, data in enumerate(inputs):
        kind, body = _call(loaded, cap, data)
        write_all(channel, pack_frame(kind, index, body))


def read(cap: int, inputs: Sequence[bytes], channel: int) -> None:
    """Read each input as a literal, write one frame for each."""
    if len(inputs) > 1:
        write_all(channel, pack_frame(frames.LOADED, 0))
    for index, data in enumerate(inputs):
        kind, body = _parse(cap, data)
        write_all(channel, pack_frame(kind, index, body))


def _load(source: str, name: str) -> tuple[int, Any]:
    """LOADED with the function `name` of the source, run as a module of its own, or the failure."""
    code = compiled(source)
    if isinstance(code, tuple):
        return code
    try:
        function = execute(code).__dict__.get(name)
    except BaseException as error:  # a program's own exception is data
        return failure(error)
    if not callable(function):
        return frames.MISSING_FUNCTION, frames.pack_failure(frames.Failure("", f"the source defines no function {name}"))
    return frames.LOADED, function


def _call(function: Callable[..., object], cap: int, data: bytes) -> Result:
    arguments = decode_own(data)  # outside: for lack of memory the child ends, and another one does the rest
    try:
        value = function(*arguments)
    except BaseException as error:  # a program's own exception is data
        return failure(error)
    return claim(value, cap)


def compiled(source: str) -> CodeType | Result:
    """The source's code, or what the compiler says of it."""
    try:
        return compile(source, SOURCE_NAME, "exec", dont_inherit=True)
    except BaseException as error:  # whatever the compiler says of hostile text is data
        line = error.lineno if isinstance(error, SyntaxError) else 0
        return frames.SYNTAX_ERROR, describe(error, line or 0)


def execute(code: CodeType, module: ModuleType | None = None) -> ModuleType:
    """The code, run as a module of its own."""
    module = module or ModuleType(MODULE_NAME)
    loaded[module.__name__] = module
    enable_collection()
    exec(code, module.__dict__)  # this is what the sandbox is for
    return module


def _parse(cap: int, data: bytes) -> Result:
    try:
        value = ast.literal_eval(data.decode("utf-8", "surrogatepass").strip())
    except Exception as error:  # CPython promises nothing of literal_eval on hostile text
        reason = str(error).partition(": <")[0]  # what follows is an object's address
        return frames.NOT_A_LITERAL, frames.pack_failure(frames.Failure(type(error).__name__, reason[:300]))
    return claim(value, cap)


def claim(value: object, cap: int) -> Result:
    """The value as a claim of at most `cap` encoded bytes, or why it cannot be one."""
    try:
        data = encode(value)
    except BaseException as error:  # of whatever kind, e.g. for a set that a thread changes meanwhile
        return _no_claim(error)
    if len(data) <= cap:
        return OK, data
    return frames.OUTPUT_TOO_LARGE, rule(f"{len(data)} encoded bytes; at most {cap}")


def _no_claim(error: BaseException) -> Result:
    if isinstance(error, values.TooLarge):
        return frames.OUTPUT_TOO_LARGE, rule(str(error))
    if isinstance(error, MemoryError):
        return frames.OUTPUT_TOO_LARGE, rule("encoding the value ran out of memory")
    return frames.NOT_A_LITERAL, rule(str(error)) if isinstance(error, values.NotALiteral) else describe(error, 0)


def failure(error: BaseException) -> Result:
    """What the program raised. The traceback goes first when memory is short: it holds the program's data."""
    if isinstance(error, MemoryError):
        error.__traceback__ = None
        return frames.MEMORY, frames.pack_failure(frames.Failure("MemoryError", ""))
    return frames.EXCEPTION, describe(error)


def describe(error: BaseException, line: int | None = None) -> bytes:
    """The failure as a frame's body, whatever tricks the exception's class plays."""
    try:
        kind = _name(type(error))[:100]
        function, deepest = locate(error.__traceback__) if line is None else ("", line)
        return frames.pack_failure(frames.Failure(kind, clip(error), function[:100], deepest))
    except BaseException:  # a metaclass may do anything
        return frames.pack_failure(frames.Failure("BaseException", "an exception that cannot be described"))


def _name(kind: type[BaseException]) -> str:
    """The name of an exception's class; with its module's before it if it only bears the name of a builtin one."""
    namesake = _BUILTINS.get(kind.__name__, kind) is not kind
    return f"{kind.__module__}.{kind.__name__}" if namesake else kind.__name__


def clip(value: object) -> str:
    """The start of its text, whatever its class does."""
    try:
        return str(value)[:300]
    except BaseException:  # the program's own __str__
        return "(its __str__ fails)"


def locate(traceback: TracebackType | None) -> tuple[str, int]:
    """Function and line of the submitted source where a traceback ends."""
    function, line = "", 0
    while traceback is not None:
        code = traceback.tb_frame.f_code
        ours = code.co_filename == SOURCE_NAME
        function = code.co_qualname if ours else ""
        line = traceback.tb_lineno if ours else line
        traceback = traceback.tb_next
    return function, line


def rule(text: str) -> bytes:
    """The body of a failure that is no exception."""
    return frames.pack_failure(frames.Failure("", text[:300]))


def write_all(channel: int, data: bytes) -> None:
    """Write every byte to the channel."""
    while data:
        data = data[write(channel, data) :]
