"""Syntax trees from many threads."""

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from steppingstone.values import from_text


@pytest.fixture
def restless() -> Iterator[None]:
    """Another thread goes on at every garbage collection, so also while a tree is being built."""
    before = gc.get_threshold()
    step = lambda phase, info: time.sleep(0)  # noqa: E731
    gc.callbacks.append(step)
    gc.set_threshold(20)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(step)


def test_literals_are_read_in_many_threads_at_once(restless: None) -> None:
    text = str([(i, [i, {"a": i}]) for i in range(200)])
    faults: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(100):
                from_text(text)
        except SystemError as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
