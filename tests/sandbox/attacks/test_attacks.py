"""Every attack of this folder on every policy, as this user and as an unprivileged one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox.tiers import Tier, package_folder
from tests.sandbox.attacks.arena.grounds import GROUNDS
from tests.sandbox.attacks.arena.trial import Trial, load, names, trial

ROOT = Path(__file__).parents[3]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]


@pytest.fixture(scope="module", params=GROUNDS)
def ground(request: pytest.FixtureRequest) -> Iterator[Trial]:
    try:
        with trial(GROUNDS[request.param]) as opened:
            yield opened
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", names())
def test_the_attack_fails(ground: Trial, name: str) -> None:
    ground.suffer(load(name))


@cache
def suffered_by_nobody(where: str) -> dict[str, str]:
    """What went wrong, attack by attack, in one process of an unprivileged user."""
    command = [*NOBODY, anybodys_python(where), "-m", "tests.sandbox.attacks", where]
    done = subprocess.run(command, env=_environment(where), cwd="/", capture_output=True, text=True, timeout=600, check=False)
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    return found or pytest.fail(f"nothing was run: {done.stderr[-2000:]}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("where", ["bare", "stdlib", "numpy"])
@pytest.mark.parametrize("name", names())
def test_the_attack_fails_for_an_unprivileged_user(name: str, where: str) -> None:
    if not anybodys_python(where):
        pytest.skip(f"no interpreter here that an unprivileged user could run for {where}")
    wrong = suffered_by_nobody(where).get(name, "it was not run: the process ended before")
    assert not wrong, wrong


@cache
def anybodys_python(where: str) -> str:
    """An interpreter that an unprivileged user may start, and start again from within; empty if there is none."""
    probe = "import subprocess, sys\nassert sys.version_info >= (3, 11)\nsubprocess.check_call([sys.executable, '-c', ''])"
    probe += "\nimport numpy" if where == "numpy" else ""
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [*NOBODY, python, "-c", probe]
        with suppress(FileNotFoundError):
            if (
                subprocess.run(command, env=_environment(where), cwd="/", stderr=subprocess.DEVNULL, check=False).returncode
                == 0
            ):
                return python
    return ""


def _environment(where: str) -> dict[str, str]:
    folders = [str(ROOT), package_folder(Tier.NUMPY)] if where == "numpy" else [str(ROOT)]
    return {"PYTHONPATH": os.pathsep.join(folders), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}


def test_there_are_at_least_eighty_attacks_each_with_where_it_was_seen() -> None:
    told = {name: (sys.modules[f"tests.sandbox.attacks.{name}"].__doc__ or "").splitlines() for name in names() if load(name)}
    assert len(told) >= 80
    assert [name for name, lines in told.items() if len(lines) < 2 or not lines[1].startswith("Seen: ")] == []
