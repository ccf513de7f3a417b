"""Returns values that hold themselves, or are nested deeper than any stack.
Seen: sandbox.md, "deep or cyclic results".
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
def deep(kind):
    value = kind(())
    for _ in range(10**5): value = kind((value,))
    return value
def f(n):
    cycle, table = [], {}
    cycle.append((cycle,))
    table[1] = [table]
    return [cycle, table, deep(list), deep(tuple), [cycle, table]][n]
"""
ATTACK = Program(source=SOURCE, ends="output_too_large memory killed", inputs=[[n] for n in range(5)])
