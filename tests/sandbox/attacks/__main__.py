"""All attacks on one ground, or those named, by the user who runs this: one JSON line each, its name and what went wrong."""

import json
import sys
import traceback

from tests.sandbox.attacks.arena.grounds import GROUNDS
from tests.sandbox.attacks.arena.trial import load, names, trial


def main(where: str, *chosen: str) -> None:
    with trial(GROUNDS[where]) as ground:
        for name in chosen or names():
            try:
                ground.suffer(load(name))
                print(json.dumps([name, ""]), flush=True)
            except BaseException:
                print(json.dumps([name, traceback.format_exc()]), flush=True)


main(*sys.argv[1:])
