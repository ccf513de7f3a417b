"""Reads evaluation sets from files, folders and globs."""

from collections.abc import Iterator, Sequence

from steppingstone.contamination.layouts import EvaluationProblem, Layout, layout_of, problem_of
from steppingstone.errors import BadInput
from steppingstone.seeds.files import FileKind, find_files
from steppingstone.seeds.jsonl_files import JsonlShelf
from steppingstone.seeds.parquet_files import ParquetShelf
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Shelf

DATA = frozenset({FileKind.JSONL, FileKind.PARQUET})


def check_evaluation(paths: Sequence[str]) -> None:
    """Looks at each file's first record. BadInput names a path without files, or a file in no known layout."""
    for _ in _opened(paths):
        pass


def read_evaluation(paths: Sequence[str]) -> Iterator[EvaluationProblem]:
    """All problems of evaluation sets, row by row. BadInput names a file that can't be used, and the row."""
    for shelf, layout in _opened(paths):
        columns = (layout.name, layout.text, *layout.code)
        for number, row in shelf.rows(range(shelf.size()), columns):
            problem = None if isinstance(row, PassedOver) else problem_of(layout, row)
            if problem is None:
                raise BadInput(
                    f"row {number + 1} of {shelf.name} has no {layout.name!r} or no {layout.text!r}, as the other rows in "
                    f"{layout.benchmark}'s layout have: mend the row, or take it out"
                )
            yield problem


def _opened(paths: Sequence[str]) -> Iterator[tuple[Shelf, Layout]]:
    found = {file.shown: file for path in paths for file in find_files(path, kinds=DATA)}
    for name in sorted(found):
        file = found[name]
        shelf: Shelf = ParquetShelf(file) if file.kind is FileKind.PARQUET else JsonlShelf(file)
        yield shelf, layout_of(shelf.name, shelf.first())
