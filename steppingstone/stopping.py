"""Attempts that stop early: how sure it is that those still to come would change neither tier nor steer."""

from math import comb

from steppingstone.difficulty import PassRate, Thresholds

NEVER, ALWAYS = 0.13, 0.04
"""What is held of a problem before its first attempt: the shares of problems that the student never solves, and always. Of the
others every chance to be solved is taken as equally likely.

Pass rates pile up at 0 and 1. The shares were fitted by maximum likelihood to the pass counts of 2,185 problems of the offline
models (100 seeds, `random_seed` 11), which no Beta distribution fits as well, Jeffreys' among them. A student whose problems
pile up higher is stopped later than could be, and no less surely.
"""


def decided(rate: PassRate, attempts: int, thresholds: Thresholds, confidence: float) -> bool:
    """Whether tier and steer of all of a problem's `attempts` would, at least this surely, be those of `rate`.

    `confidence` is a probability in (0, 1). Attempts that are not in `rate.graded` are taken as yet to come.
    """
    return certainty(rate, attempts, thresholds) >= confidence


def certainty(rate: PassRate, attempts: int, thresholds: Thresholds) -> float:
    """The probability, in [0, 1], that all `attempts` (no fewer than are graded) give the tier and steer of `rate`."""
    now = thresholds.tier(rate), thresholds.steer(rate)
    ends = [PassRate(rate.solved + more, attempts) for more in range(attempts - rate.graded + 1)]
    chances = [_chance(rate, end) for end in ends]
    same = [(thresholds.tier(end), thresholds.steer(end)) == now for end in ends]
    return sum(chance for chance, stays in zip(chances, same, strict=True) if stays) / sum(chances)


def _chance(rate: PassRate, end: PassRate) -> float:
    """The probability to end so and to have come by `rate`: attempts are exchangeable, and their orders equally likely."""
    left, more = end.graded - rate.graded, end.solved - rate.solved
    by_rate = comb(rate.graded, rate.solved) * comb(left, more) / comb(end.graded, end.solved)
    # Where every chance to be solved is equally likely, so is every number of solved attempts.
    spread = (1 - NEVER - ALWAYS) / (end.graded + 1)
    return by_rate * (spread + NEVER * (end.solved == 0) + ALWAYS * (end.solved == end.graded))
