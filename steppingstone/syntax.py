"""Python source to syntax trees, safely from many threads."""

import ast
import threading
import warnings

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str) -> ast.Module:
    """The syntax tree of a program. Raises what `ast.parse` raises."""
    # CPython 3.11 counts the depth of the trees that it builds once for all threads, and takes two at once for a fault of its
    # own: "SystemError: AST constructor recursion depth mismatch" (cpython issue 106905).
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # The compiler's warnings are about a model's code, and none of ours.
        warnings.simplefilter("ignore")
        return ast.parse(source)


def parse_expression(source: str) -> ast.Expression:
    """The syntax tree of one expression. Raises what `ast.parse` raises."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode="eval")
