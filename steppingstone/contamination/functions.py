"""Functions in a text that need not be Python as a whole: what a window cuts out, or a statement in Markdown, often is not."""

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent

from steppingstone.sources import canonical_form

LEXER = re.compile(
    r"(?P<line>\n *)"
    r"|(?P<string>(?:\b[rRbBuUfF]{1,2})?(?:"
    # A string may be cut off, by the end of a window say.
    r'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
    r"))"
    r"|(?P<comment>\#.*)|(?P<attribute>\. *[^\W\d]\w*)|(?P<name>[^\W\d]\w*)|(?P<number>\d\w*)"
    r"|(?P<operator>->|(?:\*\*|//|<<|>>|[-+*/%<>=!&|^~@])=?|`+)|(?P<closing>[)\]}])"
)
HEAD = re.compile(r"(?:async +)?def +(\w+)")
WORD = re.compile(r"\w+")
KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))
"""Names that mean the same in every program."""
NAMED = "_"
"""What stands for every other name."""
COUNTED = frozenset("def for while return lambda yield try except with and or in is import".split())
"""Keywords of which programs of one canonical form have equally many."""

Token = tuple[str, str]
"""A group of `LEXER`, or `remark` for a string at the start of a line; and the text."""
Shape = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function's source and tokens, nested functions included; `name` is empty for what stands outside of functions."""

    name: str
    source: str
    tokens: Sequence[Token]

    def words(self, remarks: bool = True) -> list[list[str]]:
        """Its words and operators in lower case with all names alike, and with or without its remarks.

        A copy may be renamed in its code alone. If its strings hold names beside the function's own, there is a second list,
        in which these are kept.
        """
        tokens = self.tokens if remarks else [token for token in self.tokens if token[0] != "remark"]
        names = {text for kind, text in tokens if kind == "name" and text not in KEPT}
        words, kept = list[str](), list[tuple[int, str]]()
        for kind, text in tokens:
            if kind == "name":
                words.append(NAMED if text in names else text.lower())
            elif kind not in ("string", "remark"):
                words.append(text.lower().lstrip(". "))
            else:
                for word in WORD.findall(text):
                    if word in names and word != self.name:
                        kept.append((len(words), word.lower()))
                    words.append(NAMED if word in names else word.lower())
        return [words, _replaced(words, kept)] if kept else [words]

    def shape(self) -> Shape:
        """The same for functions of the same canonical form, and told without parsing."""
        counts = Counter(map(_counted, self.tokens))
        del counts[""]
        return tuple(sorted(counts.items()))

    def form(self) -> str | None:
        """The canonical form, whatever the functions beside it are called; None for what is no function, or does not parse."""
        names = tuple(dict.fromkeys(text for kind, text in self.tokens if kind == "name" and text not in KEPT))
        try:
            return canonical_form(dedent(self.source), names) if self.name else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _replaced(words: Sequence[str], places: Sequence[tuple[int, str]]) -> list[str]:
    changed = list(words)
    for place, word in places:
        changed[place] = word
    return changed


def _counted(token: Token) -> str:
    """What a token counts as in a shape. Layout decides on `elif`, on numbers such as 1e3, and on `pass` beside a docstring."""
    kind, text = token
    if kind == "name" and keyword.iskeyword(text):
        return text if text in COUNTED else ""
    return kind if kind in ("name", "attribute", "operator") else ""


def functions(text: str) -> list[Function]:
    """The functions of a text, told by their indentation; and last, what stands outside of them."""
    return list(_Reader("\n" + text.expandtabs()).read())


class _Reader:
    """Goes through a text once; a function ends before the first line that is indented no further than its own."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._inside = list[Token]()
        self._outside = list[Token]()
        self._open = list[tuple[int, str, int, int]]()
        """Of each function begun: its indentation, its name, and where its first character and its first token stand."""

    def read(self) -> Iterator[Function]:
        line, indentation = 0, -1
        for found in LEXER.finditer(self._text):
            kind, text = str(found.lastgroup), found[0]
            if kind == "line":
                line, indentation = found.end() - len(text) + 1, len(text) - 1
            elif kind == "closing":
                # A line that begins so goes on with what was begun before it.
                indentation = -1
            elif kind != "comment":
                if indentation >= 0:
                    yield from self._ended(indentation, line)
                    self._begin(indentation, line)
                    kind, indentation = "remark" if kind == "string" else kind, -1
                (self._inside if self._open else self._outside).append((kind, text))
        yield from self._ended(0, len(self._text))
        yield Function("", "", self._outside)

    def _begin(self, indentation: int, line: int) -> None:
        if (head := HEAD.match(self._text, line + indentation)) is not None:
            self._open.append((indentation, head[1], line, len(self._inside)))

    def _ended(self, indentation: int, end: int) -> Iterator[Function]:
        while self._open and self._open[-1][0] >= indentation:
            _, name, start, first = self._open.pop()
            yield Function(name, self._text[start:end], self._inside[first:])
        if not self._open:
            self._inside = []
