"""A problem's function as the teacher sees it: a row of steps, which can be read back from its source."""

import ast
from dataclasses import dataclass, replace

from steppingstone.offline.teacher.kinds import KINDS
from steppingstone.syntax import parse

LOOPS = (ast.For, ast.While, ast.comprehension, ast.If, ast.IfExp)


@dataclass(frozen=True, slots=True)
class Step:
    """Some statements that turn a value of one kind into one of another; `cost` grows with loops and branches."""

    before: str
    after: str
    source: str
    cost: int


@dataclass(frozen=True, slots=True)
class Program:
    """Steps from an input of kind `kind`; `prelude` holds imports and helper functions."""

    kind: str
    steps: tuple[Step, ...]
    prelude: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """The kind of the value that comes out."""
        return self.steps[-1].after if self.steps else self.kind

    @property
    def cost(self) -> int:
        """The sum of the steps' costs."""
        return sum(step.cost for step in self.steps)

    def helpers(self) -> str:
        """Imports and helper functions that the steps need, as source."""
        text = "\n".join(step.source for step in self.steps)
        needed: list[str] = []
        for source in reversed(self.prelude):
            name = source.partition("(")[0].removeprefix("def ") if source.startswith("def ") else source.split()[-1]
            if name in text or any(name in other for other in needed):
                needed.insert(0, source)
        return "\n\n".join(needed) + "\n\n" if needed else ""

    def function(self, name: str) -> str:
        """The steps as a function of one argument."""
        lines = [f"{self.kind} = x", *(line for step in self.steps for line in step.source.splitlines())]
        return "\n".join([f"def {name}(x):", *(f"    {line}" for line in (*lines, f"return {self.result}"))])

    def with_steps(self, steps: tuple[Step, ...] | list[Step]) -> "Program":
        """The same program with other steps."""
        return replace(self, steps=tuple(steps))


def read_program(code: str, name: str, kind: str) -> Program:
    """The program whose steps stand in function `name` of `code`; without steps if there is no such function."""
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return Program(kind, ())
    prelude, body = list[str](), list[ast.stmt]()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            body = node.body
        elif not (isinstance(node, ast.FunctionDef) and node.name in ("f", "test", "is_valid")):
            prelude.append(ast.unparse(node))
    return _read_steps(body, kind, tuple(prelude))


def _read_steps(body: list[ast.stmt], kind: str, prelude: tuple[str, ...]) -> Program:
    steps, group, now, begun = list[Step](), list[ast.stmt](), kind, False
    for statement in body:
        if isinstance(statement, ast.Return):
            break
        group.append(statement)
        after = _assigned(statement)
        if after and not begun and isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "x":
            kind = after
            now, group, begun = after, [], True
        elif after:
            steps.append(Step(now, after, "\n".join(map(ast.unparse, group)), cost_of(group)))
            now, group = after, []
    return Program(kind, tuple(steps), prelude)


def _assigned(statement: ast.stmt) -> str:
    """The kind whose name a statement assigns, if it does."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in KINDS:
            return node.id
    return ""


def cost_of(statements: list[ast.stmt]) -> int:
    """One, and one more for each loop and branch."""
    return 1 + sum(isinstance(node, LOOPS) for statement in statements for node in ast.walk(statement))
