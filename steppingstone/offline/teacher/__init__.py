"""The offline teacher: reads the prompt that a language model would get, and writes a problem in the same format."""

from steppingstone.offline.teacher.author import reply

__all__ = ["reply"]
