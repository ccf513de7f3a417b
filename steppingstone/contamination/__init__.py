"""Decontamination: evaluation sets, and what holds one of their problems."""

from steppingstone.contamination.index import EvaluationIndex
from steppingstone.contamination.reading import check_evaluation, read_evaluation
from steppingstone.contamination.removal import Decontaminated, drop_contaminated

__all__ = ["Decontaminated", "EvaluationIndex", "check_evaluation", "drop_contaminated", "read_evaluation"]
