"""One attack, and what must hold after it: nothing leaked, no server died, and the next honest program is served."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import Sandbox
from steppingstone.sandbox.policy import MISSING, POLICIES
from tests.sandbox.attacks.arena import scene as scenes
from tests.sandbox.attacks.arena.attack import Attack
from tests.sandbox.attacks.arena.grounds import Ground

_FOLDER = Path(__file__).parents[1]
_OURS = ("__init__", "__main__", "conftest", "test_attacks")
_HONEST = "import json, math\ndef f(x):\n    return [sorted({x, 'b', 'a'}), json.dumps([math.gcd(12, 18)]), len(x)]"
_HONEST_SECONDS = 5.0  # a few milliseconds on an idle machine


def names() -> list[str]:
    """Every attack there is: a file each."""
    return sorted(path.stem for path in _FOLDER.glob("*.py") if path.stem not in _OURS)


def load(name: str) -> Attack:
    """The attack of a file."""
    attack: Attack = import_module(f"tests.sandbox.attacks.{name}").ATTACK
    return attack


class Trial:
    """A sandbox under attack."""

    def __init__(self, sandbox: Sandbox, scene: scenes.Scene, known: set[int]) -> None:
        self._sandbox = sandbox
        self._scene = scene
        self._honest()
        self._servers = {pid for pid, parent in scenes.processes().items() if parent == os.getpid()} - known
        self._descriptors = len(os.listdir("/proc/self/fd"))

    def suffer(self, attack: Attack) -> None:
        """Raises AssertionError if the attack, or anything after it, is not as it must be."""
        told = attack.run(self._sandbox, self._scene)
        since = time.monotonic()
        self._honest()
        took = time.monotonic() - since
        assert took < _HONEST_SECONDS, f"the next honest program took {took:.1f} s"
        self._scene.check(told)
        assert scenes.settles(self._at_rest), f"processes {scenes.descendants(os.getpid())}, servers {self._servers}"
        assert len(os.listdir("/proc/self/fd")) <= self._descriptors + len(self._servers), "descriptors are left open"

    def _honest(self) -> None:
        for source in {_HONEST, _HONEST + self._scene.route}:
            (outcome,) = self._sandbox.call_repeatedly(source, "f", [["c"]])
            assert outcome.verdict == "ok", outcome
            assert outcome.text == "[['a', 'b', 'c'], '[6]', 1]", outcome

    def _at_rest(self) -> bool:
        """The servers are those of the beginning, each with the child that waits for the next program, and one yet to reap."""
        tree = scenes.processes()
        spare = [pid for pid, parent in tree.items() if parent in self._servers]
        ended = [pid for pid, parent in scenes.processes(zombies=True).items() if parent in self._servers and pid not in tree]
        alone = not any(parent in spare for parent in tree.values())
        return self._servers <= set(tree) and alone and max(len(spare), len(ended)) <= len(self._servers)


@contextmanager
def trial(ground: Ground) -> Iterator[Trial]:
    """A scene for a run of attacks, and a sandbox of one server, which meets them all.

    Raises `SandboxUnavailable` where this machine cannot have it, or none that is meant to hold.
    """
    known = scenes.descendants(os.getpid())
    with scenes.scene(ground.route) as scene, Sandbox(1, policy=ground.policy) as sandbox:
        report = sandbox.policy_report()
        if missing := [name for name in POLICIES["default"].demands if report[name].startswith(MISSING)]:
            raise SandboxUnavailable(f"policy {ground.policy!r} runs here without {', '.join(missing)}")
        yield Trial(sandbox, scene, known)
