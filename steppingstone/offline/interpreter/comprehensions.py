"""Comprehensions: loops within an expression, whose variables are their own."""

import ast
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.expressions import Expressions
from steppingstone.offline.interpreter.scopes import Env, Scope
from steppingstone.offline.interpreter.targets import Evaluate


class Comprehensions(Expressions):
    """Compiles comprehensions. A generator expression is worked out at once, and then iterated over."""

    def on_listcomp(self, node: ast.ListComp, scope: Scope) -> Evaluate:
        element, loop = self.expression(node.elt, scope), self._loops(node.generators, scope)

        def evaluate(env: Env) -> Any:
            items: list[Any] = []
            loop(env, lambda inner: items.append(element(inner)))
            return items

        return evaluate

    def on_setcomp(self, node: ast.SetComp, scope: Scope) -> Evaluate:
        items = self.on_listcomp(ast.ListComp(node.elt, node.generators), scope)
        return lambda env: set(items(env))

    def on_generatorexp(self, node: ast.GeneratorExp, scope: Scope) -> Evaluate:
        items = self.on_listcomp(ast.ListComp(node.elt, node.generators), scope)
        return lambda env: iter(items(env))

    def on_dictcomp(self, node: ast.DictComp, scope: Scope) -> Evaluate:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        items = self.on_listcomp(ast.ListComp(pair, node.generators), scope)
        return lambda env: dict(items(env))

    def _loops(self, generators: list[ast.comprehension], scope: Scope) -> Callable[[Env, Callable[[Env], object]], None]:
        """Runs a body for each turn of the comprehension's loops, whose variables are put back as they were."""
        levels = [self._loop(generator, scope) for generator in generators]
        names = sorted({n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)})

        def turn(env: Env, depth: int, body: Callable[[Env], object]) -> None:
            if depth == len(levels):
                body(env)
                return
            for _ in levels[depth](env):
                turn(env, depth + 1, body)

        def run(env: Env, body: Callable[[Env], object]) -> None:
            saved = {name: env[name] for name in names if name in env}
            try:
                turn(env, 0, body)
            finally:
                for name in names:
                    env.pop(name, None)
                env.update(saved)

        return run

    def _loop(self, generator: ast.comprehension, scope: Scope) -> Callable[[Env], Any]:
        source, assign = self.expression(generator.iter, scope), self.target(generator.target, scope)
        tests, tick = [self.expression(test, scope) for test in generator.ifs], self.machine.tick

        def values(env: Env) -> Any:
            for value in source(env):
                tick()
                assign(env, value)
                if all(test(env) for test in tests):
                    yield value

        return values
