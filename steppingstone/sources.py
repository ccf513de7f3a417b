"""Source code of proposals: its caps, the imports it may use, and the form in which students see it."""

import ast
from collections.abc import Iterable
from functools import lru_cache

from steppingstone.records import Reason, Rejection, content_id
from steppingstone.syntax import parse
from steppingstone.values import canonical

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


FORBIDDEN_NAMES = frozenset(
    "__import__ __loader__ __builtins__ eval exec compile globals locals vars open input breakpoint".split()
)
"""What a pure function has no use for, and what would hide an import. A help against accidents; the sandbox is the wall."""


def check_source(code: str, functions: tuple[str, ...]) -> str | Rejection:
    """The code as students see it, or why it can't be used: too long, no Python, an import, a missing function.

    Code that Python reads and `presentable` cannot write (nested too deeply, a number too long) counts as no Python.
    """
    if len(code) > MAX_SOURCE:
        return Rejection(Reason.SOURCE_TOO_LONG, f"{len(code)} characters; at most {MAX_SOURCE}")
    try:
        tree = parse(code)
        shown = presentable(tree)
        canonical_form(shown)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Rejection(Reason.SYNTAX_ERROR, f"{type(error).__name__}: {error}"[:200])
    return _outside(tree, functions) or shown


def _outside(tree: ast.Module, functions: tuple[str, ...]) -> Rejection | None:
    if outside := sorted(_imported(tree) - ALLOWED_MODULES):
        return Rejection(Reason.FORBIDDEN_IMPORT, f"{', '.join(outside)} may not be imported")
    if forbidden := sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & FORBIDDEN_NAMES):
        return Rejection(Reason.FORBIDDEN_NAME, f"{', '.join(forbidden)} may not be used")
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if missing := [name for name in functions if name not in defined]:
        return Rejection(Reason.MISSING_FUNCTION, f"no function {', '.join(missing)} at the top level")
    return None


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or ".").partition(".")[0] if not node.level else ".")
    return names


def keeps_no_state(code: str) -> bool:
    """Whether one call of this code's functions can't change what a later call in the same process gives.

    True only for what is plain to see: functions over immutable constants, which assign to no attribute and to no name outside
    themselves. Anything else is False, and its calls get a process each.
    """
    tree = parse(code)
    plain = (ast.FunctionDef, ast.Import, ast.ImportFrom)
    nodes = list(ast.walk(tree))
    return all(isinstance(node, plain) or _is_constant_assignment(node) for node in tree.body) and not any(
        map(_may_keep_state, nodes)
    )


def _is_constant_assignment(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and _is_immutable(node.value)


def _is_immutable(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_immutable(node.operand)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Tuple) and all(map(_is_immutable, node.elts)))


def _may_keep_state(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        decorated = isinstance(node, ast.FunctionDef) and bool(node.decorator_list)
        return decorated or not all(map(_is_immutable, defaults))
    if isinstance(node, ast.Attribute):
        return not isinstance(node.ctx, ast.Load) or node.attr.startswith("__") or node.attr in ("getcontext", "setcontext")
    if isinstance(node, ast.Name):
        return node.id in ("setattr", "delattr", "getattr", "getcontext", "setcontext")
    return isinstance(node, ast.Global | ast.Nonlocal | ast.ClassDef)


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


def returns_only(code: str, value: bytes) -> bool:
    """Whether all that the function `f` returns is one literal, and that with this canonical form."""
    functions = [node for node in parse(code).body if isinstance(node, ast.FunctionDef) and node.name == "f"]
    returned = [node.value for node in ast.walk(functions[-1]) if isinstance(node, ast.Return)] if functions else []
    try:
        return bool(returned) and all(canonical(ast.literal_eval(node)) == value for node in returned if node is not None)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False


def content_hash(environment: str, code: str, inputs: tuple[str, ...]) -> str:
    """The same for problems that differ in names, comments and layout alone. Code that is no Python counts as it stands."""
    try:
        form = canonical_form(code)
    except (SyntaxError, ValueError, RecursionError):
        form = code
    return content_id(environment, form, *inputs)


@lru_cache(maxsize=64)
def canonical_form(code: str, free: tuple[str, ...] = ()) -> str:
    """A digest that is the same for programs that differ in comments, layout and the names of their variables alone.

    The last ones are remembered, as a proposal's is asked for by its check and again by its hash.
    A name that is also an attribute, a keyword or a string of the program is more than a variable's, and counts. Names that
    the program does not bind count too, but for those of `free`, of which the order alone does.
    """
    tree = parse(presentable(parse(code)))
    return content_id(ast.dump(_Renamed(tree, free).visit(tree)))


class _Renamed(ast.NodeTransformer):
    """Gives each name that the program itself binds its number by first appearance, then those of `free`; all others stay."""

    def __init__(self, tree: ast.Module, free: Iterable[str]) -> None:
        self._numbers: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._number(node.id)
            elif isinstance(node, ast.arg):
                self._number(node.arg)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self._number(node.name)
        for name in free:
            self._number(name)

    def _number(self, name: str) -> None:
        self._numbers.setdefault(name, f"#{len(self._numbers)}")  # no name of Python's begins so

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if isinstance(value, str) and value in self._numbers:
                is_variable = isinstance(node, ast.Name | ast.arg | ast.FunctionDef | ast.ClassDef)
                number = self._numbers[value]
                setattr(node, field, number if is_variable else f"{number} {value}")
        return super().generic_visit(node)
