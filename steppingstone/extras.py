"""What this package needs beyond pyarrow comes with its extras: an error for a missing module names the one that brings it."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def brought_by(extra: str) -> Iterator[None]:
    """Around imports: what is missing raises a `ModuleNotFoundError` that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}; pip install 'steppingstone[{extra}]' brings it", name=error.name) from None
