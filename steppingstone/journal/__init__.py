"""The journal of completions: what a model said is stored before anything is made of it, and never paid for twice."""

from steppingstone.journal.journal import Journal, check_journal, request_key

__all__ = ["Journal", "check_journal", "request_key"]
