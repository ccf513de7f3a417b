"""Source code of proposals: its caps, the imports it may use, and the form in which students see it."""

import ast
import warnings

from steppingstone.records import Reason, Rejection, content_id

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
    """The syntax tree of a proposal's code, or why it can't be used: too long, no Python, an import, a missing function.

    Code that Python reads and `presentable` cannot write (nested too deeply, a number too long) counts as no Python.
    """
    if len(code) > MAX_SOURCE:
        return Rejection(Reason.SOURCE_TOO_LONG, f"{len(code)} characters; at most {MAX_SOURCE}")
    try:
        tree = _parsed(code)
        presentable(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Rejection(Reason.SYNTAX_ERROR, str(error)[:200])
    if outside := sorted(_imported(tree) - ALLOWED_MODULES):
        return Rejection(Reason.FORBIDDEN_IMPORT, f"{', '.join(outside)} may not be imported")
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if missing := [name for name in functions if name not in defined]:
        return Rejection(Reason.MISSING_FUNCTION, f"no function {', '.join(missing)} at the top level")
    return tree


def _parsed(code: str) -> ast.Module:
    """The tree, without the compiler's warnings: they are about the teacher's code, and none of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


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
    """The code without comments and bare strings, which may give answers away, in one uniform layout."""
    return ast.unparse(ast.fix_missing_locations(_WithoutBareStrings().visit(tree)))


class _WithoutBareStrings(ast.NodeTransformer):
    """Drops strings that stand as statements, docstrings among them, and fills a block that held nothing else."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        bare = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if bare else self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        filled = [name for name in _BLOCKS if getattr(node, name, None)]
        super().generic_visit(node)
        for name in filled:
            if not getattr(node, name) and not isinstance(node, ast.Module):
                setattr(node, name, [ast.Pass()])
        return node


_BLOCKS = ("body", "orelse", "finalbody")


def canonical_form(code: str) -> str:
    """A digest that is the same for programs that differ in comments, layout and the names of their variables alone.

    A name that is also an attribute, a keyword or a string of the program is more than a variable's, and counts.
    """
    tree = _parsed(presentable(_parsed(code)))
    return content_id(ast.dump(_Renamed(tree).visit(tree)))


class _Renamed(ast.NodeTransformer):
    """Gives each name that the program itself binds its number by first appearance; all other names stay."""

    def __init__(self, tree: ast.Module) -> None:
        self._numbers: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._number(node.id)
            elif isinstance(node, ast.arg):
                self._number(node.arg)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self._number(node.name)

    def _number(self, name: str) -> None:
        self._numbers.setdefault(name, f"#{len(self._numbers)}")  # no name of Python's begins so

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if isinstance(value, str) and value in self._numbers:
                is_variable = isinstance(node, ast.Name | ast.arg | ast.FunctionDef | ast.ClassDef)
                number = self._numbers[value]
                setattr(node, field, number if is_variable else f"{number} {value}")
        return super().generic_visit(node)
