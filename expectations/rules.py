"""What gates hold tables to."""

from dataclasses import dataclass, field

from steppingstone.difficulty import Thresholds


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run's tables are held to: its settings, as far as they show in the tables.

    A problem has at least `least_attempts` attempts, which are fewer than `attempts` where they may stop early. The others
    are shares: of the problems that may be quarantined, of what is an environment's due that it may fall short by, of a
    table's rows that may be missing against the last version, of the last runs' yield that a run may fall short by.
    """

    attempts: int
    least_attempts: int
    environments: tuple[str, ...] = ("abduction", "deduction", "fuzzing", "induction")
    thresholds: Thresholds = field(default_factory=Thresholds)
    most_quarantined: float = 0.5
    imbalance: float = 0.9
    rows_lost: float = 0.0
    yield_lost: float = 0.5
