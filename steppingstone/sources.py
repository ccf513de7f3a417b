"""Source code of proposals: its caps, the imports it may use, and the form in which students see it."""

import ast

from steppingstone.records import Reason, Rejection, content_id
from steppingstone.syntax import parse

MAX_SOURCE = 6_000
ALLOWED_MODULES = frozenset(
    {
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "cmath",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "json",
        "keyword",
        "math",
        "numbers",
        "operator",
        "re",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
    }
)


def check_source(code: str, functions: tuple[str, ...]) -> ast.Module | Rejection:
    """The syntax tree of a proposal's code, or why it can't be used: too long, no Python, an import, a missing function."""
    if len(code) > MAX_SOURCE:
        return Rejection(Reason.SOURCE_TOO_LONG, f"{len(code)} characters; at most {MAX_SOURCE}")
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Rejection(Reason.SYNTAX_ERROR, str(error)[:200])
    if outside := sorted(_imported(tree) - ALLOWED_MODULES):
        return Rejection(Reason.FORBIDDEN_IMPORT, f"{', '.join(outside)} may not be imported")
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if missing := [name for name in functions if name not in defined]:
        return Rejection(Reason.MISSING_FUNCTION, f"no function {', '.join(missing)} at the top level")
    return tree


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or ".").partition(".")[0] if not node.level else ".")
        elif isinstance(node, ast.Name) and node.id in ("__import__", "__loader__", "__builtins__"):
            names.add(node.id)
    return names


def presentable(tree: ast.Module) -> str:
    """The code without comments and docstrings, which may give answers away, in one uniform layout."""
    return ast.unparse(ast.fix_missing_locations(_WithoutDocstrings().visit(tree)))


class _WithoutDocstrings(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and isinstance(body, list):
            kept = [statement for statement in body if not _is_bare_string(statement)]
            node.body = kept if kept or isinstance(node, ast.Module) else [ast.Pass()]
        return node


def _is_bare_string(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )


def canonical_form(code: str) -> str:
    """A digest that is the same for programs that differ in comments, layout and the names of their variables alone."""
    tree = parse(presentable(parse(code)))
    return content_id(ast.dump(_Renamed().visit(tree)))


class _Renamed(ast.NodeTransformer):
    """Gives each name that the program itself binds its number by first appearance; all other names stay."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                self._number(inner.id)
            elif isinstance(inner, ast.arg):
                self._number(inner.arg)
            elif isinstance(inner, ast.FunctionDef | ast.ClassDef):
                self._number(inner.name)
        return self.generic_visit(node)

    def _number(self, name: str) -> None:
        self.numbers.setdefault(name, f"v{len(self.numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.numbers.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.numbers.get(node.arg, node.arg)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.numbers.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.numbers.get(node.name, node.name)
        return self.generic_visit(node)
