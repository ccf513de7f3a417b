"""Holds NULs, lone surrogates, byte order marks, cookies of other encodings, form feeds and names that look alike.
Seen: CVE-2021-42574 (trojan source); graders that write candidates to a file and die of a surrogate.
"""

from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return (
        "# -*- coding: rot13 -*-\n\ufeff"
        if not scene
        else "# -*- coding: utf-7 -*-\n# \x0c \ud800 \u202e\ndef f():\n    return '\\ud800'"
    )


ATTACK = Program(source=source, ends="ok syntax_error", value=r"'\ud800'")
