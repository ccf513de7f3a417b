"""Files of real problems: found, their layout recognised by its columns, and read row by row."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from steppingstone.errors import BadInput
from steppingstone.real import humaneval, livecodebench, mbpp, solved
from steppingstone.real.columns import Row
from steppingstone.real.problem import RealProblem, Unreadable
from steppingstone.seeds.cleaning import printable
from steppingstone.seeds.files import FileKind, FoundFile, find_files
from steppingstone.seeds.jsonl_files import JsonlShelf
from steppingstone.seeds.parquet_files import ParquetShelf
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Shelf

SHOWN_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a problem set lays out its rows: the columns by which it is known, those that may be there, and how one is read."""

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Row], RealProblem]


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that makes no problem: where it stands, why not, and the start of it."""

    origin: str
    why: str
    shown: str


HUMANEVAL = Layout("HumanEval", humaneval.NEEDED, humaneval.OPTIONAL, humaneval.read)
LIVECODEBENCH = Layout("LiveCodeBench", livecodebench.NEEDED, livecodebench.OPTIONAL, livecodebench.read)
MBPP = Layout("MBPP", mbpp.NEEDED, mbpp.OPTIONAL, mbpp.read)
SOLVED = Layout("solved problems", solved.NEEDED, solved.OPTIONAL, solved.read)
LAYOUTS = (HUMANEVAL, LIVECODEBENCH, MBPP, SOLVED)


def check_files(paths: Sequence[str], layouts: Sequence[Layout] = LAYOUTS) -> None:
    """Raises `BadInput` for the first file that is not there, or whose columns are those of none of the layouts."""
    _opened(paths, layouts)


def read_problems(paths: Sequence[str], layouts: Sequence[Layout] = LAYOUTS) -> Iterator[RealProblem | Unread]:
    """The rows of all files, in order; one at a time is held. Raises `BadInput` as `check_files` does, before the first."""
    for shelf, layout in _opened(paths, layouts):
        for number, row in shelf.rows(range(shelf.size()), (*layout.needed, *layout.optional)):
            where = f"{shelf.name.rpartition('/')[2]}#{number + 1}"
            yield Unread(where, str(row), str(row)) if isinstance(row, PassedOver) else _problem(layout, row, where)


def _problem(layout: Layout, row: Row, where: str) -> RealProblem | Unread:
    try:
        found = layout.read(row)
        return replace(found, origin=printable(f"{found.origin or where.rpartition('#')[0]}:{found.name}"))
    except Unreadable as error:
        return Unread(where, str(error), json.dumps(row, default=str)[:SHOWN_CHARS])


def _opened(paths: Sequence[str], layouts: Sequence[Layout]) -> list[tuple[Shelf, Layout]]:
    files = {file.shown: file for path in paths for file in find_files(path)}
    shelves = [_shelf(files[name]) for name in sorted(files)]
    return [(shelf, _layout(shelf, layouts)) for shelf in shelves]


def _shelf(file: FoundFile) -> Shelf:
    if file.kind is FileKind.PYTHON:
        raise BadInput(f"{file.shown}: real problems are read from Parquet or JSON Lines, not from *.py files")
    return ParquetShelf(file) if file.kind is FileKind.PARQUET else JsonlShelf(file)


def _layout(shelf: Shelf, layouts: Sequence[Layout]) -> Layout:
    columns = shelf.first()
    for layout in layouts:
        if set(layout.needed) <= set(columns):
            return layout
    known = "; ".join(f"{layout.name} ({', '.join(layout.needed)})" for layout in layouts)
    there = ", ".join(map(printable, columns))
    raise BadInput(f"{shelf.name} is no file of real problems that we know: it has the columns {there}. Known are {known}")
