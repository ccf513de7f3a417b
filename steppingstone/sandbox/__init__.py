"""Untrusted code runs here and nowhere else: warm fork servers, confined once, with a child for each program."""

from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome
from steppingstone.sandbox.pool import Sandbox

__all__ = ["ExecutionVerdict", "Limits", "Outcome", "Sandbox"]
