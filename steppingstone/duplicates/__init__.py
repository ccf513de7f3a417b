"""Which problems are the same, and what leaves a draft because of that."""

from steppingstone.duplicates.agreement import agreement
from steppingstone.duplicates.distinct import Agree, Distinct, Match, Traits
from steppingstone.duplicates.drop import Deduplicated, drop_duplicates
from steppingstone.duplicates.reading import of_latest

__all__ = ["Agree", "Deduplicated", "Distinct", "Match", "Traits", "agreement", "drop_duplicates", "of_latest"]
