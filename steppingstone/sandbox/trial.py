"""The sandbox tried before a run: an honest program has to come through, and a hostile one must get nothing."""

from steppingstone.errors import SandboxUnavailable
from steppingstone.findings import Finding, State, of_error
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits
from steppingstone.sandbox.policy import MISSING
from steppingstone.sandbox.pool import Sandbox

NAME = "sandbox"
HONEST = "def f(numbers):\n    return sorted(numbers)"
HOSTILE = """
import os

def f(what):
    if what == "read a file":
        return open("/etc/passwd").read()
    if what == "open a socket":
        import _socket
        return str(_socket.socket())
    if what == "start a process":
        return os.fork()
    if what == "signal another process":
        return os.kill(os.getppid(), 0)
    if what == "take all memory":
        return len([bytes(2**20) for _ in range(2**20)])
    while what == "never end":
        pass
"""
TRICKS = ("read a file", "open a socket", "start a process", "signal another process", "take all memory", "never end")


def examine_sandbox(memory_mb: int) -> Finding:
    """Whether the policy that runs have is enforced here: by what the kernel says of it, and by programs that are run."""
    try:
        with Sandbox(1, Limits(memory_mb=memory_mb)) as sandbox:
            report = sandbox.policy_report()
            (honest,) = sandbox.call(HONEST, "f", [[[3, 1, 2]]])
            hostile = sandbox.call(HOSTILE, "f", [[trick] for trick in TRICKS], Limits(0.5, memory_mb))
    except SandboxUnavailable as error:
        return of_error(NAME, error)
    if honest.verdict is not ExecutionVerdict.OK or honest.decoded != [1, 2, 3]:
        said = f"an honest program came to the end {honest.verdict} {honest.detail}".rstrip()
        return Finding(NAME, State.FAILED, said, "see `python -m steppingstone.sandbox doctor`")
    passed = [trick for trick, outcome in zip(TRICKS, hostile, strict=True) if outcome.verdict is ExecutionVerdict.OK]
    if passed:
        return Finding(NAME, State.FAILED, f"a program was let {', '.join(passed)}", "let no model's programs run here")
    return Finding(NAME, State.FINE, f"an honest program ran, and a hostile one got nothing; {_walls(report)}")


def _walls(report: dict[str, str]) -> str:
    walls = {name: state.startswith(MISSING) for name, state in report.items() if name not in ("policy", "tier", "user")}
    there = ", ".join(name for name, missing in walls.items() if not missing)
    missing = ", ".join(name for name, missing in walls.items() if missing)
    return f"enforced are {there}" + (f", but not {missing}, which its policy can do without" if missing else "")
