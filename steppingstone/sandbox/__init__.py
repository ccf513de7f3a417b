"""Untrusted code runs here and nowhere else: warm fork servers, confined once, with a child for each program."""

from steppingstone.sandbox.awaitable import AsyncSandbox
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome, ProgramOutcome
from steppingstone.sandbox.pool import Sandbox

__all__ = ["AsyncSandbox", "ExecutionVerdict", "Limits", "Outcome", "ProgramOutcome", "Sandbox"]
