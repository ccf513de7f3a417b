"""Looks through all objects that the collector, or a type's subclasses, can name for the caller's secret.
Seen: sandbox.md, "expected value from frames"; by gc here.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return f"""
import gc
needle = {scene.secret[::-1]!r}[::-1]
def f():
    gc.unfreeze()
    hits = []
    for thing in gc.get_objects():
        if type(thing) in (dict, list, tuple, set):
            for item in list(thing.values() if type(thing) is dict else thing):
                if type(item) in (str, bytes) and len(item) < 10**6:
                    text = item if type(item) is str else item.decode("latin-1")
                    if needle in text and item is not needle:
                        hits.append(len(text))
    return hits
"""


ATTACK = Program(source=source, ends="ok", value="[]", limits=Limits(seconds=5, memory_mb=256))
