"""A piece of the seed made into a step of a program."""

import ast
from random import Random
from textwrap import indent

from steppingstone.offline.teacher.forms import forms
from steppingstone.offline.teacher.harvest import Piece
from steppingstone.offline.teacher.palette import Palette
from steppingstone.offline.teacher.program import Step, cost_of
from steppingstone.syntax import parse, parse_expression


def borrow(piece: Piece, kind: str, palette: Palette, source: Random) -> Step:
    """The step that applies the piece to the value at hand, with constants for its other holes."""
    at = piece.kinds.index(kind) if kind in piece.kinds else 0
    values = [_constant(wanted, palette, source) for wanted in piece.kinds]
    values[at] = kind
    if piece.name:
        expression = f"{piece.name}({', '.join(values)})"
    else:
        filled = _Filled(dict(zip(piece.holes, values, strict=True))).visit(parse_expression(piece.source))
        expression = ast.unparse(ast.fix_missing_locations(filled))
    after, text = _assignment(piece.result, expression, kind, palette, source)
    return Step(kind, after, text, cost_of(parse(text).body) + len(piece.source) // 120)


def prelude(piece: Piece) -> tuple[str, ...]:
    """The imports and the function that the step needs."""
    return (*(f"import {module}" for module in piece.imports), piece.source) if piece.name else ()


def _constant(kind: str, palette: Palette, source: Random) -> str:
    if kind == "number":
        return str(palette.number(source, 1, 30))
    if kind == "text":
        return repr(source.choice(palette.words)[: source.randint(1, 5)])
    if kind == "numbers":
        return str([palette.number(source, 1, 40) for _ in range(source.randint(2, 4))])
    if kind == "table":
        return str({source.choice(palette.words): palette.number(source, 1, 20) for _ in range(2)})
    return str([source.choice(palette.words) for _ in range(source.randint(2, 3))])


def _assignment(result: str, expression: str, kind: str, palette: Palette, source: Random) -> tuple[str, str]:
    if result == "flag":
        yes, no = (palette.fill(source.choice(forms(kind, kind, dearest=1)), source).source for _ in range(2))
        return kind, f"if {expression}:\n{indent(yes, '    ')}\nelse:\n{indent(no, '    ')}"
    if result == "fraction":
        return "number", f"number = int({expression})"
    if result in ("number", "text", "numbers", "words"):
        return result, f"{result} = {expression}"
    return "text", f"text = str({expression})"


class _Filled(ast.NodeTransformer):
    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        text = self.values.get(node.id) if isinstance(node.ctx, ast.Load) else None
        return parse_expression(text).body if text else node
