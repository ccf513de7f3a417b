"""Is no program, or defines no function: nothing, a string, a lambda that is gone, a name that is not callable.
Seen: found here; the name asked for must be the program's own.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = "f = 'f'"
ATTACK = Program(source=SOURCE, ends="missing_function", inputs=[[1], [2]])
