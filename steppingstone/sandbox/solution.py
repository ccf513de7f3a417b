"""The solution's side of tests that are code: it answers what they ask, and sees neither their source nor what they expect.

A question is `[kind, number, name]` and a packed `[arguments, options]`; the answer is packed too: `["v", value]` or
`["e", type, bases, arguments, line]`. Objects that are no data stay here, under a number.
"""

import builtins
import json
import operator
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from steppingstone.sandbox import frames, graph, program

_OPERATIONS: dict[str, Callable[..., object]] = {
    "len": len, "str": str, "repr": repr, "bool": bool, "list": list, "next": next, "float": float, "int": int,
    "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem,
    "isinstance": lambda kind, value: isinstance(value, kind),
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv, "matmul": operator.matmul,
    "neg": operator.neg, "enter": lambda v: type(v).__enter__(v), "exit": lambda v: type(v).__exit__(v, None, None, None),
}  # fmt: skip


class Solution:
    """The loaded module, and the objects that the tests hold handles of."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._held: list[object] = []
        self._numbers: dict[int, int] = {}
        self._shared: Mapping[str, type] = {}

    def answer(self, question: bytes) -> bytes:
        """The packed answer to one question of the tests."""
        head, payload = frames.unpack_parts(question)
        kind, number, name = json.loads(head)
        reader = graph.Reader(self._shared, self._resolve)
        try:
            arguments, options = reader.unpack(payload)
            root = ["v", self._do(kind, number, name, arguments, options)]
            return self._pack(root, reader.nodes)
        except BaseException as error:  # a program's own exception is data
            return self._pack(_describe(error), [])

    def _do(self, kind: str, number: int, name: str, arguments: list[Any], options: dict[str, Any]) -> object:
        if kind == "share":
            return self._share(arguments)
        if kind == "name":
            return (self._module.__dict__[name],) if name in self._module.__dict__ else ()
        target: Any = self._held[number]
        if kind == "get":
            return getattr(target, name)
        if kind == "set":
            setattr(target, name, *arguments)
            return None
        if kind == "call":
            return target(*arguments, **options)
        return _OPERATIONS[name](target, *arguments)

    def _share(self, names: list[str]) -> list[str]:
        """From now on, instances of these classes travel by value, as far as this side has them."""
        own = self._module.__dict__
        self._shared = {name: own[name] for name in names if isinstance(own.get(name), type)}
        return list(self._shared)

    def _pack(self, root: object, known: list[object]) -> bytes:
        writer = graph.Writer(self._shared, self._hold)
        writer.know(known)
        return writer.pack(root)

    def _hold(self, value: object) -> object:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._held)
            self._held.append(value)
        if isinstance(value, type) and issubclass(value, BaseException):
            return {"h": [number, value.__name__, _bases(value)]}
        return {"h": [number]}

    def _resolve(self, body: list[int]) -> object:
        return self._held[body[0]]


def serve(source: str, send: program.Send, receive: Callable[[], bytes]) -> None:
    """Load the source, say so, then answer until the end."""
    module = _load(source)
    if isinstance(module, tuple):
        send(frames.pack_frame(module[0], 0, module[1]))
        return
    send(frames.pack_frame(frames.LOADED, 0))
    solution = Solution(sys.modules.setdefault(program.MODULE_NAME, module))
    index = 0
    while True:
        send(frames.pack_frame(frames.REPLY, index, solution.answer(receive())))
        index += 1


def _load(source: str) -> ModuleType | program.Result:
    code = program.compiled(source)
    try:
        return program.execute(code) if not isinstance(code, tuple) else code
    except BaseException as error:  # a program's own exception is data
        return program.failure(error)


def _bases(kind: type) -> str:
    """The nearest builtin exception that it is one of."""
    return str(next(base.__name__ for base in kind.__mro__ if getattr(builtins, base.__name__, None) is base))


def _describe(error: BaseException) -> list[object]:
    if isinstance(error, MemoryError):
        error.__traceback__ = None
    try:
        arguments = list(error.args)
        graph.Writer({}, _refuse).pack(arguments)
    except BaseException:  # an exception's arguments may be anything
        arguments = [program.clip(error)]
    return ["e", type(error).__name__[:100], _bases(type(error)), arguments, program.locate(error.__traceback__)[1]]


def _refuse(value: object) -> object:
    raise graph.Unsendable(type(value).__name__)
