"""Generates verifiable reinforcement-learning problems for code, steered by a student's pass rate."""
