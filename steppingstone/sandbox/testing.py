"""The tests' side of tests that are code: they run here, and reach the solution by questions alone (`solution.py`).

What comes back is data, or a `Remote` that can be asked again. A `Remote` never equals anything but itself, and no
operation hands the solution a value that the tests only compare with.
"""

import builtins
import json
import symtable
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from steppingstone import values
from steppingstone.sandbox import frames, graph, program

NAME = "tests"


class Link:
    """Questions to the solution."""

    def __init__(self, send: program.Send, receive: Callable[[], bytes]) -> None:
        self._send = send
        self._receive = receive
        self._asked = 0
        self._agreed: list[str] = []
        self._exceptions: dict[str, type[BaseException]] = {}
        self.module = ModuleType(NAME)
        self.raised: BaseException | None = None
        self.line = 0

    def share(self, names: list[str]) -> None:
        """Let instances of these classes travel by value, if the solution has classes of the same names."""
        self._agreed = [name for name in self.ask("share", 0, "", (names,)) if name in names]

    def resolve(self, name: str) -> tuple[object, ...]:
        """The solution's own value of this name, or nothing."""
        found = self.ask("name", 0, name)
        return found if isinstance(found, tuple) else ()

    def ask(self, kind: str, number: int, name: str, arguments: Any = (), options: Mapping[str, object] | None = None) -> Any:
        """The value of the answer. Raises what the solution raised, as an exception of ours."""
        writer = graph.Writer(self._shared(), _handle)
        payload = writer.pack([list(arguments[0] if kind == "share" else arguments), dict(options or {})])
        question = frames.pack_parts((json.dumps([kind, number, name]).encode(), payload))
        self._send(frames.pack_frame(frames.ASK, self._asked, question))
        self._asked += 1
        value, error = self._answer(graph.Reader(self._shared(), self._handled, writer.nodes))
        if error is None:
            return value
        if isinstance(error, (StopIteration, StopAsyncIteration)) and name != "next":
            # it would end a loop of the tests as if all had been compared
            raise self._note(RuntimeError(f"the solution raised {type(error).__name__}"), self.line)
        raise error

    def _answer(self, reader: graph.Reader) -> tuple[Any, BaseException | None]:
        try:
            tag, *rest = reader.unpack(self._receive())
            return (rest[0], None) if tag == "v" else (None, self._exception(*rest))
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as forged:
            raise self._note(ValueError(f"the solution answered no value: {forged}"), 0) from None

    def _exception(self, name: str, base: str, arguments: list[object], line: int) -> BaseException:
        return self._note(self._class(name, base)(*arguments), line)

    def _note(self, error: BaseException, line: int) -> BaseException:
        self.raised, self.line = error, line
        return error

    def _class(self, name: str, base: str) -> type[BaseException]:
        known = getattr(builtins, name, self._exceptions.get(name))
        if isinstance(known, type) and issubclass(known, Exception):
            return known
        parent = getattr(builtins, base, Exception)
        if not (isinstance(parent, type) and issubclass(parent, Exception)):
            parent = Exception
        return self._exceptions.setdefault(name, type(name, (parent,), {}))

    def _handled(self, body: list[Any]) -> object:
        return self._class(body[1], body[2]) if len(body) == 3 else Remote(self, int(body[0]))

    def _shared(self) -> dict[str, type]:
        found = {name: self.module.__dict__.get(name) for name in self._agreed}
        return {name: kind for name, kind in found.items() if isinstance(kind, type) and type(kind) is type}


class Remote:
    """A function, class or object that stays in the solution's process."""

    __slots__ = ("_link", "_number")
    _link: Link
    _number: int

    def __init__(self, link: Link, number: int) -> None:
        object.__setattr__(self, "_link", link)
        object.__setattr__(self, "_number", number)

    def __call__(self, *arguments: object, **options: object) -> object:
        return self._link.ask("call", self._number, "", arguments, options)

    def __getattr__(self, name: str) -> object:
        return self._link.ask("get", self._number, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._link.ask("set", self._number, name, (value,))

    def __iter__(self) -> Iterator[object]:
        return iter(self._link.ask("op", self._number, "list"))

    def __contains__(self, item: object) -> bool:
        return any(item is own or item == own for own in self)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Remote) and self._link.ask("op", self._number, "isinstance", (value,)) is True

    def __exit__(self, *error: object) -> None:
        self._link.ask("op", self._number, "exit")


