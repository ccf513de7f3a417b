"""The kinds of server, and which one a source asks for. A convenience alone: all of them are confined alike."""

import importlib.util
import pkgutil
import re
import sys
import sysconfig
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from steppingstone.sandbox.modules import BARE


class Tier(StrEnum):
    """What a server holds for its programs to import."""

    BARE = "bare"
    STDLIB = "stdlib"
    NUMPY = "numpy"
    MATHS = "maths"


BEYOND = {Tier.NUMPY: "numpy", Tier.MATHS: "math_verify"}
"""What a tier holds beyond the standard library, if the caller's interpreter has it."""


# Text, not a syntax tree: a parser can be made to overflow its stack, and what is imported in a string costs only time.
# The quantifiers are possessive, and what can be long is followed by what can be missing: no text takes more than linear time.
_BLANK = r"(?:[ \t\f]|\\(?:\r\n?|\n))"
_BLANK_IN_BRACKETS = r"(?:[\s\\]|#[^\r\n]*+)"
_WORD = r"(?!(?:import|from|as)\b)[\w\ufe33\ufe34\ufe4d-\ufe4f]++"  # the last ones are underscores to Python
_NAME = rf"{_WORD}(?:{_BLANK}*+\.{_BLANK}*+{_WORD})*+"


def _list(blank: str) -> str:
    item = rf"{_NAME}(?:{blank}++as{blank}++{_WORD})?+"
    return rf"({item}(?:{blank}*+,{blank}*+{item})*+)"


_IMPORTS = re.compile(
    rf"\bimport{_BLANK}++{_list(_BLANK)}"
    rf"|\bfrom{_BLANK}++({_NAME})"
    rf"(?:{_BLANK}++import(?:{_BLANK}++{_list(_BLANK)}|{_BLANK}*+\({_BLANK_IN_BRACKETS}*+{_list(_BLANK_IN_BRACKETS)}?+))?+"
    r"""|\b(?:__import__|import_module)\s*+\(\s*+(?:name\s*+=\s*+)?+[rRuU]?+['"]++([\w.]++)"""
)
_NO_NAME = re.compile(rf"{_BLANK_IN_BRACKETS}++(?:as{_BLANK_IN_BRACKETS}++{_WORD})?+")
_BARE = frozenset(name.partition(".")[0] for name in BARE.split()) | set(sys.builtin_module_names)


@lru_cache(maxsize=8)  # a program is called time and again, by its proof and for its attempts
def tier_of(*sources: str) -> Tier:
    """The tier whose modules all the sources find: by the names that follow `import` and `from`."""
    names = {name for source in sources for name in _imported(source)}
    for tier, package in BEYOND.items():
        if package in names and package_folder(tier):
            return tier
    # a submodule may be missing where its package is there
    beyond = {name for name in names if name.partition(".")[0] in sys.stdlib_module_names and not _held(name)}
    return Tier.STDLIB if beyond else Tier.BARE


def _imported(source: str) -> set[str]:
    names: set[str] = set()
    for match in _IMPORTS.finditer(source):
        modules, package, plain, in_brackets, called = match.groups("")
        items, packages = _names(modules or plain or in_brackets), _names(package or called)
        names |= items | packages | ({f"{name}.{item}" for name in packages for item in items} & _submodules())
    return names | {name.partition(".")[0] for name in names}


def _names(listed: str) -> set[str]:
    """The names of a list, as Python reads them: any letter that looks like another one is that one."""
    return set(unicodedata.normalize("NFKC", _NO_NAME.sub("", listed)).split(","))


@cache
def _submodules() -> frozenset[str]:
    """The modules of those packages that every server holds."""
    library = Path(sysconfig.get_path("stdlib"))
    packages = {name.partition(".")[0] for name in BARE.split()}
    found = {package: pkgutil.iter_modules([str(library / package)]) for package in packages}
    return frozenset(f"{package}.{module.name}" for package, modules in found.items() for module in modules)


def _held(name: str) -> bool:
    return name in BARE.split() if "." in name else name in _BARE


@cache
def package_folder(tier: Tier) -> str:
    """The folder from which the caller imports what a tier holds beyond the standard library; empty if there is none."""
    found = importlib.util.find_spec(BEYOND[tier]) if tier in BEYOND else None
    return str(Path(found.origin).parents[1]) if found and found.origin else ""
