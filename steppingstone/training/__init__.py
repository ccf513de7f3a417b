"""A policy trained by TRL's GRPO on a published curriculum: `python -m steppingstone.training PLAN.json`

It runs in a Python that has TRL, which may be another than the platform's: TRL with vLLM wants an older `openai`. Of this
package it needs what wants no more than pyarrow. `measures` is what is told of each step, `plan` what is trained, on what and
how, `checkpoints` where it goes on after a stop.
"""
