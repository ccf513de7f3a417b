"""Assignment targets: names, places in a container, and tuples of targets."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.machine import Unsupported
from steppingstone.offline.interpreter.operators import bounded
from steppingstone.offline.interpreter.scopes import Env, Scope

Evaluate = Callable[[Env], Any]
Assign = Callable[[Env, Any], None]


class Targets(ABC):
    """Compiles assignment targets."""

    @abstractmethod
    def expression(self, node: ast.expr, scope: Scope) -> Evaluate:
        """The closure of an expression."""

    def target(self, node: ast.expr, scope: Scope) -> Assign:
        """The closure that assigns to a target."""
        if isinstance(node, ast.Name):
            name = node.id
            return lambda env, value: env.__setitem__(name, value)
        if isinstance(node, ast.Tuple | ast.List):
            return self._unpack(node.elts, scope)
        if isinstance(node, ast.Subscript):
            owner, index = self.expression(node.value, scope), self.expression(node.slice, scope)
            return lambda env, value: _put(owner(env), index(env), value)
        raise Unsupported(f"assigning to {type(node).__name__}")

    def _unpack(self, nodes: list[ast.expr], scope: Scope) -> Assign:
        starred = [index for index, node in enumerate(nodes) if isinstance(node, ast.Starred)]
        targets = [self.target(node.value if isinstance(node, ast.Starred) else node, scope) for node in nodes]

        def assign(env: Env, value: Any) -> None:
            values = list(value)
            if starred:
                (at,) = starred
                after = len(targets) - at - 1
                values[at : len(values) - after] = [values[at : len(values) - after]]
            if len(values) != len(targets):
                raise ValueError(f"expected {len(targets)} values to unpack, got {len(values)}")
            for target, item in zip(targets, values, strict=True):
                target(env, item)

        return assign


def _put(owner: Any, index: Any, value: Any) -> None:
    if isinstance(index, slice):
        value = bounded(list(value))
        bounded(owner)
    owner[index] = value
