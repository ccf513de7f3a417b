"""From real input to seeds: corpora, rollout logs and solved problems."""

from steppingstone.seeds.draw import Contaminated, SeedDraw, check_sources, draw_seeds
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.sources import (
    CorpusSource,
    ReferenceSource,
    RolloutSource,
    Source,
    own_solved_problems,
    standard_library,
)

__all__ = [
    "Contaminated",
    "CorpusSource",
    "PassedOver",
    "ReferenceSource",
    "RolloutSource",
    "SeedDraw",
    "Source",
    "check_sources",
    "draw_seeds",
    "own_solved_problems",
    "standard_library",
]
