"""What compose.yaml describes, run as processes of this machine: for want of an engine, each service in a cell of its own.

A cell has what its container would have: the image's files and variables, its user without capabilities, a read-only root,
its volumes and tmpfs, and the other services by their names. It shares its network with the other cells. Needs root; call
`python -m tests.infra.composed` by way of `CLOSED`, so that ports are free and nothing outlives it.
"""

import json
import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
HOME = "/opt/steppingstone"
CLOSED = ["unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
START_S, RUN_S = 240, 400
COVERED = ("/tmp", "/root", "/opt", "/run", "/var/lib/postgresql")
"""What of this machine is not in a cell."""

# What the entry point of the image `postgres` does.
ENTRY_POINT = """
export PGDATA=/var/lib/postgresql/data
if [ ! -e $PGDATA/PG_VERSION ]; then
    printf %s "$POSTGRES_PASSWORD" >/tmp/password
    initdb --encoding=UTF8 --auth-host=scram-sha-256 --auth-local=trust --username=$POSTGRES_USER --pwfile=/tmp/password
    echo "CREATE DATABASE $POSTGRES_USER" | postgres --single postgres
    echo "host all all all scram-sha-256" >>$PGDATA/pg_hba.conf
fi
exec postgres -c listen_addresses='*'
"""


@dataclass(frozen=True, slots=True)
class Image:
    """What the Dockerfile says of the variables and the user, and .dockerignore of the files."""

    variables: dict[str, str]
    user: int
    files: list[str]


@cache
def image() -> Image:
    """The image of all services but PostgreSQL's and vLLM's."""
    text = (ROOT / "infra" / "Dockerfile").read_text().replace("\\\n", " ")
    variables = dict(word.split("=", 1) for words in re.findall(r"^ENV (.+)$", text, re.M) for word in shlex.split(words))
    (user,) = re.findall(r"^USER (\d+):\1$", text, re.M)
    files = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    return Image(variables, int(user), files)


def services(variables: dict[str, str]) -> dict[str, Any]:
    """The services of compose.yaml that belong to no profile, with the variables filled in."""

    def fill(found: re.Match[str]) -> str:
        name, otherwise, demanded = found.groups()
        if demanded and name not in variables:
            raise KeyError(f"{name}: {demanded}")
        return variables.get(name) or otherwise or ""

    text = (ROOT / "infra" / "compose.yaml").read_text()
    filled = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?([^}]*))\}", fill, text)
    declared: dict[str, Any] = yaml.safe_load(filled)["services"]
    return {name: service for name, service in declared.items() if "profiles" not in service}


@dataclass
class Cell:
    """A service's process, and what surrounds it."""

    name: str
    service: dict[str, Any]
    folder: Path
    pid: int = 0

    @property
    def env(self) -> dict[str, str]:
        """What the image and the file set, and a path on which this machine has the image's programs."""
        own = {name: value for name, value in self.service.get("environment", {}).items() if value is not None}
        places = [f"{sys.prefix}/bin", *map(str, Path("/usr/lib/postgresql").glob("*/bin")), os.environ["PATH"]]
        return {**(image().variables if self._ours else {}), **own, "PATH": ":".join(places)}

    def start(self) -> None:
        """Starts it, and waits until it is healthy, or has ended well if nothing asks for its health."""
        log = self.folder / f"{self.name}.log"
        command = self.service["command"] if self._ours else ["bash", "-euc", ENTRY_POINT]
        entered = ["unshare", "--mount", "sh", "-euc", self._mounts(), "cell", *self._dropped, *command]
        with log.open("ab") as output:
            process = subprocess.Popen(entered, env=self.env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self.pid = process.pid
        test = self.service["healthcheck"].get("test")
        deadline = time.monotonic() + START_S
        while self.execute(*test[1:]).returncode if test else process.poll() is None:
            if process.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        if process.poll() != (None if test else 0):
            raise RuntimeError(f"{self.name} does not come up: {log.read_text()[-3000:]}")

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command beside it, as `docker compose exec` does."""
        entered = ["nsenter", f"--target={self.pid}", "--mount", f"--wdns={self._place}", *self._dropped, *command]
        return subprocess.run(entered, env=self.env, capture_output=True, text=True, timeout=RUN_S, check=False)

    def processes(self) -> list[int]:
        """All that live in the cell."""
        return [int(place.name) for place in Path("/proc").glob("[0-9]*") if _mounts_of(place.name) == _mounts_of(self.pid)]

    def kill(self) -> None:
        """Kills all of them, and waits until they are gone."""
        for pid in (killed := self.processes()):
            os.kill(pid, signal.SIGKILL)
        while any(map(_mounts_of, killed)):
            time.sleep(0.1)

    @property
    def _ours(self) -> bool:
        return "build" in self.service

    @property
    def _place(self) -> str:
        return HOME if self._ours else "/"

    @property
    def user(self) -> int:
        """The number of the user that it runs as."""
        return image().user if self._ours else pwd.getpwnam(self.service["user"]).pw_uid

    @property
    def _dropped(self) -> list[str]:
        assert (self.service["cap_drop"], self.service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
        ids = [f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        return ["setpriv", *ids, "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs"]

    def _mounts(self) -> str:
        """A script that makes the cell and then becomes its arguments. What it holds is put aside before it is covered."""
        assert self.service["read_only"]
        held = self._held()
        script = ["mount -t tmpfs cell /mnt"]
        for number, source in enumerate(held.values()):
            script += [_place_for(source, f"/mnt/{number}"), f"mount --bind {source} /mnt/{number}"]
        covered = [place for place in COVERED if Path(place).is_dir()]
        script += [f"mount -t tmpfs -o mode=755 cell {place}" for place in covered]
        scratch = self.service["tmpfs"] if isinstance(self.service["tmpfs"], list) else [self.service["tmpfs"]]
        script += [f"mkdir -p {place}; mount -t tmpfs -o mode=1777,noexec,nosuid,nodev cell {place}" for place in scratch]
        for number, (target, source) in enumerate(held.items()):
            script += [_place_for(source, target), f"mount --bind /mnt/{number} {target}"]
        script += [f"mount -o remount,bind,ro {place}" for place in ("/", "/mnt", *covered) if place not in scratch]
        return "\n".join([*script, f"cd {self._place}", 'exec "$@"'])

    def _held(self) -> dict[str, str]:
        """What the cell holds beside the machine's own files, and where that is outside of it."""
        held = {place: place for place in (sys.prefix, sys.base_prefix) if place.startswith(COVERED)}
        if self._ours:
            held |= {f"{HOME}/{name}": str(ROOT / name) for name in image().files}
        for volume in self.service.get("volumes", []):
            source, target, *_ = volume.split(":")
            held[target] = source if source.startswith("/") else str(self._volume(source))
        return held

    def _volume(self, name: str) -> Path:
        folder = self.folder / "volumes" / name
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, self.user, self.user)
        return folder


