"""Takes into an index what others wrote to the segments since it was last open."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice

from steppingstone.journal.database import Database
from steppingstone.journal.lines import Place, scan
from steppingstone.journal.segments import Segments

Scan = Iterable[tuple[list[Place], int]]


def catch_up(database: Database, segments: Segments, alone: AbstractContextManager[None]) -> None:
    """Brings the index up to the segments as they are now. `alone` keeps the machine's other processes from doing the same."""
    before = database.known()
    # Whatever was known before is still listed, or is gone for good.
    sizes = segments.sizes()
    if all(before.get(name) == size for name, size in sizes.items()) and len(before) == len(sizes):
        return
    with alone:
        if gone := [name for name, known in before.items() if sizes.get(name, -1) < known]:
            database.forget(gone)
        known = database.known()
        new = [(name, known.get(name, 0), size) for name, size in sorted(sizes.items()) if known.get(name, 0) < size]
        scans: Iterator[Scan] = (scan(partial(segments.read, name), start, size) for name, start, size in new)
        for (name, start, _), found in zip(new, _read_ahead(scans, segments.readers), strict=True):
            for places, end in found:
                database.add(name, start, end, places)
                start = end


def _read_ahead(scans: Iterator[Scan], readers: int) -> Iterator[Scan]:
    if readers == 1:
        yield from scans
        return
    with ThreadPoolExecutor(readers) as pool:
        while some := list(islice(scans, readers)):
            yield from pool.map(list, some)
