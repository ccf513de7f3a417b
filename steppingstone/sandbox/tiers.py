"""The kinds of server, and which one a source asks for. A convenience alone: all of them are confined alike."""

import importlib.util
import re
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path

from steppingstone.sandbox.modules import BARE


class Tier(StrEnum):
    """What a server holds for its programs to import."""

    BARE = "bare"
    STDLIB = "stdlib"
    NUMPY = "numpy"


# Text, not a syntax tree: a parser can be made to overflow its stack, and what is imported in a string costs only time.
# The quantifiers are possessive, so that no text takes more than linear time.
_IMPORTS = re.compile(r"""\bimport\s++([\w., \t]++)|\bfrom\s++([\w.]++)|\b__import__\(\s*+['"]([\w.]++)""")
_WORD = re.compile(r"[\w.]++")
_BARE = frozenset(name.partition(".")[0] for name in BARE.split()) | set(sys.builtin_module_names)


def tier_of(*sources: str) -> Tier:
    """The tier whose modules all the sources find: by the names that follow `import` and `from`."""
    names = {name for source in sources for name in _imported(source)}
    if "numpy" in names and numpy_folder():
        return Tier.NUMPY
    # a submodule may be missing where its package is there
    beyond = {name for name in names if name.partition(".")[0] in sys.stdlib_module_names and not _held(name)}
    return Tier.STDLIB if beyond else Tier.BARE


def _imported(source: str) -> set[str]:
    names: set[str] = set()
    for match in _IMPORTS.finditer(source):
        names.update(_WORD.findall(match[1]) if match[1] else (match[2] or match[3],))
    return names | {name.partition(".")[0] for name in names}


def _held(name: str) -> bool:
    return name in BARE.split() if "." in name else name in _BARE


@cache
def numpy_folder() -> str:
    """The folder that holds the caller's numpy; empty if there is none."""
    found = importlib.util.find_spec("numpy")
    return str(Path(found.origin).parents[1]) if found and found.origin else ""
