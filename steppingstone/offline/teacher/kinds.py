"""Kinds of values, guessed from how code uses a name: no types are known, so a guess may be wrong."""

import ast
from collections import Counter

KINDS = ("number", "text", "numbers", "words", "pair", "table")
TEXT_METHODS = frozenset(
    """capitalize casefold center encode endswith expandtabs find format isalnum isalpha isdigit isidentifier islower isspace
    isupper ljust lower lstrip partition rfind rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title
    translate upper zfill replace join removeprefix removesuffix istitle isnumeric isdecimal isprintable isascii""".split()
)
TABLE_METHODS = frozenset(("items", "keys", "values", "get", "setdefault"))
_TO_WORDS = frozenset(("split", "rsplit", "splitlines"))
_TO_NUMBER = frozenset(("find", "rfind", "index", "rindex", "count", "bit_length"))
_TO_FLAG = frozenset(("startswith", "endswith"))
_ARITHMETIC = (ast.Sub, ast.FloorDiv, ast.Mult, ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Pow, ast.Div)
BY_BUILTIN = {
    "len": "text", "int": "text", "ord": "text", "sum": "numbers", "max": "numbers", "min": "numbers", "sorted": "numbers",
    "range": "number", "abs": "number", "chr": "number", "hex": "number", "bin": "number", "oct": "number", "divmod": "number",
    "str": "number", "round": "number", "reversed": "numbers", "enumerate": "words", "set": "words", "list": "words",
    "tuple": "numbers", "any": "numbers", "all": "numbers", "dict": "table", "zip": "numbers", "map": "words",
}  # fmt: skip
_RESULTS = {
    "len": "number", "int": "number", "ord": "number", "sum": "number", "max": "number", "min": "number", "abs": "number",
    "round": "number", "str": "text", "repr": "text", "hex": "text", "bin": "text", "oct": "text", "chr": "text",
    "sorted": "same", "bool": "flag", "isinstance": "flag", "any": "flag", "all": "flag",
}  # fmt: skip
_ANNOTATIONS = {"str": "text", "int": "number", "float": "number", "bool": "number", "dict": "table", "list": "numbers"}


def guess(name: str, nodes: list[ast.AST]) -> str:
    """The kind that the uses of `name` speak for most; empty if none speaks."""
    votes: Counter[str] = Counter()
    for node in nodes:
        for parent in ast.walk(node):
            votes.update(kind for kind in _votes(name, parent) if kind)
    return votes.most_common(1)[0][0] if votes else ""


def annotated(annotation: ast.expr | None) -> str:
    """The kind that an annotation names; empty if it names none of ours."""
    text = ast.unparse(annotation).lower() if annotation is not None else ""
    if text.startswith(("list[str", "sequence[str", "iterable[str")):
        return "words"
    return _ANNOTATIONS.get(text.partition("[")[0].partition(" |")[0], "")


def _votes(name: str, node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute) and _is(node.value, name):
        return ["text"] * 3 if node.attr in TEXT_METHODS else ["table"] * 3 if node.attr in TABLE_METHODS else []
    if isinstance(node, ast.BinOp):
        return [_operand(node, other) for side, other in ((node.left, node.right), (node.right, node.left)) if _is(side, name)]
    if isinstance(node, ast.Compare):
        return _compared(name, node)
    if isinstance(node, ast.Subscript) and _is(node.value, name):
        return _subscripted(node)
    if isinstance(node, ast.Subscript) and _is(node.slice, name):
        return ["number"]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and any(_is(a, name) for a in node.args):
        return [BY_BUILTIN.get(node.func.id, "")]
    if isinstance(node, ast.comprehension | ast.For) and _is(node.iter, name) and isinstance(node.target, ast.Name):
        return ["numbers"]
    return []


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _operand(node: ast.BinOp, other: ast.expr) -> str:
    if isinstance(other, ast.Constant) and isinstance(other.value, str):
        return "text" if isinstance(node.op, ast.Add) else "number"
    if isinstance(node.op, ast.Add | ast.Mod):
        return "number" if isinstance(other, ast.Constant) else ""
    return "number" if isinstance(node.op, _ARITHMETIC) else ""


def _compared(name: str, node: ast.Compare) -> list[str]:
    sides = [node.left, *node.comparators]
    others = [side.value for side in sides if isinstance(side, ast.Constant)]
    if not any(_is(side, name) for side in sides):
        return []
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        return ["text"] if _is(node.left, name) or any(isinstance(value, str) for value in others) else ["words"]
    return ["text" if isinstance(value, str) else "number" for value in others if isinstance(value, str | int)]


def _subscripted(node: ast.Subscript) -> list[str]:
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return ["table", "table"]
    return ["text", "text"] if isinstance(node.slice, ast.Slice) else ["text"]


def result(node: ast.expr, kinds: dict[str, str]) -> str:
    """The kind of an expression's value: one of `KINDS`, `flag`, `fraction`, or empty where it can't be told."""
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "flag"
        case ast.Constant(value=value):
            return "flag" if isinstance(value, bool) else {int: "number", str: "text", float: "fraction"}.get(type(value), "")
        case ast.JoinedStr():
            return "text"
        case ast.Name(id=name):
            return kinds.get(name, "")
        case ast.UnaryOp(operand=operand):
            return result(operand, kinds)
        case ast.IfExp(body=body, orelse=other):
            return _agreed(result(body, kinds), result(other, kinds))
        case ast.BoolOp(values=values):
            return _agreed(*(result(value, kinds) for value in values))
        case ast.BinOp():
            return _arithmetic(node, kinds)
        case ast.Call():
            return _called(node, kinds)
        case ast.Subscript(value=owner, slice=index):
            return _element(result(owner, kinds), index)
        case ast.ListComp(elt=element):
            return {"number": "numbers", "text": "words"}.get(result(element, kinds), "")
    return ""


def _agreed(*kinds: str) -> str:
    return kinds[0] if len(set(kinds)) == 1 else ""


def _arithmetic(node: ast.BinOp, kinds: dict[str, str]) -> str:
    left, right = result(node.left, kinds), result(node.right, kinds)
    if isinstance(node.op, ast.Mod) and left == "text":
        return "text"
    if isinstance(node.op, ast.Div) or "fraction" in (left, right):
        return "fraction"
    if isinstance(node.op, ast.Add):
        return left or right
    return "text" if "text" in (left, right) and isinstance(node.op, ast.Mult) else "number"


def _called(node: ast.Call, kinds: dict[str, str]) -> str:
    if isinstance(node.func, ast.Name):
        kind = _RESULTS.get(node.func.id, "")
        return result(node.args[0], kinds) if kind == "same" and node.args else kind
    if not isinstance(node.func, ast.Attribute):
        return ""
    name = node.func.attr
    if name in _TO_WORDS:
        return "words"
    if name in _TO_NUMBER:
        return "number"
    if name in _TO_FLAG or name.startswith("is"):
        return "flag"
    return "text" if name in TEXT_METHODS and "partition" not in name and name != "encode" else ""


def _element(owner: str, index: ast.expr) -> str:
    if isinstance(index, ast.Slice):
        return owner if owner in ("text", "numbers", "words") else ""
    return {"text": "text", "words": "text", "numbers": "number", "pair": "number", "table": "number"}.get(owner, "")
