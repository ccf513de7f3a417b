import gzip
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppingstone.errors import BadInput
from steppingstone.seeds import (
    CorpusSource,
    ReferenceSource,
    RolloutSource,
    check_sources,
    draw_seeds,
    own_solved_problems,
    standard_library,
)

Write = Callable[[str, list[dict[str, Any]]], str]
MakeRows = Callable[[int], list[dict[str, Any]]]


def test_good_sources_pass(write: Write, corpus_rows: MakeRows) -> None:
    check_sources([standard_library(), own_solved_problems(), CorpusSource((write("a.parquet", corpus_rows(3)),))])


def test_no_source_at_all_is_refused() -> None:
    with pytest.raises(BadInput, match="no seed source"):
        check_sources([])


@pytest.mark.parametrize("path", ["/no/such/folder", "/no/such/*.parquet", "~/no-such-file.jsonl"])
def test_path_without_a_file_is_named(path: str) -> None:
    with pytest.raises(BadInput, match=r"no readable file behind .*no"):
        check_sources([CorpusSource((path,))])


def test_one_text_in_place_of_a_list_of_paths_is_refused() -> None:
    with pytest.raises(BadInput, match="must be a list"):
        check_sources([CorpusSource("corpus.parquet")])  # type: ignore[arg-type]


def test_directory_without_readable_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(BadInput, match="no readable file"):
        check_sources([CorpusSource((str(tmp_path),))])


def test_unknown_file_type_is_named(tmp_path: Path) -> None:
    (tmp_path / "corpus.csv").write_text("content\n")
    with pytest.raises(BadInput, match=r"file type of .*corpus\.csv"):
        check_sources([CorpusSource((str(tmp_path / "corpus.csv"),))])


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
def test_wrong_column_is_answered_with_those_that_exist(write: Write, name: str) -> None:
    with pytest.raises(BadInput, match="no column 'content'; it has: code, id"):
        check_sources([CorpusSource((write(name, [{"code": "x", "id": "1"}]),))])


def test_renamed_optional_column_must_exist(write: Write, corpus_rows: MakeRows) -> None:
    with pytest.raises(BadInput, match="no column 'repo'"):
        check_sources([CorpusSource((write("a.parquet", corpus_rows(1)),), repo_column="repo")])


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
def test_column_of_another_type_is_refused(write: Write, name: str) -> None:
    with pytest.raises(BadInput, match=r"'content' of .* does not hold text"):
        check_sources([CorpusSource((write(name, [{"content": 5}]),))])


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
def test_reward_that_is_no_number_is_refused(write: Write, name: str) -> None:
    rows = [{"problem_id": "a", "completion": "x", "reward": "good"}]
    with pytest.raises(BadInput, match=r"'reward' of .* does not hold numbers"):
        check_sources([RolloutSource((write(name, rows),))])


def test_rollouts_are_not_read_from_source_trees(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    with pytest.raises(BadInput, match="not from"):
        check_sources([ReferenceSource((str(tmp_path),))])


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_file_of_no_bytes_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(BadInput, match=r"a\."):
        check_sources([CorpusSource((str(tmp_path / name),))])


def test_parquet_without_rows_is_refused(write: Write) -> None:
    with pytest.raises(BadInput, match="holds no rows"):
        check_sources([CorpusSource((write("a.parquet", []),))])


def test_truncated_parquet_is_named(write: Write, corpus_rows: MakeRows) -> None:
    path = Path(write("a.parquet", corpus_rows(9)))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match=r"cannot read .*a\.parquet"):
        check_sources([CorpusSource((str(path),))])


def test_truncated_gzip_is_named_when_it_is_read(write: Write, corpus_rows: MakeRows) -> None:
    path = Path(write("a.jsonl.gz", corpus_rows(99)))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match=r"cannot read .*a\.jsonl\.gz"):
        draw_seeds([CorpusSource((str(path),))], 5, 0)


def test_file_that_is_no_gzip_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b'{"content": "x"}\n')
    with pytest.raises(BadInput, match=r"cannot read .*a\.jsonl\.gz"):
        check_sources([CorpusSource((str(tmp_path / "a.jsonl.gz"),))])


def test_line_that_is_no_json_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n{'content': 'x'}\n")
    with pytest.raises(BadInput, match=r"line 3 of .*a\.jsonl is no JSON object"):
        check_sources([CorpusSource((str(tmp_path / "a.jsonl"),))])


def test_json_array_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"content": "x"}]')
    with pytest.raises(BadInput, match=r"line 1 of .* is no JSON object"):
        check_sources([CorpusSource((str(tmp_path / "a.json"),))])


def test_line_of_over_64_mib_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b" " * (65 << 20), 1))
    with pytest.raises(BadInput, match="over 64 MiB"):
        check_sources([CorpusSource((str(tmp_path / "a.jsonl.gz"),))])


def test_unknown_protocol_is_named() -> None:
    with pytest.raises(BadInput, match="nonsense"):
        check_sources([CorpusSource(("nonsense://a/b.parquet",))])


@pytest.mark.skipif(importlib.util.find_spec("huggingface_hub") is not None, reason="huggingface_hub is installed")
def test_hugging_face_path_without_its_client_says_what_to_install() -> None:
    with pytest.raises(BadInput, match="huggingface_hub"):
        check_sources([CorpusSource(("hf://datasets/bigcode/starcoderdata/python/*.parquet",))])


@pytest.mark.parametrize(("count", "least", "most"), [(0, 25, 50), (5, 50, 25), (5, 0, 50)])
def test_impossible_numbers_are_refused(count: int, least: int, most: int) -> None:
    with pytest.raises(BadInput):
        draw_seeds([standard_library()], count, 0, least, most)
