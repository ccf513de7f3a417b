"""Rows of files: layouts are known by their columns, and what can't be read is told."""

import base64
import gzip
import json
import pickle
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppingstone.errors import BadInput
from steppingstone.real import humaneval, livecodebench, solved
from steppingstone.real.problem import RealProblem, Unreadable
from steppingstone.real.reading import Unread, check_files, read_problems
from tests.real.problems import (
    ASSERTS,
    HUMANEVAL,
    LCB_FUNCTIONAL,
    LCB_STDIN,
    STDIO,
    UNITTEST,
    Row,
    functional_test,
    packed,
    stdin_test,
    write,
)


def test_each_file_is_read_by_its_own_layout(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.jsonl", HUMANEVAL),
        write(tmp_path / "b.jsonl", LCB_STDIN, LCB_FUNCTIONAL),
        write(tmp_path / "c.jsonl", ASSERTS, STDIO, UNITTEST),
    ]
    check_files(paths)
    found = list(read_problems(paths))
    assert [given.origin for given in found] == [
        "a.jsonl:HumanEval/900",
        "b.jsonl:codeforces/1_A",
        "b.jsonl:leetcode/2",
        "somewhere@1:MBPP/900",
        "c.jsonl:TACO/900",
        "c.jsonl:ClassEval/900",
    ]
    assert isinstance(found[3], RealProblem)
    assert found[3].license == "CC-BY-4.0"


def test_gzip_and_parquet_are_read_alike(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write(json.dumps(STDIO))
    pq.write_table(pa.Table.from_pylist([STDIO]), tmp_path / "a.parquet")
    first, second = read_problems([str(tmp_path / "a.jsonl.gz"), str(tmp_path / "a.parquet")])
    assert isinstance(first, RealProblem)
    assert isinstance(second, RealProblem)
    assert first.checks == second.checks
    assert first.problem_id == second.problem_id


def test_columns_of_no_layout_are_refused_by_file_and_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "prompts.jsonl", {"task_id": "HumanEval/0", "prompt": "def f():", "entry_point": "f"})
    with pytest.raises(BadInput, match=r"prompts\.jsonl .* has the columns task_id, prompt, entry_point\. Known are HumanEval"):
        check_files([path])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no readable file behind .*none\.jsonl"):
        check_files([str(tmp_path / "none.jsonl")])


def test_python_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    with pytest.raises(BadInput, match=r"not from \*\.py files"):
        check_files([str(tmp_path)])


def test_a_broken_line_between_others_is_told_and_passed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(STDIO)}\nno JSON\n{json.dumps(STDIO | {'tests': []})}\n{json.dumps(ASSERTS)}\n")
    first, second, third, fourth = read_problems([str(path)])
    assert isinstance(first, RealProblem)
    assert second == Unread("a.jsonl#2", "broken_record", "broken_record")
    assert isinstance(third, Unread)
    assert (third.origin, third.why) == ("a.jsonl#3", "column 'tests' is no list of tests")
    assert "TACO/900" in third.shown
    assert isinstance(fourth, RealProblem)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (ASSERTS | {"tests": [1]}, "no text, for asserts"),
        (ASSERTS | {"test_type": "oral"}, "'test_type' is 'oral'"),
        (ASSERTS | {"statement": " "}, "'statement' is empty"),
        (ASSERTS | {"statement": "half \ud800"}, "half a character"),
        (ASSERTS | {"solution": 5}, "'solution' holds int"),
        (STDIO | {"tests": [{"input": "1"}]}, "no texts 'input' and 'output'"),
    ],
)
def test_a_solved_problem_that_can_not_be_read_says_why(row: Row, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        solved.read(row)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"public_test_cases": "[{"}, "'public_test_cases' is no JSON"),
        ({"public_test_cases": '{"input": "1"}'}, "'public_test_cases' is no list of tests"),
        ({"public_test_cases": "[]", "private_test_cases": "[]"}, "testtype is nothing"),
        ({"private_test_cases": json.dumps([functional_test("1", "1")])}, "testtype is functional, stdin"),
        ({"private_test_cases": "AAAA"}, "can't be unpacked"),
        ({"private_test_cases": "é"}, "can't be unpacked"),
        (
            {"public_test_cases": json.dumps([functional_test("1", "1")]), "private_test_cases": ""},
            "metadata names no func_name",
        ),
        (
            {
                "public_test_cases": json.dumps([functional_test("1", "one")]),
                "private_test_cases": "",
                "metadata": '{"func_name": "f"}',
            },
            "'output' is no JSON",
        ),
    ],
)
def test_a_livecodebench_row_that_can_not_be_read_says_why(changed: Row, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        livecodebench.read(LCB_STDIN | changed)


def test_packed_private_tests_are_read() -> None:
    private = packed([stdin_test("1\n", "2"), stdin_test("3\n", "6")])
    checks = livecodebench.read(LCB_STDIN | {"private_test_cases": private}).checks
    assert checks.programs == (("2\n", "4"), ("1\n", "2"), ("3\n", "6"))


class _Bomb:
    def __reduce__(self) -> object:
        return (Path.touch, (Path("planted"),))


def test_packed_private_tests_that_would_run_something_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    private = base64.b64encode(zlib.compress(pickle.dumps(_Bomb()))).decode()
    with pytest.raises(Unreadable, match=r"it names pathlib\.Path"):
        livecodebench.read(LCB_STDIN | {"private_test_cases": private})
    assert not (tmp_path / "planted").exists()


def test_private_tests_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livecodebench, "MAX_BYTES", 1_000)
    with pytest.raises(Unreadable, match="more than 1000 bytes"):
        livecodebench.read(LCB_STDIN | {"private_test_cases": packed([stdin_test("1" * 2_000, "2")])})


def test_what_a_humaneval_prompt_defines_beside_the_function_stands_before_answers_and_tests() -> None:
    setup = humaneval.read(HUMANEVAL).checks.setup
    assert "def double" in setup
    assert "from math import gcd" in setup
    assert "def half" not in setup


def test_a_humaneval_prompt_that_is_no_whole_program_is_only_shown() -> None:
    given = humaneval.read(HUMANEVAL | {"prompt": "def half(n):"})
    assert given.checks.setup == ""
    assert "def half(n):" in given.task


def test_a_task_without_a_starter_shows_the_head_of_the_function_and_none_of_its_body() -> None:
    told = solved.read(ASSERTS).task
    assert "def add_three(number):" in told
    assert "number + 3" not in told


def test_code_that_stands_before_answers_is_shown() -> None:
    assert "class Node" in solved.read(ASSERTS | {"setup_code": "class Node:\n    pass"}).task


def test_test_setup_code_stands_before_the_tests_alone() -> None:
    checks = solved.read(ASSERTS | {"test_setup_code": "three = 3"}).checks
    assert checks.setup == ""
    assert checks.code[0].startswith("three = 3\nassert add_three(1) == 4\n")
