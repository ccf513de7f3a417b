"""What can be taken from a seed: functions and expressions that stand alone, and its constants, words and operators.

A snippet is often cut in the middle of a function or indented, so it is read line by line as far as it parses.
"""

import ast
import builtins
import re
import textwrap
from dataclasses import dataclass
from typing import TypeVar

from steppingstone.offline.teacher import kinds
from steppingstone.sources import ALLOWED_MODULES
from steppingstone.syntax import parse, parse_expression

T = TypeVar("T")
_SAFE = frozenset(kinds.BY_BUILTIN) | frozenset(
    "isinstance bool float filter repr tuple frozenset bytes pow ascii next iter".split()
)
_BARRED = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFunctionDef, ast.Global, ast.Nonlocal, ast.With, ast.ClassDef,
           ast.Import, ast.ImportFrom, ast.Delete, ast.NamedExpr, ast.Starred)  # fmt: skip
_FORMS = (ast.BinOp, ast.Compare, ast.Call, ast.Subscript, ast.ListComp, ast.IfExp, ast.BoolOp, ast.JoinedStr)
_MUTABLE = frozenset("append extend insert pop remove update add write read close sort clear setdefault popitem".split())
_ADDRESSED = frozenset("enumerate zip map filter reversed iter set frozenset".split())
_WORD = re.compile(r"[A-Za-z]{3,12}")
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.BitXor: "^", ast.BitOr: "|", ast.FloorDiv: "//", ast.Mod: "%"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Code that stands alone. `holes` are its free names (a function's parameters) and `kinds` their guessed kinds."""

    source: str
    holes: tuple[str, ...]
    kinds: tuple[str, ...]
    result: str
    name: str = ""
    imports: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Characters of source."""
        return len(self.source)


@dataclass(frozen=True, slots=True)
class Harvest:
    """All that a snippet gives."""

    functions: tuple[Piece, ...]
    expressions: tuple[Piece, ...]
    numbers: tuple[int, ...]
    words: tuple[str, ...]
    signs: tuple[str, ...]


def harvest(text: str) -> Harvest:
    """Everything that can be taken from a snippet; of unreadable text its words alone."""
    trees = _parse_parts(text)
    functions = _functions(trees)
    expressions: dict[str, Piece] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, _FORMS) and (piece := _expression(node)):
                expressions.setdefault(piece.source, piece)
    nodes = [node for tree in trees for node in ast.walk(tree)]
    numbers = [n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) is int and 1 < n.value < 1000]
    signs = [_SIGNS[type(n.op)] for n in nodes if isinstance(n, ast.BinOp) and type(n.op) in _SIGNS]
    words = [word.lower() for word in _WORD.findall(text)]
    return Harvest(functions, tuple(expressions.values()), _distinct(numbers), _distinct(words), _distinct(signs))


def _distinct(items: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _parse_parts(text: str) -> list[ast.AST]:
    whole = _parse(textwrap.dedent(text))
    if whole is not None:
        return [whole]
    lines, parts, at = text.splitlines(), list[ast.AST](), 0
    while at < len(lines):
        tree, used = _longest(lines, at)
        if tree is not None:
            parts.append(tree)
        at += used
    return parts


def _parse(source: str) -> ast.Module | None:
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _longest(lines: list[str], at: int) -> tuple[ast.AST | None, int]:
    """The tree of the most lines from `at` that parse: a whole block, less what is cut off its end, or one statement."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    if lines[at].lstrip().startswith("def "):
        while end < len(lines) and lines[end].strip().startswith((")", "]", "}")) and lines[end].rstrip().endswith(":"):
            end += 1
            while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
                end += 1
        for stop in range(end, max(at, end - 6), -1):
            if (tree := _parse(textwrap.dedent("\n".join(lines[at:stop])))) is not None:
                return tree, stop - at
    for stop in range(at + 1, min(at + 5, len(lines)) + 1):
        if (tree := _parse(_completed("\n".join(lines[at:stop]).strip()))) is not None:
            return tree, stop - at
    return None, 1


def _completed(statement: str) -> str:
    """A statement's head made whole: `elif …:` becomes `if …: pass`."""
    if statement.endswith(":"):
        return re.sub(r"^elif\b", "if", statement) + " pass"
    return statement


def _functions(trees: list[ast.AST]) -> tuple[Piece, ...]:
    found: dict[str, Piece] = {}
    for tree in trees:
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        modules = {alias.name for node in imports for alias in node.names if not alias.asname} & ALLOWED_MODULES
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (piece := _function(node, modules)):
                found.setdefault(piece.name, piece)
    return tuple(found.values())


def _function(node: ast.FunctionDef, modules: set[str]) -> Piece | None:
    arguments, inner = node.args, list(ast.walk(node))
    required = arguments.args[: len(arguments.args) - len(arguments.defaults)] or arguments.args[:1]
    if not 1 <= len(required) <= 3 or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        return None
    if any(isinstance(n, _BARRED) for n in inner) or node.name.startswith("__") or required[0].arg in ("self", "cls"):
        return None
    returns = [n.value for n in inner if isinstance(n, ast.Return) and n.value is not None]
    free = _free(node) - {node.name}
    if any(map(_without_order, returns)):
        return None
    if not returns or free - _SAFE - ALLOWED_MODULES - _errors() or len(node.body) > 20:
        return None
    holes = tuple(argument.arg for argument in required)
    known = {a.arg: kinds.annotated(a.annotation) or kinds.guess(a.arg, [node]) or "text" for a in required}
    outcome = {kinds.result(value, known) for value in returns}
    source = ast.unparse(ast.fix_missing_locations(_bare(node)))
    used = tuple(sorted(free & ALLOWED_MODULES - _SAFE | free & modules))
    return Piece(source, holes, tuple(known.values()), outcome.pop() if len(outcome) == 1 else "", node.name, used)


def _bare(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function without docstring, annotations and decorators, which may name what the snippet lacks."""
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))] or [ast.Pass()]
    node.body = [_plain(statement) for statement in body]
    node.decorator_list, node.returns = [], None
    for argument in node.args.args:
        argument.annotation = None
    return node


def _plain(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.Assign([statement.target], statement.value)
    return statement


def _free(node: ast.AST) -> set[str]:
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    bound |= {n.name for n in ast.walk(node) if isinstance(n, ast.ExceptHandler) and n.name}
    return {n.id for n in names} - bound


def _errors() -> set[str]:
    return {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}


def _expression(node: ast.expr) -> Piece | None:
    inner = list(ast.walk(node))
    if not 4 <= len(inner) <= 40 or any(isinstance(n, (*_BARRED, ast.Lambda, ast.Is, ast.IsNot)) for n in inner):
        return None
    node = _Flattened().visit(parse_expression(ast.unparse(node)).body)
    calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    if not all(_callable(function) for function in calls) or _without_order(node):
        return None
    holes = tuple(sorted(_free(node) - _SAFE - {function.id for function in calls if isinstance(function, ast.Name)}))
    if not 1 <= len(holes) <= 3 or any(hasattr(builtins, hole) for hole in holes):
        return None
    if any(isinstance(n, ast.Attribute) and n.attr not in kinds.TEXT_METHODS | kinds.TABLE_METHODS for n in ast.walk(node)):
        return None
    known = {hole: kinds.guess(hole, [node]) or "number" for hole in holes}
    source = ast.unparse(node)
    return Piece(source, holes, tuple(known.values()), kinds.result(node, known)) if len(source) <= 100 else None


def _without_order(value: ast.expr) -> bool:
    """Whether a value's text tells an address, or an order that no one chose."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        inner = value.func.id in ("str", "repr") and any(map(_without_order, value.args))
        return inner or value.func.id in _ADDRESSED
    return isinstance(value, (ast.GeneratorExp, ast.Set, ast.SetComp))


def _callable(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _SAFE and function.id != "isinstance"
    return (
        isinstance(function, ast.Attribute)
        and function.attr in kinds.TEXT_METHODS | kinds.TABLE_METHODS
        and function.attr not in _MUTABLE
    )


class _Flattened(ast.NodeTransformer):
    """Takes `self.width` and `options.width`, where they are values and not methods called, for a variable `width`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            return ast.Name(node.attr, ast.Load())
        return self.generic_visit(node)
