"""Calls: of functions that the program defines, and of builtins, whose work is charged by the size of what they get."""

import ast
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.machine import Machine, Unsupported
from steppingstone.offline.interpreter.operators import bounded
from steppingstone.offline.interpreter.scopes import PARENT, Env

ITEMS_PER_STEP = 16


def native(machine: Machine, called: Any, values: list[Any], options: dict[str, Any]) -> Any:
    """Calls a function with values; one that is not the program's own is charged and its result measured."""
    if isinstance(called, UserFunction):
        return called(*values, **options)
    cost = 1
    for value in values:
        if hasattr(value, "__len__") and type(value) is not type:
            cost += len(value) // ITEMS_PER_STEP
    machine.tick(cost)
    return bounded(called(*values, **options))


class UserFunction:
    """A function that the interpreted program defines; builtins such as `sorted` may call it too."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *values: Any, **options: Any) -> Any:
        return self._call(*values, **options)

    def __repr__(self) -> str:
        return "<function>"


def user_function(
    machine: Machine, arguments: ast.arguments, defaults: dict[str, Any], outer: Env, body: Callable[[Env], Any]
) -> UserFunction:
    """A function with these parameters whose body is evaluated in a new environment within `outer`."""
    bind = _binder(arguments, defaults)

    def call(*values: Any, **options: Any) -> Any:
        env = bind(values, options)
        env[PARENT] = outer
        machine.enter()
        burden = machine.burden
        try:
            return body(env)
        finally:
            machine.depth -= 1
            machine.burden = burden

    return UserFunction(call)


def _binder(arguments: ast.arguments, defaults: dict[str, Any]) -> Callable[[tuple[Any, ...], dict[str, Any]], Env]:
    if arguments.kwarg:
        raise Unsupported("a parameter with **")
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    keywords = [argument.arg for argument in arguments.kwonlyargs]
    star = arguments.vararg.arg if arguments.vararg else None

    def bind(values: tuple[Any, ...], options: dict[str, Any]) -> Env:
        if len(values) == len(names) and not options and not keywords and star is None:
            return dict(zip(names, values, strict=True))
        env: Env = {**defaults, **dict(zip(names, values, strict=False))}
        if star is not None:
            env[star] = tuple(values[len(names) :])
        elif len(values) > len(names):
            raise TypeError(f"takes {len(names)} positional arguments but {len(values)} were given")
        _bind_options(env, options, {*names, *keywords}, set(names[: len(values)]))
        if missing := [name for name in (*names, *keywords) if name not in env]:
            raise TypeError(f"missing argument {missing[0]!r}")
        return env

    return bind


def _bind_options(env: Env, options: dict[str, Any], known: set[str], given: set[str]) -> None:
    for name, value in options.items():
        if name not in known or name in given:
            raise TypeError(f"got an unexpected or repeated keyword argument {name!r}")
        env[name] = value
