"""What a text goes through before it is cut: markers, redaction tokens, line ends; and code out of Markdown."""

import re

# One line of metadata, each part present at random: `<reponame>a/b<filename>c.py<gh_stars>10-100` (StarCoder's format).
MARKERS = re.compile(r"\A\s*(?:<(?:reponame|filename|gh_stars)>[^\n]*(?:\n|\Z))+")
# StarPII's tokens, and what is neutral in a comment, in a string and as an expression (`a @ b.c` parses too).
REDACTED = {
    "<NAME>": "someone",
    "<EMAIL>": "user@example.com",
    "<KEY>": "redacted_key",
    "<PASSWORD>": "redacted_password",
}
REDACTION = re.compile("|".join(REDACTED))
BLANK_HEAD = re.compile(r"\A(?:[^\S\n]*\n)+")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def cleaned(text: str) -> str:
    """The code of one corpus document, with `\\n` as its only line end."""
    text = unified(text)
    return REDACTION.sub(lambda token: REDACTED[token[0]], MARKERS.sub("", text))


def unified(text: str) -> str:
    """Without byte order marks, and with `\\n` as the only line end."""
    return text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")


def trimmed(code: str) -> str:
    """Without blank lines at its head and its end."""
    return BLANK_HEAD.sub("", code).rstrip()


def last_fenced_block(markdown: str) -> str | None:
    """The code of the last fenced block that is closed; None if there is none."""
    last: str | None = None
    fence, block = "", list[str]()
    for line in unified(markdown).split("\n"):
        mark = FENCE.match(line)
        if not fence and mark and not ("`" in mark[2] and mark[1][0] == "`"):
            fence, block = mark[1], []
        elif fence and mark and mark[1].startswith(fence) and not mark[2].strip():
            last, fence = "\n".join(block), ""
        elif fence:
            block.append(line)
    return last


def printable(value: object) -> str:
    """A value as one line of text for an origin: no control characters, no direction marks, no lone surrogates."""
    return "".join(mark if mark.isprintable() else "?" for mark in str(value))
