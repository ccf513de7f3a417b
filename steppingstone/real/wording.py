"""What students are told of a real problem, from the parts that rows give."""

import ast
import re

from steppingstone.environments.base import fenced, without_blanks
from steppingstone.syntax import parse


def form(name: str) -> str:
    """The form of an answer that defines this; `Solution().f` is a method, and an empty name a whole program."""
    if not name:
        return "a whole Python program that reads standard input and writes its answer to standard output"
    if method := re.fullmatch(r"(\w+)\(\)\.(\w+)", name):
        return f"Python code that defines the class `{method[1]}` with the method `{method[2]}`"
    return f"Python code that defines `{name}`"


def task(words: str, starter: str = "", setup: str = "") -> str:
    """The task in words, with the code that an answer begins with, and the code that stands before it."""
    parts = [words.strip()]
    if starter.strip() and without_blanks(starter) == without_blanks(words):
        parts = [f"Complete this:\n\n{fenced('python', starter.strip())}"]
    elif starter.strip() and without_blanks(starter) not in without_blanks(words):
        parts.append(f"It begins so:\n\n{fenced('python', starter.strip())}")
    if setup.strip():
        parts.append(f"This stands before it:\n\n{fenced('python', setup.strip())}")
    return "\n\n".join(parts)


def signature(code: str, name: str) -> str:
    """The head of the function of this name that the code defines; '' if there is none that is plain to see."""
    try:
        found = [node for node in parse(code).body if isinstance(node, ast.FunctionDef) and node.name == name]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in found:
        node.body, node.decorator_list = [ast.Expr(ast.Constant(...))], []
    return ast.unparse(found[-1]) if found else ""
