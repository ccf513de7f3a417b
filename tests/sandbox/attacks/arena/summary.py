"""Counts the attacks in pytest's summary."""

import pytest

from tests.sandbox.attacks.arena.trial import names


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    known = set(names())

    def attacks(kind: str) -> set[str]:
        ids = [report.nodeid for report in terminalreporter.getreports(kind) if "/attacks/" in report.nodeid]
        return known & {part for text in ids for part in text.partition("[")[2].strip("]").split("-")}

    tried = attacks("passed") | attacks("failed") | attacks("error")
    got_through = sorted(attacks("failed") | attacks("error"))
    if tried:
        terminalreporter.write_line(f"{len(tried)} attacks tried, {len(tried) - len(got_through)} held")
    for name in got_through:
        terminalreporter.write_line(f"  got through: {name}")
