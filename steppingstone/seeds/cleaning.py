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


def printable(value: object) -> str:
    """A value as one line of text for an origin: no control characters, no direction marks, no lone surrogates."""
    return "".join(mark if mark.isprintable() else "?" for mark in str(value))
