"""Hosts that share nothing but a bridge: network namespaces with files of their own; plain processes where none can be made."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra.processes import start

# Sees its own files and those of the system, and in the place of the others' folders empty ones.
HOLD = 'hostname "$1"; shift; ip link set lo up; for other; do mount -t tmpfs none "$other"; done; echo; exec sleep infinity'

# A Dask worker that lost its scheduler ends, and its nanny with it.
KEEP = ("sh", "-c", 'while :; do "$@"; sleep 1; done', "sh")


@dataclass
class Host:
    """A machine with a folder of its own. `enter` begins each command that it runs; `link` is the bridge's end of its cable."""

    name: str
    folder: Path
    enter: tuple[str, ...] = ()
    link: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Starts a process whose home, caches and temporary files are in the host's folder, and again when it has ended."""
        own = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache"), "TMPDIR": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            self.processes.append(
                start([*self.enter, *KEEP, *command], {**env, **own}, stdout=log, stderr=log, cwd=self.folder)
            )

    def cut(self) -> None:
        """From here on nobody hears of it, and it hears of nobody."""
        if self.link:
            _do("ip", "link", "set", self.link, "down")
        else:
            self._signal(signal.SIGSTOP)

    def mend(self) -> None:
        """It is back, with whatever it was doing."""
        if self.link:
            _do("ip", "link", "set", self.link, "up")
        else:
            self._signal(signal.SIGCONT)

    def sees(self, folder: Path) -> list[str]:
        """What it finds in a folder."""
        return subprocess.run([*self.enter, "ls", "-A", folder], capture_output=True, text=True, check=True).stdout.split()

    def stop(self) -> None:
        """Ends its processes."""
        self._signal(signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)


@contextmanager
def three_hosts(folder: Path) -> Iterator[tuple[str, list[Host]]]:
    """The address at which this machine is reached, and three hosts; `folder / "here"` is this machine's own."""
    folders = [folder / name for name in ("here", "host0", "host1", "host2")]
    for each in folders:
        each.mkdir()
    with ExitStack() as stack:
        try:
            network = stack.enter_context(_bridge())
        except (OSError, subprocess.CalledProcessError):
            yield "127.0.0.1", [stack.enter_context(_stopped(Host(own.name, own))) for own in folders[1:]]
            return
        hosts = []
        for number, own in enumerate(folders[1:]):
            hidden = [each for each in folders if each != own]
            hosts.append(stack.enter_context(_namespace(network, number, own, hidden)))
        yield f"{network}.1", hosts


@contextmanager
def _bridge() -> Iterator[str]:
    """A bridge that this machine is on; gives the first three parts of the addresses there."""
    name, network = f"br{os.getpid()}", f"10.213.{os.getpid() % 250}"
    _do("unshare", "--net", "--mount", "--uts", "true")
    _do("ip", "link", "add", name, "type", "bridge")
    try:
        _do("ip", "address", "add", f"{network}.1/24", "dev", name)
        _do("ip", "link", "set", name, "up")
        yield network
    finally:
        _do("ip", "link", "delete", name)


@contextmanager
def _namespace(network: str, number: int, own: Path, hidden: Sequence[Path]) -> Iterator[Host]:
    command = ["unshare", "--net", "--mount", "--uts", "sh", "-c", HOLD, "sh", own.name, *map(str, hidden)]
    holder, link = start(command, os.environ, stdout=subprocess.PIPE), f"ve{os.getpid()}-{number}"
    assert holder.stdout
    holder.stdout.readline()
    enter = ("nsenter", f"--target={holder.pid}", "--net", "--mount", "--uts")
    try:
        _do("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid))
        _do("ip", "link", "set", link, "master", f"br{os.getpid()}", "up")
        _do(*enter, "ip", "address", "add", f"{network}.{number + 2}/24", "dev", "eth0")
        _do(*enter, "ip", "link", "set", "eth0", "up")
        with _stopped(Host(own.name, own, enter, link)) as host:
            yield host
    finally:
        holder.kill()
        holder.communicate()


@contextmanager
def _stopped(host: Host) -> Iterator[Host]:
    try:
        yield host
    finally:
        host.stop()


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
