"""The standard modules that every server holds."""

import importlib

BARE = """
    __future__ _strptime abc array ast atexit binascii base64 bisect builtins calendar cmath codecs collections
    collections.abc contextlib copy dataclasses datetime decimal enum errno fractions
    functools gc heapq io itertools json keyword locale math numbers operator os
    os.path random re statistics string struct sys textwrap threading time traceback
    types typing unicodedata warnings weakref
"""


def load() -> None:
    """Import them all."""
    for name in BARE.split():
        importlib.import_module(name)
