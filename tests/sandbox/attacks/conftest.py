"""Counts the attacks in pytest's summary."""

import pytest

from tests.sandbox.attacks.arena.trial import names


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    def attacks(kind: str) -> set[str]:
        reports = terminalreporter.getreports(kind)
        return {
            report.nodeid.rpartition("[")[2].strip("]").rpartition("-")[2] for report in reports if "/attacks/" in report.nodeid
        }

    tried = (attacks("passed") | attacks("failed")) & set(names())
    if tried:
        got_through = sorted(attacks("failed") & tried)
        terminalreporter.write_line(f"{len(tried)} attacks tried, {len(tried) - len(got_through)} held")
        for name in got_through:
            terminalreporter.write_line(f"  got through: {name}")
