"""Which problems are held out of the curricula, to evaluate on: those of some seeds, the same ones in each version."""

from steppingstone.settings import REAL


def is_held_out(share: float) -> str:
    """SQL over a row of a problems table: whether it is held out, where this share of the seeds is.

    It goes by the seed, for a chain's problems are variants of one core; what a smaller share holds out a larger one does too.
    Real problems never are: benchmarks are evaluated on those of their own.
    """
    first_beyond = "g" if share == 1 else f"{int(share * 16**8):08x}"
    return f"(environment <> '{REAL}' AND md5(seed_id) < '{first_beyond}')"
