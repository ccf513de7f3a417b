"""Public problems whose answers are known, judged in the sandbox. `python -m tests.sandbox.oracles` prints the counts."""
