"""What a person is told to do about each kind of failure."""

import pytest

from steppingstone.errors import (
    BadInput,
    GateFailed,
    InfrastructureError,
    ModelServerError,
    Overtaken,
    SteppingstoneError,
    StorageError,
    Unforeseen,
)
from tasks.explain import advised


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (StorageError("nothing was written"), StorageError, "What to do: make room, or mend the storage; then run it again"),
        (ModelServerError("http://a/v1: 503"), ModelServerError, "What to do: `python -m infra.doctor` tells what is amiss"),
        (TimeoutError("3600 s"), InfrastructureError, "TimeoutError: 3600 s\nWhat to do: `python -m infra.doctor`"),
        (OSError(28, "No space left on device"), StorageError, "No space left on device\nWhat to do: make room"),
        (KeyError("tier"), Unforeseen, "KeyError: 'tier'\nWhat to do: it may be a fault of the program"),
    ],
)
def test_a_failure_names_what_failed_and_what_to_do(error: Exception, kind: type[SteppingstoneError], told: str) -> None:
    made = advised(error)
    assert type(made) is kind
    assert told in str(made)


@pytest.mark.parametrize("kind", [BadInput, GateFailed, Overtaken])
def test_what_says_by_itself_what_to_do_stays_as_it_is(kind: type[SteppingstoneError]) -> None:
    error = kind("what, which value, and what to do")
    assert advised(error) is error
