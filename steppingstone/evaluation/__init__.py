"""Evaluation of a model in training: code judged in the sandbox, mathematics by math-verify, and pass@k over its steps."""
