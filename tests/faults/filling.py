"""What is written to a disk with little room: `python -m tests.faults.filling WHAT FOLDER`, where the folder's disk is small.

It is tried with no room, then with a little more each time, until it succeeds. After each failure what was there is whole.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from steppingstone import drafts, versions
from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.documents import write_documents
from steppingstone.errors import StorageError
from tests.drafts import make_draft
from tests.faults.disk import ballast, fill
from tests.journal.writing import found, put, said

PAGE = 4096


def publishing(root: Path) -> Iterator[Callable[[], None]]:
    """A second version, with its documents and the catalog."""
    old, new = make_draft(root / "old"), make_draft(root / "new")
    first = versions.publish(root, old, "run-a", {}, documents=write_documents)
    write_catalog(root)

    def publish() -> None:
        versions.publish(root, new, "run-b", {}, documents=write_documents)
        write_catalog(root)

    yield publish
    while True:
        latest = versions.latest(root)
        assert latest is not None
        assert latest == first or latest.run_id == "run-b"
        assert not versions.damaged(latest)
        assert not list((root / "versions").glob(".new-*"))
        with open_catalog(root) as tables:
            assert tables.execute("SELECT count(*) FROM problems").fetchone() == (40,)
        yield publish


def journal(root: Path) -> Iterator[Callable[[], None]]:
    """A completion of some pages."""
    kept = {0: "first"}
    put(root, "key", 0, [said("first")])
    text = "x" * 20 * PAGE

    def store() -> None:
        put(root, "key", 1, [said(text)])
        kept[1] = text

    while True:
        yield store
        assert found(root, "key", 2).items() >= kept.items()


def table(root: Path) -> Iterator[Callable[[], None]]:
    """A table in the place of another."""
    draft = make_draft(root / "draft")

    def write() -> None:
        drafts.merge(draft, "problems", [draft, draft])

    while True:
        yield write
        assert drafts.count_rows(draft, "problems") in (40, 80)
        assert [path.name for path in draft.glob(".*")] == []


def failures(root: Path, tries: Iterator[Callable[[], None]], step: int) -> list[str]:
    """What it said each time that it failed, before there was room enough."""
    attempt, told = next(tries), list[str]()
    for count in range(1000):
        fill(root, count * step * PAGE)
        try:
            attempt()
        except StorageError as error:
            told.append(str(error))
        else:
            return told
        finally:
            ballast(root).unlink()
        attempt = next(tries)
    raise AssertionError("it never succeeds")


if __name__ == "__main__":
    what, step = {"publishing": (publishing, 8), "journal": (journal, 2), "table": (table, 1)}[sys.argv[1]]
    print(*failures(Path(sys.argv[2]), what(Path(sys.argv[2])), step), sep="\n")
