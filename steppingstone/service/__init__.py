"""Grading behind HTTP, for trainers on machines where untrusted code must not run.

    python -m steppingstone.service data --token-file token --host 0.0.0.0

`client` is all that a trainer's machine needs of it; the rest needs FastAPI and uvicorn.
"""
