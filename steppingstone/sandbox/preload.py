"""The standard modules that a program may import, held in memory: no file is opened after that."""

import ast
import builtins
import codecs
import gc
import importlib
import sys

from steppingstone import values
from steppingstone.sandbox import clock, frames, program

MODULES = """
    __future__ _strptime abc array ast base64 binascii bisect builtins calendar cmath codecs collections collections.abc
    contextlib contextvars copy csv dataclasses datetime decimal difflib enum errno fnmatch fractions functools gc
    graphlib hashlib heapq html inspect io itertools json keyword locale logging math numbers operator os os.path pickle
    pprint queue random re reprlib shlex statistics string struct sys textwrap threading time traceback types typing
    unicodedata unittest urllib.parse uuid warnings weakref zlib
"""
_CODECS = "ascii latin-1 utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 cp1252 cp437 idna punycode rot13 hex base64"

_SAMPLE = '''
from dataclasses import dataclass
@dataclass
class Point:
    x: int
def f(a, b=2):
    """Touch what nearly every program touches."""
    counts = {}
    for word in sorted(str(a).split()):
        counts[word] = counts.get(word, 0) + b
    return [sum(counts.values()), f"{a!r}", (1.5, None, True, {2, 3}), [n * n for n in range(3) if n], Point(1).x]
'''


def load(server: int) -> None:
    """Import everything and replace the clock by that of server number `server`."""
    for name in MODULES.split():
        importlib.import_module(name)
    for name in _CODECS.split():
        codecs.lookup(name)
    # what `site` would have put there, had it been allowed to run
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    clock.replace(server)


def warm_up() -> None:
    """Run one program through, so that a child finds every cache filled."""
    order = frames.Order(frames.CALL, "f", 0, 0, values.MAX_BYTES)
    sent: list[bytes] = []
    arguments = frames.pack_parts([values.encode([1, "a", {"k": (2.5, None)}])])
    request = frames.pack_request(order, _SAMPLE.encode(), [arguments, arguments])
    program.answer(*frames.unpack_request(request[frames.REQUEST.size :]), sent.append)
    program.describe(ZeroDivisionError("division by zero"))
    ast.literal_eval("[1, 'a', (2.5,), {3: {4}}]")
    sys.modules.pop(program.MODULE_NAME)
    gc.disable()
