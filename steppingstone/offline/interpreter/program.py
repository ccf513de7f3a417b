"""A program compiled once and run on many inputs."""

import ast
from dataclasses import dataclass
from typing import Any

from steppingstone.offline.interpreter.machine import Machine, Stopped, Unsupported
from steppingstone.offline.interpreter.scopes import scope_of
from steppingstone.offline.interpreter.statements import Statements
from steppingstone.syntax import parse

MAX_NESTING = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What one call came to: a value, or the name of the exception and, for an assertion, the function it stands in."""

    value: Any
    error: str
    place: str
    steps: int

    @property
    def ok(self) -> bool:
        """Whether the call returned."""
        return not self.error


class Program:
    """The functions of some source code, interpreted. Raises `Unsupported` for code beyond this interpreter."""

    def __init__(self, code: str, limit: int, noisy: bool = False) -> None:
        self.machine = Machine(limit)
        try:
            self.tree = parse(code)
            _check_nesting(self.tree, MAX_NESTING)
            scope = scope_of(self.tree.body, (), None)
            body = Statements(self.machine, noisy).block(self.tree.body, scope)
            self.env: dict[Any, Any] = {}
            body(self.env)
        except Unsupported:
            raise
        except Exception as error:
            raise Unsupported(f"{type(error).__name__}: {error}") from error

    def call(self, name: str, value: Any, trip: float = float("inf")) -> Run:
        """Calls a function on a value of its own; the machine slips when its effort passes `trip`."""
        self.machine.reset(trip)
        try:
            result = self.env[name](fresh(value))
        except Stopped as error:
            return Run(None, type(error).__name__, "", self.machine.steps)
        except Exception as error:
            place = str(error) if isinstance(error, AssertionError) else ""
            return Run(None, type(error).__name__, place, self.machine.steps)
        return Run(result, "", "", self.machine.steps)


def fresh(value: Any) -> Any:
    """A copy of a literal's value that a program may change."""
    kind = type(value)
    if kind is list:
        return [fresh(item) for item in value]
    if kind is dict:
        return {key: fresh(item) for key, item in value.items()}
    if kind is tuple:
        return tuple([fresh(item) for item in value])
    return set(value) if kind is set else value


def _check_nesting(node: ast.AST, left: int) -> None:
    if left == 0:
        raise Unsupported(f"nested deeper than {MAX_NESTING}")
    for child in ast.iter_child_nodes(node):
        _check_nesting(child, left - 1)
