"""The benchmarks' files: what is taken of them, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.command import read_settings
from steppingstone.errors import BadInput
from steppingstone.evaluation.benchmarks import Posed, check_benchmark, chosen, read_benchmark
from steppingstone.settings import Settings
from tests.evaluation.small import AIME, LIVECODEBENCH, MATH, MBPP_ROW, write_files
from tests.real.problems import HUMANEVAL, write


def asking(**asked: Any) -> Settings:
    return Settings.model_validate({"evaluate": asked})


def posed(folder: Path, name: str, **asked: Any) -> list[Posed]:
    return list(read_benchmark(asking(**{name: [write_files(folder)[name]]}, **asked), name))


@pytest.mark.parametrize(
    ("window", "names"),
    [
        ({}, ["1_A", "2", "3"]),
        ({"contests_from": "2024-08-01"}, ["1_A", "2"]),
        ({"contests_until": "2024-08-01"}, ["1_A", "3"]),
        ({"contests_from": "2024-08-01", "contests_until": "2025-05-31"}, ["1_A", "2"]),
    ],
)
def test_a_window_takes_its_first_and_its_last_day_in(tmp_path: Path, window: dict[str, str], names: list[str]) -> None:
    assert [each.name.rpartition("/")[2] for each in posed(tmp_path, "livecodebench", **window)] == names


def test_problems_of_livecodebench_count_under_their_difficulty(tmp_path: Path) -> None:
    assert [each.segments for each in posed(tmp_path, "livecodebench")] == [("easy",), ("hard",), ("easy",)]


def test_a_row_without_a_day_is_refused_where_a_window_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path / "lcb.jsonl", {**LIVECODEBENCH[0], "contest_date": None})
    assert len(list(read_benchmark(asking(livecodebench=[file]), "livecodebench"))) == 1
    with pytest.raises(BadInput, match="contest_date is ''"):
        list(read_benchmark(asking(livecodebench=[file], contests_from="2024-08-01"), "livecodebench"))


def test_a_window_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no problem of its files is in the window"):
        posed(tmp_path, "livecodebench", contests_from="2026-01-01")


def test_what_stands_in_two_files_is_asked_once(tmp_path: Path) -> None:
    files = [write(tmp_path / name, HUMANEVAL) for name in ("a.jsonl", "b.jsonl")]
    assert len(list(read_benchmark(asking(humaneval=files), "humaneval"))) == 1


def test_mbpp_shows_its_tests_whole_and_sanitized(tmp_path: Path) -> None:
    sanitized = {"task_id": 900, "code": MBPP_ROW["code"], "prompt": MBPP_ROW["text"], "test_list": MBPP_ROW["test_list"]}
    for row in (MBPP_ROW, sanitized | {"test_imports": []}):
        (one,) = read_benchmark(asking(mbpp=[write(tmp_path / "mbpp.jsonl", row)]), "mbpp")
        assert one.name == "MBPP/900"
        assert "assert add_three(1) == 4\nassert add_three(-3) == 0" in one.problem.statement
        assert "defines `add_three`" in one.problem.statement
        assert "number + 3" not in one.problem.statement


def test_mathematics_has_one_or_another_copys_columns(tmp_path: Path) -> None:
    (aime,) = posed(tmp_path, "aime24")
    assert (aime.name, aime.problem.outputs) == ("2024-I-1", ("73",))
    assert "How many are there of them?" in aime.problem.statement
    assert [each.name for each in posed(tmp_path, "math500")] == ["a/1", "a/2"]


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [
        ("humaneval", [{"task_id": "a", "prompt": "def f(): ...", "entry_point": "f"}], "it has the columns task_id, prompt"),
        ("humaneval", LIVECODEBENCH, "no file of real problems that we know"),
        ("livecodebench", [MBPP_ROW], "no file of real problems that we know"),
        ("math500", [{"id": "1", "problem": "What?"}], "has no column answer or Answer"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_where_the_right_one_is(
    tmp_path: Path, name: str, rows: list[dict[str, Any]], told: str
) -> None:
    with pytest.raises(BadInput, match=f"the benchmark {name}.*{told}.*It is to be had as .*nothing is fetched by itself"):
        check_benchmark(asking(**{name: [write(tmp_path / "file.jsonl", *rows)]}), name)


def test_a_file_that_is_not_there_or_not_named_is_refused_with_where_it_is_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no readable file behind .*none.jsonl.*It is to be had as HumanEval.jsonl.gz"):
        check_benchmark(asking(humaneval=[str(tmp_path / "none.jsonl")]), "humaneval")
    with pytest.raises(BadInput, match=r"the benchmark mbpp has no file: name it by evaluate.mbpp. It is to be had as mbpp"):
        check_benchmark(asking(benchmarks=["mbpp"]), "mbpp")


@pytest.mark.parametrize(
    ("name", "row", "told"),
    [
        ("math500", {**MATH[0], "answer": ""}, "file.jsonl#1 can't be used: no text in 'answer'"),
        ("aime24", {**AIME[0], "Problem": None}, "file.jsonl#1 can't be used: no text in 'Problem'"),
        ("mbpp", {**MBPP_ROW, "test_list": []}, "calls no function that column 'code' defines"),
        ("livecodebench", {**LIVECODEBENCH[0], "private_test_cases": "no"}, "can't be unpacked"),
    ],
)
def test_a_row_that_cannot_be_used_ends_it_and_is_named(tmp_path: Path, name: str, row: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=f"the benchmark {name}: .*{told}.*; mend the row, or take it out"):
        list(read_benchmark(asking(**{name: [write(tmp_path / "file.jsonl", row)]}), name))


def test_those_whose_files_are_named_are_run_unless_others_are_named(tmp_path: Path) -> None:
    files = {name: [file] for name, file in write_files(tmp_path).items() if name in ("aime24", "mbpp")}
    assert chosen(asking(**files)) == ("aime24", "mbpp")
    assert chosen(asking(**files, benchmarks=["mbpp", "own", "mbpp"])) == ("mbpp", "own")
    with pytest.raises(BadInput, match=r"nothing to evaluate on: name the files of a benchmark by evaluate\.livecodebench"):
        chosen(Settings())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--evaluate.benchmarks", "humanity"], "evaluate.benchmarks.0 = 'humanity': Input should be 'livecodebench'"),
        (["--evaluate.samples", "9"], "pass@10 needs 10 samples of a problem or more, and samples is 9"),
        (["--evaluate.k", "[0]"], "pass@k is of 1 sample or more"),
        (
            ["--evaluate.contests_from", "2025-02-01", "--evaluate.contests_until", "2025-01-31"],
            "contests_until 2025-01-31 is before contests_from 2025-02-01",
        ),
        (["--evaluate.contests_from", "lately"], "evaluate.contests_from = 'lately'"),
    ],
)
def test_wrong_options_are_one_clear_error(options: list[str], told: str) -> None:
    with pytest.raises(BadInput) as error:
        read_settings("flows.evaluate", options)
    assert told in str(error.value)


def test_a_settings_file_says_days_as_toml_does(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("[evaluate]\ncontests_from = 2024-08-01\nk = [1]\n")
    settings = read_settings("flows.evaluate", ["--settings", str(tmp_path / "run.toml"), "--evaluate.step", "200"])
    assert (str(settings.evaluate.contests_from), settings.evaluate.step) == ("2024-08-01", 200)
    assert json.loads(settings.model_dump_json())["evaluate"]["contests_from"] == "2024-08-01"
