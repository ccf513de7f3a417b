"""Code as features that names, comments and layout do not change."""

import builtins
import keyword
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5
TOKEN = re.compile(
    r"#[^\n]*|\\\n"
    r"|\n[ \t]*(?=[^\s#])"
    r"|[rbuftRBUFT]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|[^\W\d]\w*|\d[\w.]*|(?:\*\*|//|>>|<<|[-+*/%&|^@=<>!:])=|\*\*|//|>>|<<|->|[^\w\s]",
    re.DOTALL,
)
"""A comment or joined line, a line's indentation, a string, a name, a number, a sign; what is none of them is passed over."""
WORD = re.compile(r"\w+|[^\w\s]")
SAME_EVERYWHERE = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
MIX, OTHER_MIX = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def tokens(text: str, attributes_count: bool) -> Iterator[str]:
    """The tokens of any text, Python or not.

    A name that is neither a keyword nor a built-in one is numbered by its first appearance since the last `def`: so renaming
    changes nothing, two variables that are swapped differ, and a new one shifts no function but its own. Where
    `attributes_count`, what stands behind a dot stays. Of layout there remains where a statement begins, and whether
    deeper or less deep than the one before; not even so much inside a string over several lines.
    """
    numbers: dict[str, str] = {}
    brackets, indent, before = 0, 0, ""
    for token in TOKEN.findall("\n" + text):
        first = token[0]
        if first in "#\\" or (first == "\n" and brackets):
            continue
        if first == "\n":
            deeper, indent = len(token.expandtabs()) - indent, len(token.expandtabs())
            token = "\n>" if deeper > 0 else "\n<" if deeper < 0 else "\n"
        elif "\n" in token:
            token = " ".join(token.split())
        elif token.isidentifier():
            if token == "def":
                numbers.clear()
            elif token not in SAME_EVERYWHERE and not (attributes_count and before == "."):
                token = numbers.setdefault(token, f"${len(numbers)}")
        else:
            brackets = max(0, brackets + (first in "([{") - (first in ")]}"))
        before = token
        yield token


def features_of_document(text: str) -> "NDArray[np.uint32]":
    """Of a file or a part of one: hashes of each run of `SHINGLE` tokens, names of attributes being as good as any other.

    What is there for the n-th time is another feature than the first, here and in programs: no feature is there twice.
    """
    return _numbered(_hashes(list(tokens(text, attributes_count=False)), SHINGLE))


def features_of_program(text: str) -> "NDArray[np.uint32]":
    """Of a problem: hashes of each run of tokens in which constants are no more than their kind, and of each constant.

    Five runs have a constant in common, so that in runs an edit of one would count as much as one of a statement.
    """
    import numpy as np

    words, constants = [], []
    for token in tokens(text, attributes_count=True):
        is_number, is_text = token[0].isdigit(), len(token) > 1 and token[-1] in "'\""
        words.append("0" if is_number else "''" if is_text else token)
        if is_number or is_text:
            constants.append(token)
    return _numbered(np.concatenate([_hashes(words, SHINGLE), _hashes(constants, 1)]))


def features_of_prose(text: str) -> "NDArray[np.uint32]":
    """Of what is told in words: hashes of each run of words, and signs, of which every one counts."""
    return _numbered(_hashes(WORD.findall(text.lower()), SHINGLE))


def _hashes(words: list[str], length: int) -> "NDArray[np.uint64]":
    """A hash of each run of so many words; if there are fewer, one of all of them, and of none, none."""
    import numpy as np

    codes: Any = np.array([_code(word) for word in words], dtype=np.uint64)
    if 0 < len(codes) < length:
        codes = np.concatenate([codes, np.zeros(length - len(codes), dtype=np.uint64)])
    count = max(0, len(codes) - length + 1)
    mixed: Any = np.full(count, length, dtype=np.uint64)
    for place in range(length):
        mixed = (mixed ^ codes[place : place + count]) * np.uint64(MIX)
        mixed ^= mixed >> np.uint64(29)
    return mixed  # type: ignore[no-any-return]


@lru_cache(1 << 16)
def _code(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _numbered(hashes: Any) -> "NDArray[np.uint32]":
    """Hashes in their order, those that are equal told apart by how many came before."""
    import numpy as np

    hashes, places = np.sort(hashes), np.arange(len(hashes))
    first = np.concatenate([[True], hashes[1:] != hashes[:-1]])
    turn = (places - np.maximum.accumulate(np.where(first, places, 0))).astype(np.uint64)
    mixed = (hashes ^ (turn * np.uint64(OTHER_MIX))) * np.uint64(MIX)
    return (mixed >> np.uint64(32)).astype(np.uint32)  # type: ignore[no-any-return]
