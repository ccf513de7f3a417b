"""Documents in a Parquet file, read by small batches, and only the row groups and columns that are asked for."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone.errors import BadInput
from steppingstone.seeds.files import FoundFile, readable
from steppingstone.seeds.shelves import Row

# Rows of a batch: a document may have a megabyte. Bytes of the buffer that replaces whole column chunks.
BATCH_ROWS = 16
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ParquetShelf:
    """One Parquet file."""

    file: FoundFile

    @property
    def name(self) -> str:
        return self.file.shown

    def size(self) -> int:
        with readable(self.name), self.file.open() as handle:
            return int(self._opened(handle).metadata.num_rows)

    def first(self) -> Mapping[str, object]:
        with readable(self.name), self.file.open() as handle:
            parquet = self._opened(handle)
            if not parquet.metadata.num_rows:
                raise BadInput(f"{self.name} holds no rows: give a file with documents")
            return {field.name: _example(field.type) for field in parquet.schema_arrow}

    def rows(self, numbers: Sequence[int], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        with readable(self.name), self.file.open() as handle:
            parquet, start = self._opened(handle), 0
            wanted = [column for column in columns if column in parquet.schema_arrow.names]
            for group in range(parquet.num_row_groups):
                end = start + parquet.metadata.row_group(group).num_rows
                chosen = numbers[bisect_left(numbers, start) : bisect_left(numbers, end)]
                yield from _group_rows(parquet, group, start, chosen, wanted)
                start = end

    def _opened(self, handle: BinaryIO) -> Any:
        return pq.ParquetFile(handle, pre_buffer=False, buffer_size=BUFFER_BYTES)


def _group_rows(parquet: Any, group: int, start: int, numbers: Sequence[int], columns: list[str]) -> Iterator[tuple[int, Row]]:
    if not numbers:
        return
    for batch in parquet.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns, use_threads=False):
        end = start + batch.num_rows
        for number in numbers[bisect_left(numbers, start) : bisect_left(numbers, end)]:
            yield number, {column: batch.column(column)[number - start].as_py() for column in columns}
        if end > numbers[-1]:
            return
        start = end


def _example(kind: Any) -> object:
    """A value of an Arrow type, as far as the checks tell types apart."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return ""
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return 0 if numeric else None if pa.types.is_null(kind) else str(kind).encode()
