"""Rows of HumanEval: the head of a function with its docstring, the body, and a function `check(candidate)`."""

import ast

from steppingstone.real.checks import Checks
from steppingstone.real.columns import Row, optional_text, origin_and_license, text
from steppingstone.real.problem import RealProblem
from steppingstone.real.wording import form, task
from steppingstone.syntax import parse

NEEDED = ("task_id", "prompt", "test", "entry_point")
OPTIONAL = ("canonical_solution", "license", "origin")


def read(row: Row) -> RealProblem:
    """The problem of a row."""
    prompt, name, body = text(row, "prompt"), text(row, "entry_point"), optional_text(row, "canonical_solution")
    checks = Checks(_beside(prompt, name), code=(f"{text(row, 'test')}\n\ncheck({name})",))
    words, code = task(prompt, prompt), prompt + body if body.strip() else ""
    return RealProblem(str(row["task_id"]), *origin_and_license(row), words, form(name), code, checks)


def _beside(prompt: str, name: str) -> str:
    """What a prompt defines beside the function that is asked for: imports, and functions that tests use."""
    try:
        tree = parse(prompt)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    tree.body = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name == name)]
    return ast.unparse(tree)
