"""What every kind of file offers: documents by number, in bounded memory."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from steppingstone.seeds.reasons import PassedOver

# One row: values by column, or why there is none. Absent columns are None.
Row = Mapping[str, object] | PassedOver


class Shelf(Protocol):
    """A file, or a tree of files, that holds documents under the numbers 0 to size - 1."""

    @property
    def name(self) -> str: ...

    def size(self) -> int: ...

    def first(self) -> Mapping[str, object]:
        """The columns that exist, each with a value of its type or None. BadInput if there are no rows."""
        ...

    def rows(self, numbers: Sequence[int], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        """The rows of these ascending numbers, in that order."""
        ...
