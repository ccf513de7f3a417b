"""A draft: a folder of Parquet files, one a table, that a run works on. Written under the declared schemas, read by DuckDB."""

import contextlib
import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steppingstone.disks import room_for
from steppingstone.errors import BadInput, TableMismatch
from steppingstone.storage import Folder as Folder
from steppingstone.storage import Store, is_address
from steppingstone.tables import ALL_TABLES, TABLES

ROWS_A_BATCH = 2_000
BYTES_A_ROW_GROUP = 64 << 20
BYTES_HELD = 8 << 20
ROWS_HELD = 128
READER_MEMORY = "4GB"

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

Row = Mapping[str, object]


def table_path(folder: Folder, table: str) -> Path:
    """Where a table's file stands in a folder; an unknown table is `BadInput`."""
    if table not in ALL_TABLES:
        raise BadInput(f"no table is called {table!r}; the tables are {', '.join(ALL_TABLES)}")
    return Path(folder) / f"{table}.parquet"


def write_rows(folder: Folder, table: str, rows: Iterable[Row]) -> int:
    """Writes rows as the whole of a table and returns their number. Raises `TableMismatch` at the first that does not fit."""
    return write_batches(folder, table, to_batches(table, rows))


def write_batches(folder: Folder, table: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Writes record batches as the whole of a table. The old file stays until the new one is complete."""
    return write_file(table_path(folder, table), ALL_TABLES[table], batches)


def write_file(target: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Writes record batches as a whole Parquet file, with the schema's metadata. The old one stays until it is complete.

    Raises `StorageError` if a disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with room_for(target):
            written = _write_groups(aside, schema, (_fitted(target.stem, schema, batch) for batch in batches))
            aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return written


class TableFile:
    """One table of a folder, written as its rows come; what is held in memory is less than one row group."""

    def __init__(self, folder: Folder, table: str) -> None:
        self._table = table
        path = table_path(folder, table)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(path, ALL_TABLES[table], compression="zstd")
        self._rows: list[Row] = []
        self._held: list[pa.RecordBatch] = []
        self._held_bytes = self._count = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Adds rows. Raises `TableMismatch`, now or later, at the first that does not fit."""
        self._rows += rows
        if len(self._rows) >= ROWS_HELD:
            self._convert()
        if self._held_bytes >= BYTES_HELD:
            self._write()

    def close(self) -> int:
        """Ends the file, and returns the number of its rows."""
        self._convert()
        self._write()
        self._writer.close()
        return self._count

    def abandon(self) -> None:
        """Lets go of the file, whatever is in it."""
        with contextlib.suppress(OSError):
            self._writer.close()
        _let_go(self._writer)

    def _convert(self) -> None:
        for batch in to_batches(self._table, self._rows):
            self._held.append(batch)
            self._held_bytes += batch.nbytes
        self._count += len(self._rows)
        self._rows = []

    def _write(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held))
        self._held, self._held_bytes = [], 0


def merge(folder: Folder, table: str, parts: Iterable[Folder]) -> int:
    """Writes one table as that of many folders, one after the other; folders without it are passed over."""
    files = [table_path(part, table) for part in parts]
    return write_batches(folder, table, (batch for file in files if file.exists() for batch in _batches_of(file)))


def read_table(folder: Folder, table: str) -> pa.Table:
    """A table as a whole; empty if there is no file. For large tables use `connect`."""
    path = table_path(folder, table)
    return pq.ParquetFile(path).read() if path.exists() else ALL_TABLES[table].empty_table()


