"""What this kernel and container can enforce, and which policies and tiers run here."""

import platform
import sys

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox.connection import Connection
from steppingstone.sandbox.policy import MISSING, POLICIES
from steppingstone.sandbox.tiers import BEYOND, Tier, package_folder


def main() -> int:
    """Print the tables; 1 if the default policy cannot run here, else 0."""
    print(f"Linux {platform.release()}, {platform.machine()}, Python {platform.python_version()} ({sys.executable})\n")
    try:
        report = _report("best_effort", Tier.BARE)
    except SandboxUnavailable as error:
        print(error)
        return 1
    _print_table(["mechanism", "here", "demanded by"], [_mechanism(name, state) for name, state in report.items()])
    runs = {name: _attempt(name, Tier.BARE) for name in POLICIES}
    _print_table(["policy", "here", "what it is"], [[name, runs[name], POLICIES[name].about] for name in POLICIES])
    _print_table(["tier", "here", "what programs import"], [[tier, _tier(tier), _TIERS[tier]] for tier in Tier])
    return 0 if runs["default"] == _RUNS else 1


_RUNS = "runs"
_TIERS = {
    Tier.BARE: "about 50 standard modules, held ready",
    Tier.STDLIB: "the whole standard library but ctypes, from memory",
    Tier.NUMPY: "that, and numpy held ready",
    Tier.MATHS: "the standard library, and math-verify with sympy held ready",
}


def _report(policy: str, tier: Tier) -> dict[str, str]:
    connection = Connection(tier=tier, policy=policy)
    try:
        connection.open()
        return {name: state for name, state in connection.report.items() if name not in ("policy", "tier")}
    finally:
        connection.close()


def _attempt(policy: str, tier: Tier) -> str:
    try:
        _report(policy, tier)
    except SandboxUnavailable as error:
        return f"REFUSED: {error}"
    return _RUNS


def _tier(tier: Tier) -> str:
    if tier in BEYOND and not package_folder(tier):
        return f"{MISSING} ({BEYOND[tier]} is not installed for this interpreter)"
    return _attempt("default", tier)


def _mechanism(name: str, state: str) -> list[str]:
    return [name, state, ", ".join(policy.name for policy in POLICIES.values() if name in policy.demands) or "none"]


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