def _place_for(source: str, target: str) -> str:
    return f"mkdir -p {target}" if Path(source).is_dir() else f"mkdir -p $(dirname {target}); touch {target}"


def _mounts_of(pid: int | str) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/mnt")
    return ""


def started(declared: dict[str, Any], folder: Path) -> dict[str, Cell]:
    """Starts all services, each after those that it depends on."""
    cells: dict[str, Cell] = {}
    while missing := [name for name in declared if name not in cells]:
        name = next(name for name in missing if set(declared[name].get("depends_on", {})) <= set(cells))
        cells[name] = Cell(name, declared[name], folder)
        cells[name].start()
    return cells


def enter(folder: Path, names: Iterable[str]) -> None:
    """Lets this process's network have loopback, the services' names, and the image's user a name."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    lines = {
        "/etc/hosts": [f"127.0.0.1 localhost {' '.join(names)}"],
        "/etc/passwd": [Path("/etc/passwd").read_text(), f"steppingstone:x:{image().user}:{image().user}::/tmp:/bin/sh"],
    }
    for place, content in lines.items():
        file = folder / Path(place).name
        file.write_text("\n".join(content) + "\n")
        subprocess.run(["mount", "--bind", file, place], check=True)


STATE = """
import json, urllib.request as web
def rows(what):
    asked = web.Request("http://prefect:4200/api/" + what + "/filter", b"{}", {"Content-Type": "application/json"})
    return json.load(web.urlopen(asked, timeout=30))
runs = {each["name"]: each["state_type"] for each in rows("flow_runs") if each["state_type"] != "SCHEDULED"}
print(json.dumps({"deployments": {each["name"]: each["parameters"] for each in rows("deployments")}, "runs": runs}))
"""
# As infra/OPERATING.md says.
DRILL = """
pg_dump --username prefect --format custom prefect >/tmp/prefect.dump
dropdb --username prefect --force prefect
createdb --username prefect prefect
pg_restore --username prefect --dbname prefect --exit-on-error /tmp/prefect.dump
"""


def main(folder: Path) -> None:
    """Brings all up, runs a flow, crashes and restores what keeps Prefect's state, and prints as JSON what was to be seen."""
    variables = {"POSTGRES_PASSWORD": "p@ss/w:rd%", "SETTINGS": str(folder / "settings.toml")}
    declared = services(variables)
    enter(folder, declared)
    cells = started(declared, folder)
    worker, dask = cells["worker"], cells["dask-worker"]
    seen: dict[str, Any] = {"status": {name: _status(cell) for name, cell in cells.items() if name != "deploy"}}
    seen["written"] = [cell.name for cell in (worker, dask) if not cell.execute("touch", f"{HOME}/flows/x.py").returncode]
    seen["doctor"] = dask.execute("python", "-m", "steppingstone.sandbox", "doctor").returncode
    run = worker.execute("prefect", "deployment", "run", "nightly/generate", "--watch")
    seen["run"] = [run.returncode, run.stdout[-2000:] + run.stderr[-2000:]]
    seen["before"] = _state(worker)
    for name in ("prefect", "postgres"):
        cells[name].kill()
    cells["postgres"].start()
    restored = cells["postgres"].execute("bash", "-euc", DRILL)
    assert not restored.returncode, restored.stderr
    cells["prefect"].start()
    seen["after"] = _state(worker)
    print(json.dumps(seen))


def _state(cell: Cell) -> Any:
    told = cell.execute("python", "-c", STATE)
    assert not told.returncode, told.stderr
    return json.loads(told.stdout)


def _status(cell: Cell) -> list[dict[str, str]]:
    """What the kernel says of each of its processes."""
    lines = [Path(f"/proc/{pid}/status").read_text().splitlines() for pid in cell.processes()]
    return [dict(line.split(":\t", 1) for line in each if ":\t" in line) for each in lines]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
