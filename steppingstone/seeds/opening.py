"""A user's source, opened: its files found and checked, its documents reached by number."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from steppingstone.errors import BadInput
from steppingstone.seeds.cleaning import printable
from steppingstone.seeds.files import FileKind, FoundFile, find_files
from steppingstone.seeds.jsonl_files import JsonlShelf
from steppingstone.seeds.parquet_files import ParquetShelf
from steppingstone.seeds.shelves import Row, Shelf
from steppingstone.seeds.source_trees import TreeShelf
from steppingstone.seeds.sources import CorpusSource, ReferenceSource, RolloutSource, Source


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source with its shelves; a document's number counts through all of them."""

    source: Source
    shelves: tuple[Shelf, ...]

    def sizes(self) -> list[int]:
        return [shelf.size() for shelf in self.shelves]

    def columns(self) -> tuple[str, ...]:
        """The columns that a seed is made from."""
        match self.source:
            case CorpusSource() as corpus:
                return corpus.text_column, corpus.repo_column, corpus.path_column, corpus.id_column
            case RolloutSource() as log:
                return log.problem_column, log.completion_column
            case ReferenceSource() as problems:
                license_column = (problems.license_column,) if problems.license_column else ()
                return problems.problem_column, problems.solution_column, *license_column

    def rows(self, numbers: Sequence[int], sizes: Sequence[int], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        """The rows of these ascending numbers; each file is read once, and not at all if none of them is in it."""
        ends = list(accumulate(sizes))
        at = 0
        while at < len(numbers):
            index = bisect_right(ends, numbers[at])
            start, stop = ends[index] - sizes[index], bisect_left(numbers, ends[index], at)
            # All rows of a long log are a range, never a list.
            all_of_it = stop - at == sizes[index]
            local = range(sizes[index]) if all_of_it else [number - start for number in numbers[at:stop]]
            for number, row in self.shelves[index].rows(local, columns):
                yield start + number, row
            at = stop


def opened(source: Source) -> OpenSource:
    """Find a source's files and check what can be checked without reading them through. BadInput says what is wrong."""
    if isinstance(source.paths, str) or not source.paths:
        raise BadInput(f"paths of a source must be a list of at least one path, not {source.paths!r}")
    excluded = frozenset(source.excluded_folders) if isinstance(source, CorpusSource) else frozenset[str]()
    found = {file.shown: file for path in source.paths for file in find_files(path, excluded)}
    shelves = _shelves(source, [found[name] for name in sorted(found)])
    for shelf in shelves:
        _check_columns(source, shelf)
    return OpenSource(source, tuple(shelves))


def _shelves(source: Source, files: Sequence[FoundFile]) -> list[Shelf]:
    """A shelf for each data file, and one for all Python files."""
    tree = tuple(file for file in files if file.kind is FileKind.PYTHON)
    shelves: list[Shelf] = [ParquetShelf(file) for file in files if file.kind is FileKind.PARQUET]
    shelves += [JsonlShelf(file) for file in files if file.kind is FileKind.JSONL]
    if tree and isinstance(source, CorpusSource):
        shelves.append(TreeShelf(tree, source.repo_column, source.path_column, source.text_column))
    elif tree:
        raise BadInput(f"{tree[0].shown}: solved problems are read from Parquet or JSON Lines, not from *.py files")
    return shelves


def _check_columns(source: Source, shelf: Shelf) -> None:
    first = shelf.first()
    for column, types in _needed_columns(source).items():
        if column not in first:
            there = ", ".join(printable(name) for name in first)
            raise BadInput(f"{shelf.name} has no column {column!r}; it has: {there}. Name one of these in the settings")
        if first[column] is not None and not isinstance(first[column], types):
            wanted = "text" if str in types else "numbers"
            raise BadInput(f"column {column!r} of {shelf.name} does not hold {wanted}: name another column")


def _needed_columns(source: Source) -> dict[str, tuple[type, ...]]:
    """The columns that must be there, with what their values may be. Optional ones are needed once renamed."""
    match source:
        case CorpusSource():
            usual = CorpusSource(paths=())
            names = ("repo_column", "path_column", "id_column")
            renamed = [getattr(source, name) for name in names if getattr(source, name) != getattr(usual, name)]
            return {**dict.fromkeys(renamed, (object,)), source.text_column: (str,)}
        case RolloutSource():
            numbers = {source.reward_column: (int, float)}
            return {source.problem_column: (str, int), source.completion_column: (str,), **numbers}
        case ReferenceSource(license_column=license_column):
            renamed = [license_column] if license_column not in (None, "license") else []
            texts = {source.problem_column: (str, int), source.solution_column: (str,)}
            return {**dict.fromkeys(renamed, (object,)), **texts}
