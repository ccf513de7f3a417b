"""How a program is begun, made harder, made easier, and varied at about the same level."""

from dataclasses import dataclass
from random import Random

from steppingstone.offline.teacher.borrow import borrow, prelude
from steppingstone.offline.teacher.forms import Form, forms, keeps
from steppingstone.offline.teacher.harvest import Harvest, Piece
from steppingstone.offline.teacher.kinds import KINDS
from steppingstone.offline.teacher.palette import Palette
from steppingstone.offline.teacher.program import Program, Step

LONGEST_FUNCTION = 900
LONGEST_PLAIN = 30
MOST_STEPS = 24
FINE = 0.75
"""How often a form is chosen among those of the environment's taste alone."""
LOST = 0.9
"""The pass rate above which `harder` first takes a step away in which values are lost: that may be what is easy."""


@dataclass(frozen=True, slots=True)
class Taste:
    """What an environment likes: how many steps at first, how dear each may be, and how many `harder` adds at least.

    With `plain`, most constants are small and pieces of the seed short, so that examples alone can tell them.
    With `telling`, outputs should tell inputs apart: where many inputs give the same output, one is found at once.
    """

    steps: tuple[int, int]
    dearest: int = 99
    stride: int = 1
    plain: bool = False
    telling: bool = False

    def strides(self, rate: float, steps: int) -> int:
        """How many steps `harder` adds after a pass rate."""
        if self.plain:
            return 1
        return self.stride + (rate > 0.8) + (rate > 0.97) + (self.stride > 1) * (2 * steps // 3)

    def form(self, before: str, after: str, source: Random, cheapest: int = 1) -> Form:
        """A form to this environment's taste from one kind to another, or to any."""
        choices = forms(before, after, cheapest, self.dearest) or forms(before, after)
        fine = [form for form in choices if (form.small or not self.plain) and (form.keeps or not self.telling)]
        return source.choice(fine if fine and source.random() < FINE else choices)


def begin(found: Harvest, palette: Palette, taste: Taste, rejected: str, source: Random) -> Program:
    """A first program around a piece of the seed, if the seed has one that was not just rejected."""
    pieces = _pieces(found, taste, rejected)
    count = source.randint(*taste.steps)
    if not pieces:
        return _grown(Program(source.choice(KINDS), ()), count, palette, taste, source)
    piece = source.choice(pieces)
    kind = next((kind for kind in piece.kinds if kind in KINDS), "text")
    program = Program(kind, (), prelude(piece))
    if source.random() < 0.4:
        start = source.choice([k for k in KINDS if forms(k, kind)])
        program = Program(start, (palette.fill(source.choice(forms(start, kind)), source),), prelude(piece))
    program = program.with_steps((*program.steps, borrow(piece, kind, palette, source)))
    return _grown(program, max(count, len(program.steps)), palette, taste, source)


def _pieces(found: Harvest, taste: Taste, rejected: str) -> list[Piece]:
    if taste.plain:
        return [p for p in found.expressions if len(p.holes) == 1 and p.size <= LONGEST_PLAIN and p.source not in rejected]
    functions = [p for p in found.functions if p.size <= LONGEST_FUNCTION and f"def {p.name}(" not in rejected]
    return functions * 3 + [p for p in found.expressions if p.source not in rejected]


def _grown(program: Program, count: int, palette: Palette, taste: Taste, source: Random) -> Program:
    while len(program.steps) < count:
        program = program.with_steps((*program.steps, palette.fill(taste.form(program.result, "", source), source)))
    return program


def harder(program: Program, rate: float, palette: Palette, taste: Taste, source: Random) -> Program:
    """The program with some more steps, or dearer ones, the more the higher the pass rate was."""
    if rate > LOST and not taste.plain:
        program = _without_loss(program, source)
    for _ in range(taste.strides(rate, len(program.steps))):
        at = source.randint(0, len(program.steps))
        kind = program.steps[at].before if at < len(program.steps) else program.result
        if len(program.steps) >= MOST_STEPS:
            break
        if source.random() < 0.25 and (swapped := _exchange(program, palette, source, dearer=True)):
            program = swapped
            continue
        cheapest = source.choice((1, 2, 3)) if taste.stride > 1 else 1
        step = palette.fill(taste.form(kind, kind, source, cheapest), source)
        program = program.with_steps((*program.steps[:at], step, *program.steps[at:]))
    return program


def _without_loss(program: Program, source: Random) -> Program:
    """The program without some of the steps in which values are lost, the last first."""
    kept = list(program.steps)
    for at in reversed(range(len(kept))):
        ends = at == len(kept) - 1 > 0
        if not keeps(kept[at].source) and (kept[at].before == kept[at].after or ends) and source.random() < 0.7:
            del kept[at]
    return program.with_steps(kept)


def easier(program: Program, times: int, palette: Palette, source: Random) -> Program:
    """The program with some steps fewer, or a cheaper one where only one is left."""
    if not program.steps:
        return _grown(program, 1, palette, Taste((1, 1), dearest=1), source)
    for _ in range(times):
        if len(program.steps) > 1:
            program = _shorter(program, source)
        else:
            program = _exchange(program, palette, source, dearer=False) or program
    return program


def _shorter(program: Program, source: Random) -> Program:
    steps = program.steps
    free = [i for i, step in enumerate(steps) if step.before == step.after]
    dear = sorted(free, key=lambda i: (-steps[i].cost, source.random()))
    if dear and source.random() < 0.8:
        return program.with_steps(steps[: dear[0]] + steps[dear[0] + 1 :])
    return program.with_steps(steps[:-1])


def _exchange(program: Program, palette: Palette, source: Random, dearer: bool) -> Program | None:
    at = source.randrange(len(program.steps)) if program.steps else 0
    if not program.steps:
        return None
    old = program.steps[at]
    after = "" if at == len(program.steps) - 1 else old.after
    choices = forms(old.before, old.after, old.cost + 1) if dearer else forms(old.before, after, 1, max(1, old.cost - 1))
    return _replaced(program, at, palette.fill(source.choice(choices), source)) if choices else None


def vary(program: Program, palette: Palette, taste: Taste, source: Random) -> Program:
    """The program with one step exchanged for another of about the same cost."""
    if not program.steps:
        return _grown(program, 1, palette, taste, source)
    at = source.randrange(len(program.steps))
    old = program.steps[at]
    choices = forms(old.before, old.after, max(1, old.cost - 1), old.cost + 1) or forms(old.before, old.after)
    if not choices:
        return harder(program, 0.0, palette, taste, source)
    return _replaced(program, at, palette.fill(source.choice(choices), source))


def _replaced(program: Program, at: int, step: Step) -> Program:
    return program.with_steps((*program.steps[:at], step, *program.steps[at + 1 :]))
