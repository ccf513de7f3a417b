"""Whether storage takes what is put, known before somebody is asked for what would be lost."""

import threading
import time
from collections.abc import Callable

AGAIN_S = 5.0
"""Seconds after which storage that failed is tried again."""


class Readiness:
    """Doubts the storage at first, and after each failure, until `probe` has written to it. For any number of threads."""

    def __init__(self, probe: Callable[[], None]) -> None:
        self.doubtful = True
        self._probe = probe
        self._looking = threading.Lock()
        self._fault: Exception | None = None
        self._again_at = 0.0

    def check(self) -> None:
        """Raises what `probe` raises. Those who ask while it fails, and shortly after, share one failure."""
        with self._looking:
            if not self.doubtful:
                return
            if self._fault is not None and time.monotonic() < self._again_at:
                raise self._fault
            try:
                self._probe()
            except Exception as error:
                self._fault, self._again_at = error, time.monotonic() + AGAIN_S
                raise
            self.doubtful, self._fault = False, None
