"""A small interpreter of Python: programs are walked, never executed, with caps on steps, sizes and depth."""

from steppingstone.offline.interpreter.machine import Machine, OutOfBudget, Stopped, Unsupported
from steppingstone.offline.interpreter.program import Program, Run, fresh

__all__ = ["Machine", "OutOfBudget", "Program", "Run", "Stopped", "Unsupported", "fresh"]
