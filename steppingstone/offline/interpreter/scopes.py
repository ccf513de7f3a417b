"""Which names a function binds, so that each name is looked up where Python would look."""

import ast
from dataclasses import dataclass
from typing import Any

from steppingstone.offline.interpreter.builtin_names import BUILTINS

Env = dict[Any, Any]
"""The variables of one call; the key `PARENT` leads to those of the enclosing one."""
PARENT = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that one function (or the module) binds; `parent` is the enclosing one's."""

    names: frozenset[str]
    parent: "Scope | None"

    def bound(self, name: str) -> bool:
        """Whether this scope or an enclosing one binds the name."""
        return name in self.names or (self.parent is not None and self.parent.bound(name))


def scope_of(body: list[ast.stmt] | list[ast.expr], parameters: tuple[str, ...], parent: Scope | None) -> Scope:
    """The scope of a function's or the module's body. Names of comprehensions count as its own."""
    names = set(parameters)
    for node in body:
        _collect(node, names)
    return Scope(frozenset(names), parent)


def _collect(node: ast.AST, names: set[str]) -> None:
    if isinstance(node, ast.FunctionDef):
        names.add(node.name)
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        names.add(node.id)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        names.add(node.name)
    for child in ast.iter_child_nodes(node):
        _collect(child, names)


def find(env: Env, name: str) -> Any:
    """The value of a name that is not among the call's own variables."""
    place: Env | None = env.get(PARENT)
    while place is not None:
        if name in place:
            return place[name]
        place = place.get(PARENT)
    if name in BUILTINS:
        return BUILTINS[name]
    raise NameError(f"name {name!r} is not defined")
