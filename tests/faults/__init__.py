"""Faults of operation with real processes: each ends in the way that infra/README.md states, and nothing is lost."""
