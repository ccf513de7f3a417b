"""What the lines of a Python document are: steps of logic, imports, docstrings, data; and where a statement goes on."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from steppingstone.syntax import parse

LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.comprehension)
DECISIONS = (ast.If, ast.Match, ast.Try, ast.IfExp, ast.BoolOp)
ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Statements that are no step towards a result.
IDLE = (ast.Pass, ast.Import, ast.ImportFrom, ast.Assert, ast.Raise, ast.Global, ast.Nonlocal, *DEFINITIONS)
COLLECTIONS = (ast.List, ast.Tuple, ast.Dict, ast.Set)
# A literal collection of so many constants, or a string over so many lines, is data rather than code.
DATA_CONSTANTS, DATA_LINES = 24, 6


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Lines, counted from 0. `steps`, `decisions` and `work` name a line as often as it has one; the others are sets.

    Steps are statements in functions or in module-level blocks, tests left out; decisions and work (loops, arithmetic,
    orderings) are what these are made of. `continued` are the lines on which a statement goes on.
    """

    steps: tuple[int, ...]
    decisions: tuple[int, ...]
    work: tuple[int, ...]
    imports: frozenset[int]
    docstrings: frozenset[int]
    data: frozenset[int]
    continued: frozenset[int]


def anatomy(code: str) -> Anatomy | None:
    """The anatomy of a document; None if it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _dissected(parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _dissected(tree: ast.Module) -> Anatomy:
    steps, decisions, work = list[int](), list[int](), list[int]()
    imports, docstrings, data, continued = set[int](), set[int](), set[int](), set[int]()
    for statement, counts in _statements(tree):
        line = statement.lineno - 1
        continued.update(_continuation(statement))
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imports.update(_lines(statement))
        elif _is_text(statement):
            docstrings.update(_lines(statement))
        elif not isinstance(statement, IDLE):
            nodes = list(_own_nodes(statement))
            data.update(line for node in nodes if _is_data(node) for line in _lines(node))
            if counts and not _is_check(statement):
                steps.append(line)
                decisions += [line for node in nodes if isinstance(node, DECISIONS)]
                work += [line for node in nodes if _is_work(node)]
    sets = (frozenset(lines) for lines in (imports, docstrings, data, continued))
    return Anatomy(tuple(steps), tuple(decisions), tuple(work), *sets)


def _statements(parent: ast.AST, in_block: bool = False, in_test: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """All statements below `parent`, each with whether it stands in a function or block that is no test."""
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.stmt):
            yield child, in_block and not in_test
            is_test = isinstance(child, DEFINITIONS) and child.name.lower().startswith("test")
            yield from _statements(child, not isinstance(child, ast.ClassDef), in_test or is_test)
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from _statements(child, in_block, in_test)


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and its expressions, without the statements inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _lines(node: ast.AST) -> range:
    return range(getattr(node, "lineno", 1) - 1, getattr(node, "end_lineno", 0))


def _continuation(statement: ast.stmt) -> range:
    """The lines on which a simple statement, or the head of a compound one, goes on."""
    if not isinstance(getattr(statement, "body", None), list):
        return _lines(statement)[1:]
    head = [_lines(node).stop for node in _own_nodes(statement) if isinstance(node, ast.expr | ast.arg)]
    return range(statement.lineno, max(head, default=0))


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_check(statement: ast.stmt) -> bool:
    """`self.assertEqual(...)` and its like."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr.lower().startswith("assert")


def _is_work(node: ast.AST) -> bool:
    """A loop, arithmetic (formatting a string is none) or an ordering."""
    if isinstance(node, ast.BinOp):
        return not any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right))
    if isinstance(node, ast.Compare):
        return any(isinstance(operator, ORDERINGS) for operator in node.ops)
    return isinstance(node, (*LOOPS, ast.AugAssign))


def _is_data(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes) and len(_lines(node)) >= DATA_LINES
    if not isinstance(node, COLLECTIONS):
        return False
    leaves = [leaf for leaf in ast.walk(node) if isinstance(leaf, ast.expr) and not isinstance(leaf, COLLECTIONS)]
    constants = sum(isinstance(leaf, ast.Constant) for leaf in leaves)
    return constants >= DATA_CONSTANTS and 2 * constants > len(leaves)
