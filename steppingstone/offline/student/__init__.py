"""The offline student: reads the prompt that a language model would get, and searches for an answer under a budget."""

from steppingstone.offline.student.solver import replies

__all__ = ["replies"]
