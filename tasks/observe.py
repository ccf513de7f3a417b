"""Logs of a process that works at a run, as JSON lines, and its figures at the address where Dask serves its own."""

import contextlib
import logging
import os
import socket
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

from steppingstone.logs import JsonLines
from tasks.expose import expose

DESTINATION = "STEPPINGSTONE_LOGS"
"""`stderr` in this environment variable has the lines go there, and nothing else that is logged: for containers."""
FILE_BYTES, OLD_FILES = 20_000_000, 3
"""A file is put aside when it is this large; so many are kept of a process."""
KEPT_FILES = 200
"""So many of the newest files are kept of all processes together."""

_written: dict[str, logging.Handler] = {}
_lock = threading.Lock()


def observe(data_root: str, kind: str) -> None:
    """Has this process, which is a `flow` or a `worker`, log and count from now on. Does nothing if it does so already."""
    with _lock:
        if data_root not in _written:
            stop()
            _written[data_root] = handler = _handler(data_root, kind)
            handler.setFormatter(JsonLines())
            _attach(handler)
        expose()


def stop() -> None:
    """Has this process log as it did before."""
    for handler in _written.values():
        for logger in _loggers():
            logger.removeHandler(handler)
            for other in logger.handlers:
                other.removeFilter(_for_a_terminal)
        handler.close()
    _written.clear()


def _handler(data_root: str, kind: str) -> logging.Handler:
    if os.environ.get(DESTINATION) == "stderr" or "://" in data_root:
        return logging.StreamHandler(sys.stderr)
    folder = Path(data_root) / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_old(folder)
        return _LogFile(folder / f"{kind}-{socket.gethostname()}-{os.getpid()}.jsonl")
    except OSError:
        # What is wrong with the data root, whoever needs it says.
        return logging.StreamHandler(sys.stderr)


class _LogFile(RotatingFileHandler):
    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A full disk is no reason to fill the terminal, too: whoever must write there fails, and says so."""


def _remove_old(folder: Path) -> None:
    # Processes that begin at once remove the same files.
    with contextlib.suppress(FileNotFoundError):
        files = sorted(folder.glob("*.jsonl*"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - KEPT_FILES)]:
            path.unlink(missing_ok=True)


def _loggers() -> list[logging.Logger]:
    """The root, and Dask's own where it hands nothing on to the root."""
    dask = logging.getLogger("distributed")
    return [logging.getLogger(), *([] if dask.propagate else [dask])]


def _attach(handler: logging.Handler) -> None:
    logging.getLogger("steppingstone").setLevel(logging.INFO)
    for logger in _loggers():
        for other in [other for other in logger.handlers if isinstance(other, logging.StreamHandler)]:
            if isinstance(handler, _LogFile):
                other.addFilter(_for_a_terminal)
            else:
                logger.removeHandler(other)
        logger.addHandler(handler)


def _for_a_terminal(record: logging.LogRecord) -> bool:
    """What the package tells of each round would bury the display."""
    return record.levelno >= logging.WARNING or not record.name.startswith("steppingstone")
