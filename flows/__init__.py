"""The outcomes: one flow a file. Run one by `python -m flows.nightly`."""

import os

# A run on one's own machine shows its own progress and errors (Prefect's UI has the logs), and sends nothing home.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
