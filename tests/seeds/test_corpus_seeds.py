import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

from steppingstone.records import content_id
from steppingstone.seeds import CorpusSource, draw_seeds, standard_library

Write = Callable[[str, list[dict[str, Any]]], str]
MakeRows = Callable[[int], list[dict[str, Any]]]


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_every_file_type_gives_seeds(write: Write, corpus_rows: MakeRows, name: str) -> None:
    draw = draw_seeds([CorpusSource((write(name, corpus_rows(20)),))], 5, 0)
    assert len(draw.seeds) == 5
    assert draw.scanned == 5


def test_file_type_makes_no_difference_to_the_seeds(write: Write, corpus_rows: MakeRows) -> None:
    paths = [write(name, corpus_rows(20)) for name in ("a.parquet", "b.jsonl", "c.jsonl.zst")]
    draws = [draw_seeds([CorpusSource((path,))], 7, 3) for path in paths]
    assert draws[0] == draws[1] == draws[2]


def test_origin_names_repository_path_and_lines(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(1)
    (seed,) = draw_seeds([CorpusSource((write("a.jsonl", rows),))], 1, 0).seeds
    place, _, lines = seed.origin.partition("#")
    first, last = (int(part[1:]) for part in lines.split("-"))
    assert place == "someone/something:src/0.py"
    assert seed.text == "\n".join(rows[0]["content"].split("\n")[first - 1 : last])
    assert seed.seed_id == content_id("corpus", seed.text)


def test_directory_and_glob_give_the_same_seeds(write: Write, corpus_rows: MakeRows, tmp_path: Path) -> None:
    rows = corpus_rows(30)
    write("c/part-1.parquet", rows[:15])
    write("c/deep/part-2.parquet", rows[15:])
    by_directory = draw_seeds([CorpusSource((f"{tmp_path}/c",))], 9, 1)
    by_glob = draw_seeds([CorpusSource((f"{tmp_path}/c/**/*.parquet",))], 9, 1)
    assert by_directory == by_glob


def test_order_of_paths_makes_no_difference(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(30)
    paths = (write("a.jsonl", rows[:10]), write("b.parquet", rows[10:]))
    assert draw_seeds([CorpusSource(paths)], 9, 1) == draw_seeds([CorpusSource(paths[::-1])], 9, 1)


def test_file_named_twice_is_read_once(write: Write, corpus_rows: MakeRows) -> None:
    path = write("a.jsonl", corpus_rows(4))
    assert draw_seeds([CorpusSource((path, path))], 99, 1).scanned == 4


def test_remote_file_system_is_read_through_fsspec(corpus_rows: MakeRows, write: Write) -> None:
    path = write("a.parquet", corpus_rows(5))
    fsspec.filesystem("memory").pipe("/seeds-test/a.parquet", Path(path).read_bytes())
    remote = draw_seeds([CorpusSource(("memory://seeds-test/*.parquet",))], 3, 0)
    assert remote == draw_seeds([CorpusSource((path,))], 3, 0)


def test_source_tree_is_mapped_to_the_schema(document: Callable[[int], str], tmp_path: Path) -> None:
    (tmp_path / "tree" / "inner").mkdir(parents=True)
    (tmp_path / "tree" / "inner" / "one.py").write_text(document(1))
    (seed,) = draw_seeds([CorpusSource((str(tmp_path / "tree"),))], 1, 0).seeds
    assert seed.origin.startswith("tree:inner/one.py#L")


def test_test_data_in_a_source_tree_does_not_make_it_a_corpus(
    write: Write, document: Callable[[int], str], tmp_path: Path
) -> None:
    for number in range(9):
        (tmp_path / f"{number}.py").write_text(document(number))
    write("tests/data.jsonl", [{"x": 1}])
    assert len(draw_seeds([CorpusSource((str(tmp_path),))], 9, 0).seeds) == 9


def test_loading_script_beside_a_corpus_is_not_read(write: Write, corpus_rows: MakeRows, tmp_path: Path) -> None:
    write("data.jsonl", corpus_rows(9))
    (tmp_path / "load.py").write_text("import datasets\n")
    assert draw_seeds([CorpusSource((str(tmp_path),))], 99, 0).scanned == 9


def test_excluded_and_hidden_folders_are_left_out(document: Callable[[int], str], tmp_path: Path) -> None:
    for number, folder in enumerate(["kept", "left", ".hidden", "__pycache__"]):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text(document(number))
    draw = draw_seeds([CorpusSource((str(tmp_path),), excluded_folders=("left",))], 9, 0)
    assert [seed.origin.split("#")[0].rpartition(":")[2] for seed in draw.seeds] == ["kept/a.py"]


def test_broken_link_and_unknown_encoding_in_a_tree_are_counted(document: Callable[[int], str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(document(1))
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n" * 30)
    draw = draw_seeds([CorpusSource((str(tmp_path),))], 9, 0)
    assert draw.passed_over == {"unreadable": 1, "not_text": 1}


def test_null_blank_and_marker_only_contents_are_counted_as_empty(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(4)
    for row, content in zip(rows, [None, " \n", "<reponame>a/b"], strict=False):
        row["content"] = content
    draw = draw_seeds([CorpusSource((write("a.parquet", rows),))], 9, 0)
    assert (len(draw.seeds), draw.passed_over) == (1, {"empty": 3})


def test_same_document_under_another_marker_is_a_duplicate(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(1) * 3
    rows[1] = rows[1] | {"content": "<gh_stars>1-10\n" + rows[1]["content"]}
    rows[2] = rows[2] | {"content": rows[2]["content"].replace("\n", "\r\n")}
    draw = draw_seeds([CorpusSource((write("a.jsonl", rows),))], 9, 0)
    assert (len(draw.seeds), draw.passed_over) == (1, {"duplicate": 2})


@pytest.mark.parametrize(
    "edited",
    [
        lambda text: "# Taken over from elsewhere; ask before you change it.\n\n" + text,
        lambda text: text.replace("total", "count").replace("limit", "most"),
        lambda text: text.replace("    ", "\t").replace("\n", "  \n"),
        lambda text: text.replace("total -= value", "total -= value + 1", 1),
    ],
    ids=["a header", "renamed", "another layout", "an edit"],
)
def test_document_that_is_nearly_the_same_is_passed_over(
    write: Write, corpus_rows: MakeRows, edited: Callable[[str], str]
) -> None:
    rows = corpus_rows(2)
    rows.append(rows[0] | {"content": edited(rows[0]["content"])})
    source = CorpusSource((write("a.jsonl", rows),))
    draw = draw_seeds([source], 9, 0)
    assert (len(draw.seeds), draw.passed_over) == (2, {"near_duplicate": 1})
    assert len(draw_seeds([source], 9, 0, near=None).seeds) == 3


def test_snippet_that_is_nearly_the_same_is_passed_over_in_whatever_document(
    write: Write, corpus_rows: MakeRows, document: Callable[[int], str]
) -> None:
    rows, snippet = corpus_rows(2), "\n\n".join(document(7).split("\n\n")[:5])
    for row, first in zip(rows, (1000, 9000), strict=True):
        data = "".join(f"    {number}, {number * 7}, {number * 11},\n" for number in range(first, first + 200))
        row["content"] = f"DATA = [\n{data}]\n{snippet.replace('total', f'total_{first}')}"
    lines = snippet.count("\n") + 1
    draw = draw_seeds([CorpusSource((write("a.jsonl", rows),))], 9, 0, min_lines=lines, max_lines=lines)
    assert (len(draw.seeds), draw.passed_over) == (1, {"near_duplicate": 1})


def test_only_the_text_column_is_needed(write: Write, document: Callable[[int], str]) -> None:
    path = write("a.jsonl", [{"code": document(1)}])
    (seed,) = draw_seeds([CorpusSource((path,), text_column="code")], 1, 0).seeds
    assert seed.origin.startswith("unknown:row 0#L")


def test_license_of_a_corpus_reaches_its_seeds(write: Write, corpus_rows: MakeRows) -> None:
    source = CorpusSource((write("a.jsonl", corpus_rows(2)),), license="MIT")
    assert {seed.license for seed in draw_seeds([source], 2, 0).seeds} == {"MIT"}


def test_standard_library_gives_seeds_without_its_tests() -> None:
    draw = draw_seeds([standard_library()], 20, 0)
    assert len(draw.seeds) == 20
    assert not any(part in seed.origin for seed in draw.seeds for part in ("/test/", "site-packages"))
    assert all(seed.origin.startswith(os.path.basename(os.path.dirname(os.__file__))) for seed in draw.seeds), sys.path