def iterate(folder: Folder, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Some columns of a table's rows, one after the other; a row group at most is held in memory."""
    path = table_path(folder, table)
    if path.exists():
        with pq.ParquetFile(path) as opened:
            for batch in opened.iter_batches(ROWS_A_BATCH, columns=columns):
                yield from batch.to_pylist()


def read_rows(folder: Folder, table: str, rows: range, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some columns of the rows with these successive numbers, counted from 0. No more row groups are read than hold them.

    The folder may be an address.
    """
    found, first = [], 0
    with _opened(folder, table) as opened:
        for group in range(opened.num_row_groups):
            last = first + opened.metadata.row_group(group).num_rows
            if rows.start < last and first < rows.stop:
                start, stop = max(rows.start, first), min(rows.stop, last)
                found += opened.read_row_group(group, columns=columns).slice(start - first, stop - start).to_pylist()
            first = last
    return found


def find_rows(folder: Folder, table: str, names: Collection[str], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some columns of the rows with one of these problem ids. No more row groups are read than hold them, but for the ids.

    The folder may be an address.
    """
    wanted, found = pa.array(names, pa.string()), []
    with _opened(folder, table) as opened:
        for group in range(opened.num_row_groups):
            here = pc.is_in(opened.read_row_group(group, columns=["problem_id"])["problem_id"], wanted)
            if pc.any(here).as_py():
                found += opened.read_row_group(group, columns=columns).filter(here).to_pylist()
    return found


def count_rows(folder: Folder, table: str) -> int:
    """The number of a table's rows, from its footer alone; 0 if there is no file."""
    path = table_path(folder, table)
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0


def connect(folder: Folder) -> "Connection":
    """An in-memory connection with a view over each table of a folder; a table without a file is empty.

    Nothing is locked, so any number may read at once, and what spills to disk goes to the system's temporary folder.
    """
    # Imported where it is used: as a global of modules that a Prefect flow refers to it is never freed, and says so at exit.
    import duckdb

    connection = duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"steppingstone-{uuid.uuid4().hex}"
    connection.execute(f"SET memory_limit = '{READER_MEMORY}'; SET temp_directory = {quoted(str(spill))}")
    # A file may be replaced while the connection lives, within the resolution of its time stamp.
    connection.execute("SET enable_external_file_cache = false")
    for table, schema in TABLES.items():
        if (path := table_path(folder, table).absolute()).exists():
            connection.execute(f"CREATE VIEW {table} AS {select_from(quoted(glob_safe(str(path))))}")
        else:
            connection.register(table, schema.empty_table())
    return connection


def rewrite(connection: "Connection", folder: Folder, table: str, query: str) -> int:
    """Replaces a table by what a query gives, which may read the table itself; streamed, and in the query's order."""
    return write_batches(folder, table, connection.sql(query).to_arrow_reader(ROWS_A_BATCH))


def select_from(path: str) -> str:
    """SQL that reads a Parquet file; `path` is an SQL expression. `v=00001` in a path is no column of ours."""
    return f"SELECT * FROM read_parquet({path}, hive_partitioning = false)"


def place(folder: Folder, table: str) -> str:
    """Where a table's file stands, as `select_from` takes it."""
    return quoted(glob_safe(str(table_path(folder, table).absolute())))


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def glob_safe(path: str) -> str:
    """A path in which no character stands for another where DuckDB expects a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def _opened(folder: Folder, table: str) -> Any:
    path = table_path(folder, table)
    return pq.ParquetFile(Store(folder).open(path.name), pre_buffer=True) if is_address(folder) else pq.ParquetFile(path)


def _write_groups(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    written, writer = 0, pq.ParquetWriter(path, schema, compression="zstd")
    try:
        with writer:
            for group in _row_groups(batches):
                writer.write_table(pa.Table.from_batches(group, schema=schema))
                written += sum(batch.num_rows for batch in group)
    finally:
        _let_go(writer)
    return written


def _let_go(writer: pq.ParquetWriter) -> None:
    """Keeps a writer that could not be closed from trying again when it is freed, and from complaining in the terminal."""
    writer.is_open = False


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches gathered to about one row group's bytes, which is all that is ever held."""
    group: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        group.append(batch)
        held += batch.nbytes
        if held >= BYTES_A_ROW_GROUP:
            yield group
            group, held = [], 0
    if group:
        yield group


def _batches_of(file: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file) as opened:
        yield from opened.iter_batches(ROWS_A_BATCH)


def _fitted(table: str, schema: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch in a table's declared types and order; engines forget which columns may be null."""
    try:
        return batch.select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise TableMismatch(f"{table}: a batch does not fit the declared schema: {error}") from error


def to_batches(table: str, rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    """Rows as record batches under a table's schema. Raises `TableMismatch` at the first that does not fit."""
    source = iter(rows)
    while chunk := list(islice(source, ROWS_A_BATCH)):
        for row in chunk:
            if unknown := sorted(set(row) - set(ALL_TABLES[table].names)):
                raise TableMismatch(f"{table}: no column is called {', '.join(unknown)}")
        yield pa.RecordBatch.from_arrays(
            [_column(table, field, chunk) for field in ALL_TABLES[table]], schema=ALL_TABLES[table]
        )


def _column(table: str, field: pa.Field, rows: Sequence[Row]) -> pa.Array:
    values = [row.get(field.name) for row in rows]
    for value in values:
        if value is not None and not _is_a(field.type, value):
            raise TableMismatch(f"{table}.{field.name} takes {field.type}, not {type(value).__name__} {str(value)[:80]!r}")
    try:
        array = pa.array(values, type=field.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise TableMismatch(f"{table}.{field.name} takes {field.type}: {str(error)[:300]}") from error
    if array.null_count and not field.nullable:
        raise TableMismatch(f"{table}.{field.name} is missing in {array.null_count} of {len(rows)} rows")
    return array


def _is_a(kind: pa.DataType, value: object) -> bool:
    """Whether a value is of a column's type. Arrow alone would cut 1.5 to 1 and take a text for a list of letters."""
    if pa.types.is_list(kind):
        return isinstance(value, list | tuple) and all(_is_a(kind.value_type, item) for item in value)
    if pa.types.is_string(kind):
        return isinstance(value, str)
    if pa.types.is_boolean(kind):
        return isinstance(value, bool)
    number = int if pa.types.is_integer(kind) else int | float
    return isinstance(value, number) and not isinstance(value, bool)
