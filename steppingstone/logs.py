"""Log records as JSON lines that say what they are about: the run, batch, chain, environment and round."""

import json
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from steppingstone.redaction import redacted

_ABOUT: ContextVar[Mapping[str, object]] = ContextVar("about")
_NOTHING: Mapping[str, object] = {}
_process: dict[str, object] = {}


@contextmanager
def about(**told: object) -> Iterator[None]:
    """What is logged and counted in this block, and in the tasks and threads that it starts, is about these."""
    token = _ABOUT.set({**_ABOUT.get(_NOTHING), **told})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def about_always(**told: object) -> None:
    """What this process logs and counts from now on is about these, unless a block of `about` says otherwise."""
    _process.update(told)


def subject() -> dict[str, object]:
    """What is now logged or counted is about these."""
    return {**_process, **_ABOUT.get(_NOTHING)}


def run() -> str:
    """The run that is now logged and counted; empty if it is none."""
    return str(_ABOUT.get(_NOTHING).get("run") or _process.get("run", ""))


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC, ISO 8601), level, logger, message, process, what it is about, and the exception.

    Prefect's names of the flow and task run stand there too, if they logged it. No secret of the environment does.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
            "process": f"{socket.gethostname()}:{os.getpid()}",
            **subject(),
        }
        line |= {name: told for name in ("flow_run_name", "task_run_name") if (told := getattr(record, name, None))}
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
