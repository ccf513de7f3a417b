"""Statements, compiled to closures that tell how they ended: None, `BREAK`, `CONTINUE`, or the returned value in a tuple."""

import ast
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.builtin_names import MODULES
from steppingstone.offline.interpreter.calls import user_function
from steppingstone.offline.interpreter.comprehensions import Comprehensions
from steppingstone.offline.interpreter.expressions import all_arguments
from steppingstone.offline.interpreter.machine import Stopped, Unsupported
from steppingstone.offline.interpreter.operators import IN_PLACE
from steppingstone.offline.interpreter.scopes import Env, Scope, scope_of
from steppingstone.offline.interpreter.targets import Evaluate

BREAK, CONTINUE = object(), object()
Execute = Callable[[Env], Any]


class Statements(Comprehensions):
    """Compiles statements."""

    function = ""

    def block(self, body: list[ast.stmt], scope: Scope) -> Execute:
        """The closure of a list of statements."""
        steps = [self.statement(node, scope) for node in body]
        if len(steps) == 1:
            return steps[0]

        def run(env: Env) -> Any:
            for step in steps:
                end = step(env)
                if end is not None:
                    return end
            return None

        return run

    def statement(self, node: ast.stmt, scope: Scope) -> Execute:
        """The closure of a statement. Raises `Unsupported` for a form that is not known."""
        compile_ = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if compile_ is None:
            raise Unsupported(type(node).__name__)
        return compile_(node, scope)  # type: ignore[no-any-return]

    def on_expr(self, node: ast.Expr, scope: Scope) -> Execute:
        value = self.expression(node.value, scope)

        def run(env: Env) -> None:
            value(env)

        return run

    def on_pass(self, _node: ast.Pass, _scope: Scope) -> Execute:
        return lambda _env: None

    def on_break(self, _node: ast.Break, _scope: Scope) -> Execute:
        return lambda _env: BREAK

    def on_continue(self, _node: ast.Continue, _scope: Scope) -> Execute:
        return lambda _env: CONTINUE

    def on_return(self, node: ast.Return, scope: Scope) -> Execute:
        value: Evaluate = self.expression(node.value, scope) if node.value else lambda _env: None
        return lambda env: (value(env),)

    def on_assign(self, node: ast.Assign, scope: Scope) -> Execute:
        value, targets = self.expression(node.value, scope), [self.target(target, scope) for target in node.targets]
        machine = self.machine

        def run(env: Env) -> None:
            machine.tick()
            result = value(env)
            for target in targets:
                target(env, result)
            machine.burden = 1 + len(env) / 10

        return run

    def on_annassign(self, node: ast.AnnAssign, scope: Scope) -> Execute:
        if node.value is None:
            return lambda _env: None
        return self.on_assign(ast.Assign([node.target], node.value), scope)

    def on_augassign(self, node: ast.AugAssign, scope: Scope) -> Execute:
        if type(node.op) not in IN_PLACE:
            raise Unsupported(type(node.op).__name__)
        old = self.expression(_loaded(node.target), scope)
        value, operate, assign = self.expression(node.value, scope), IN_PLACE[type(node.op)], self.target(node.target, scope)
        result, tick = self._noted(lambda env: operate(old(env), value(env))), self.machine.tick

        def run(env: Env) -> None:
            tick()
            assign(env, result(env))

        return run

    def on_if(self, node: ast.If, scope: Scope) -> Execute:
        test, body = self.expression(node.test, scope), self.block(node.body, scope)
        other: Execute = self.block(node.orelse, scope) if node.orelse else lambda _env: None
        return lambda env: body(env) if test(env) else other(env)

    def on_for(self, node: ast.For, scope: Scope) -> Execute:
        source, assign, body = self.expression(node.iter, scope), self.target(node.target, scope), self.block(node.body, scope)
        other: Execute = self.block(node.orelse, scope) if node.orelse else lambda _env: None
        tick = self.machine.tick

        def run(env: Env) -> Any:
            for value in source(env):
                tick()
                assign(env, value)
                end = body(env)
                if end is BREAK:
                    return None
                if end is not None and end is not CONTINUE:
                    return end
            return other(env)

        return run

    def on_while(self, node: ast.While, scope: Scope) -> Execute:
        test, body = self.expression(node.test, scope), self.block(node.body, scope)
        other: Execute = self.block(node.orelse, scope) if node.orelse else lambda _env: None
        tick = self.machine.tick

        def run(env: Env) -> Any:
            while test(env):
                tick()
                end = body(env)
                if end is BREAK:
                    return None
                if end is not None and end is not CONTINUE:
                    return end
            return other(env)

        return run

    def on_assert(self, node: ast.Assert, scope: Scope) -> Execute:
        test, place = self.expression(node.test, scope), self.function

        def run(env: Env) -> None:
            if not test(env):
                raise AssertionError(place)

        return run

    def on_raise(self, node: ast.Raise, scope: Scope) -> Execute:
        if node.exc is None:
            raise Unsupported("a bare raise")
        error = self.expression(node.exc, scope)

        def run(env: Env) -> None:
            value = error(env)
            if not (isinstance(value, Exception) or (isinstance(value, type) and issubclass(value, Exception))):
                raise TypeError("exceptions must derive from BaseException")
            raise value

        return run

    def on_try(self, node: ast.Try, scope: Scope) -> Execute:
        body, final = self.block(node.body, scope), self.block(node.finalbody, scope)
        other = self.block(node.orelse, scope)
        handlers = [self._handler(handler, scope) for handler in node.handlers]

        def run(env: Env) -> Any:
            try:
                end = body(env)
                end = other(env) if end is None else end
            except Stopped:
                raise
            except Exception as error:
                handle = next((handle for matches, handle in handlers if matches(env, error)), None)
                if handle is None:
                    final(env)
                    raise
                end = handle(env, error)
            last = final(env)
            return end if last is None else last

        return run

    def _handler(self, node: ast.ExceptHandler, scope: Scope) -> tuple[Callable[..., bool], Callable[..., Any]]:
        kind = self.expression(node.type, scope) if node.type else lambda _env: Exception
        body, name = self.block(node.body, scope), node.name

        def handle(env: Env, error: Exception) -> Any:
            if name:
                env[name] = str(error)
            return body(env)

        return lambda env, error: isinstance(error, kind(env)), handle

    def on_delete(self, node: ast.Delete, scope: Scope) -> Execute:
        if not all(isinstance(target, ast.Subscript) for target in node.targets):
            raise Unsupported("deleting a name")
        pairs = [
            (self.expression(t.value, scope), self.expression(t.slice, scope))
            for t in node.targets
            if isinstance(t, ast.Subscript)
        ]

        def run(env: Env) -> None:
            for owner, index in pairs:
                owner(env).__delitem__(index(env))

        return run

    def on_functiondef(self, node: ast.FunctionDef, scope: Scope) -> Execute:
        if node.decorator_list or any(
            isinstance(inner, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal) for inner in ast.walk(node)
        ):
            raise Unsupported("a decorator, generator, global or nonlocal")
        names = tuple(argument.arg for argument in all_arguments(node.args))
        inner = scope_of(node.body, names, scope)
        outer, self.function = self.function, node.name
        body, defaults = self.block(node.body, inner), self.defaults(node.args, scope)
        self.function = outer

        def value(env: Env) -> Any:
            end = body(env)
            return end[0] if type(end) is tuple else None

        def run(env: Env) -> None:
            env[node.name] = user_function(self.machine, node.args, defaults(env), env, value)

        return run

    def on_import(self, node: ast.Import, _scope: Scope) -> Execute:
        if missing := [alias.name for alias in node.names if alias.name not in MODULES]:
            raise Unsupported(f"module {missing[0]}")
        found = {alias.asname or alias.name: MODULES[alias.name] for alias in node.names}
        return lambda env: env.update(found)

    def on_importfrom(self, node: ast.ImportFrom, _scope: Scope) -> Execute:
        module = MODULES.get(node.module or "")
        if module is None or any(alias.name not in module.names for alias in node.names):
            raise Unsupported(f"a name of module {node.module}")
        found = {alias.asname or alias.name: module.names[alias.name] for alias in node.names}
        return lambda env: env.update(found)


def _loaded(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Name):
        return ast.Name(node.id, ast.Load())
    if isinstance(node, ast.Subscript):
        return ast.Subscript(node.value, node.slice, ast.Load())
    raise Unsupported(f"changing {type(node).__name__}")
