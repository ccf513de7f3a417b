"""Expressions, compiled to closures over the variables of a call."""

import ast
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.builtin_names import BUILTINS, Module
from steppingstone.offline.interpreter.calls import native, user_function
from steppingstone.offline.interpreter.machine import Machine, Unsupported
from steppingstone.offline.interpreter.methods import method
from steppingstone.offline.interpreter.operators import BINARY, COMPARE, UNARY, bounded, check_format
from steppingstone.offline.interpreter.scopes import Env, Scope, find, scope_of
from steppingstone.offline.interpreter.targets import Evaluate, Targets

_CONVERSIONS: dict[int, Callable[[Any], Any]] = {115: str, 114: repr, 97: ascii}


class Expressions(Targets):
    """Compiles expressions. With `noisy`, each value worked out is passed to the machine's `note`."""

    def __init__(self, machine: Machine, noisy: bool) -> None:
        self.machine, self.noisy = machine, noisy

    def expression(self, node: ast.expr, scope: Scope) -> Evaluate:
        """The closure of an expression. Raises `Unsupported` for a form that is not known."""
        compile_ = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if compile_ is None:
            raise Unsupported(type(node).__name__)
        return compile_(node, scope)  # type: ignore[no-any-return]

    def _noted(self, evaluate: Evaluate) -> Evaluate:
        if not self.noisy:
            return evaluate
        note = self.machine.note
        return lambda env: note(evaluate(env))

    def on_constant(self, node: ast.Constant, _scope: Scope) -> Evaluate:
        value = node.value
        return lambda _env: value

    def on_name(self, node: ast.Name, scope: Scope) -> Evaluate:
        name = node.id
        if not scope.bound(name) and name in BUILTINS:
            value = BUILTINS[name]
            return lambda _env: value

        def load(env: Env) -> Any:
            try:
                return env[name]
            except KeyError:
                return find(env, name)

        return load

    def on_binop(self, node: ast.BinOp, scope: Scope) -> Evaluate:
        left, right = self.expression(node.left, scope), self.expression(node.right, scope)
        if type(node.op) not in BINARY:
            raise Unsupported(type(node.op).__name__)
        operate, tick = BINARY[type(node.op)], self.machine.tick

        def evaluate(env: Env) -> Any:
            tick()
            return operate(left(env), right(env))

        return self._noted(evaluate)

    def on_unaryop(self, node: ast.UnaryOp, scope: Scope) -> Evaluate:
        operand, operate = self.expression(node.operand, scope), UNARY[type(node.op)]
        return lambda env: operate(operand(env))

    def on_boolop(self, node: ast.BoolOp, scope: Scope) -> Evaluate:
        parts = [self.expression(value, scope) for value in node.values]
        ends = isinstance(node.op, ast.Or)

        def evaluate(env: Env) -> Any:
            value: Any = None
            for part in parts:
                value = part(env)
                if bool(value) is ends:
                    break
            return value

        return evaluate

    def on_compare(self, node: ast.Compare, scope: Scope) -> Evaluate:
        first = self.expression(node.left, scope)
        rest = [(COMPARE[type(o)], self.expression(c, scope)) for o, c in zip(node.ops, node.comparators, strict=True)]
        tick = self.machine.tick

        def evaluate(env: Env) -> Any:
            tick()
            left = first(env)
            result: Any = True
            for compare, other in rest:
                right = other(env)
                result = compare(left, right)
                if not result:
                    return result
                left = right
            return result

        return self._noted(evaluate)

    def on_ifexp(self, node: ast.IfExp, scope: Scope) -> Evaluate:
        test, body, other = (self.expression(part, scope) for part in (node.test, node.body, node.orelse))
        return lambda env: body(env) if test(env) else other(env)

    def on_namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Evaluate:
        assign, value = self.target(node.target, scope), self.expression(node.value, scope)

        def evaluate(env: Env) -> Any:
            result = value(env)
            assign(env, result)
            return result

        return evaluate

    def on_attribute(self, node: ast.Attribute, scope: Scope) -> Evaluate:
        owner, name = self.expression(node.value, scope), node.attr

        def evaluate(env: Env) -> Any:
            value = owner(env)
            if type(value) is Module:
                if name not in value.names:
                    raise Unsupported(f"a module's {name}")
                return value.names[name]
            if isinstance(value, type) and name == "__name__":
                return value.__name__
            return method(value, name)

        return evaluate

    def on_subscript(self, node: ast.Subscript, scope: Scope) -> Evaluate:
        owner, index = self.expression(node.value, scope), self.expression(node.slice, scope)
        return self._noted(lambda env: owner(env)[index(env)])

    def on_slice(self, node: ast.Slice, scope: Scope) -> Evaluate:
        parts = [self.expression(p, scope) if p else _nothing for p in (node.lower, node.upper, node.step)]
        return lambda env: slice(*[part(env) for part in parts])

    def on_starred(self, _node: ast.Starred, _scope: Scope) -> Evaluate:
        raise Unsupported("a starred expression here")

    def _items(self, nodes: list[ast.expr], scope: Scope) -> Evaluate:
        parts = [
            (isinstance(n, ast.Starred), self.expression(n.value if isinstance(n, ast.Starred) else n, scope)) for n in nodes
        ]
        if not any(starred for starred, _ in parts):
            plain = [part for _, part in parts]
            return lambda env: [part(env) for part in plain]

        def evaluate(env: Env) -> Any:
            items: list[Any] = []
            for starred, part in parts:
                items.extend(part(env)) if starred else items.append(part(env))
                bounded(items)
            return items

        return evaluate

    def on_list(self, node: ast.List, scope: Scope) -> Evaluate:
        return self._items(node.elts, scope)

    def on_tuple(self, node: ast.Tuple, scope: Scope) -> Evaluate:
        items = self._items(node.elts, scope)
        return lambda env: tuple(items(env))

    def on_set(self, node: ast.Set, scope: Scope) -> Evaluate:
        items = self._items(node.elts, scope)
        return lambda env: set(items(env))

    def on_dict(self, node: ast.Dict, scope: Scope) -> Evaluate:
        pairs = [
            (self.expression(k, scope) if k else None, self.expression(v, scope))
            for k, v in zip(node.keys, node.values, strict=True)
        ]

        def evaluate(env: Env) -> Any:
            made: dict[Any, Any] = {}
            for key, value in pairs:
                if key is None:
                    made.update(value(env))
                else:
                    made[key(env)] = value(env)
            return made

        return evaluate

    def on_joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Evaluate:
        parts = [self.expression(value, scope) for value in node.values]
        return lambda env: bounded("".join([part(env) for part in parts]))

    def on_formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> Evaluate:
        value = self.expression(node.value, scope)
        spec = self.expression(node.format_spec, scope) if node.format_spec else None
        convert = _CONVERSIONS.get(node.conversion, _same)

        def evaluate(env: Env) -> Any:
            form = spec(env) if spec else ""
            check_format(form)
            return format(convert(value(env)), form)

        return self._noted(evaluate)

    def on_lambda(self, node: ast.Lambda, scope: Scope) -> Evaluate:
        names = tuple(argument.arg for argument in all_arguments(node.args))
        inner = scope_of([node.body], names, scope)
        body = self.expression(node.body, inner)
        defaults = self.defaults(node.args, scope)
        return lambda env: user_function(self.machine, node.args, defaults(env), env, body)

    def defaults(self, arguments: ast.arguments, scope: Scope) -> Callable[[Env], dict[str, Any]]:
        """Evaluates the default values of parameters, by name."""
        positional = [*arguments.posonlyargs, *arguments.args]
        last = positional[len(positional) - len(arguments.defaults) :]
        given = list(zip(last, arguments.defaults, strict=True))
        given += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        parts = [(argument.arg, self.expression(default, scope)) for argument, default in given]
        return lambda env: {name: part(env) for name, part in parts}

    def on_call(self, node: ast.Call, scope: Scope) -> Evaluate:
        if any(keyword.arg is None for keyword in node.keywords):
            raise Unsupported("a call with **")
        function, arguments = self.expression(node.func, scope), self._items(node.args, scope)
        named = [(keyword.arg or "", self.expression(keyword.value, scope)) for keyword in node.keywords]
        machine = self.machine

        def evaluate(env: Env) -> Any:
            called, values = function(env), arguments(env)
            options = {name: part(env) for name, part in named} if named else {}
            return native(machine, called, values, options)

        return self._noted(evaluate)


def _same(item: Any) -> Any:
    return item


def _nothing(_env: Env) -> None:
    return None


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function."""
    star = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *star]