def _operation(name: str, kinds: tuple[type, ...] = ()) -> Callable[..., object]:
    def of(self: Remote, *arguments: object) -> object:
        if kinds and not all(isinstance(argument, kinds) for argument in arguments):
            return NotImplemented
        answer = self._link.ask("op", self._number, name, arguments)
        return self if name == "enter" else answer

    return of


for _name in "len str repr bool next float int getitem setitem delitem neg enter".split():
    setattr(Remote, f"__{_name}__", _operation(_name))
for _name in "add sub mul truediv matmul".split():
    # a plain operand might be what the tests expect
    setattr(Remote, f"__{_name}__", _operation(_name, (Remote,)))


def _handle(value: object) -> object:
    if type(value) is Remote:
        return {"h": [value._number]}
    raise graph.Unsendable(f"{type(value).__name__} cannot be handed to the solution")


def run(source: str, send: program.Send, receive: Callable[[], bytes]) -> None:
    """Run the tests through; send how many there were, or the first failure."""
    code = program.compiled(source)
    if isinstance(code, tuple):
        send(frames.pack_frame(code[0], 0, code[1]))
        return
    link = Link(send, receive)
    try:
        _install(link, source)
        count = _run_all(program.execute(code, link.module))
        result = frames.OK, values.encode(count)
    except BaseException as error:  # tests are programs too
        result = _failure(error, link)
    send(frames.pack_frame(result[0], 0, result[1]))


def _install(link: Link, source: str) -> None:
    """Put the solution's names where the tests look for them; never one of Python's own, unless imported by name."""
    asked, classes = free_names(source)
    link.share(classes)
    for name in asked:
        for value in link.resolve(name):
            link.module.__dict__[name] = value
    module = sys.modules[program.MODULE_NAME] = ModuleType(program.MODULE_NAME)

    def attribute(name: str) -> object:
        for value in () if name.startswith("__") else link.resolve(name):
            return value
        raise AttributeError(f"the solution has no {name}")

    module.__dict__["__getattr__"] = attribute


def free_names(source: str) -> tuple[list[str], list[str]]:
    """Names that the tests use and do not bind, and the classes that they define."""
    top = symtable.symtable(source, program.SOURCE_NAME, "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    scopes = list(top.get_children())
    for scope in scopes:
        scopes += scope.get_children()
        used |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        bound |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_declared_global() and symbol.is_assigned()}
    classes = [scope.get_name() for scope in top.get_children() if scope.get_type() == "class"]
    return sorted(used - bound - set(dir(builtins))), classes


def _run_all(module: ModuleType) -> int:
    cases = [kind for kind in module.__dict__.values() if _is_case(kind)]
    functions = [value for name, value in module.__dict__.items() if name.startswith("test_") and _is_function(value)]
    for function in functions:
        function()
    return len(functions) + _run_cases(cases) or 1


def _is_case(value: object) -> bool:
    unittest = sys.modules.get("unittest")
    return unittest is not None and isinstance(value, type) and issubclass(value, unittest.TestCase)


def _is_function(value: object) -> bool:
    return type(value) is type(_is_function) and value.__code__.co_argcount == 0


def _run_cases(cases: list[Any]) -> int:
    if not cases:
        return 0
    import unittest

    class Result(unittest.TestResult):
        def addError(self, test: object, err: Any) -> None:  # noqa: N802 - unittest's name
            raise err[1]

        addFailure = addError  # noqa: N815

        def addSubTest(self, test: object, subtest: object, err: Any) -> None:  # noqa: N802
            if err is not None:
                raise err[1]

    result = Result()
    for case in cases:
        unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result.testsRun


def _failure(error: BaseException, link: Link) -> program.Result:
    if error is link.raised:
        return frames.EXCEPTION, program.describe(error, link.line)
    kind, body = program.failure(error)
    return (frames.WRONG if isinstance(error, AssertionError) else kind), body
