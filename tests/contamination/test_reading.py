"""Evaluation sets are known by their columns, wherever they stand; what is not known is refused."""

import base64
import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from steppingstone.contamination import check_evaluation, read_evaluation
from steppingstone.contamination.layouts import EvaluationProblem
from steppingstone.errors import BadInput
from tests.sandbox.oracles import data

Rows = Sequence[Mapping[str, object]]
Write = Callable[[str, Rows], str]
MATH = {"problem": "What is 1 + 1?", "answer": "2", "solution": "Two.", "subject": "Algebra", "level": 1}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"task_id": "HumanEval/3", "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x\n"},
            EvaluationProblem("HumanEval/3", "def f(x):\n", "def f(x):\n    return x\n"),
        ),
        ({"task_id": "Mbpp/3", "prompt": "# Add.\n", "entry_point": "f"}, EvaluationProblem("Mbpp/3", "# Add.\n", "# Add.\n")),
        (
            {"task_id": 3, "text": "Add two numbers.", "code": "def add(a, b): return a + b", "test_list": []},
            EvaluationProblem("MBPP/3", "Add two numbers.", "def add(a, b): return a + b"),
        ),
        ({"task_id": "MBPP/3", "text": "Add two numbers."}, EvaluationProblem("MBPP/3", "Add two numbers.", "")),
        ({"task_id": 3, "prompt": "Add.", "code": "1 + 1", "test_list": []}, EvaluationProblem("MBPP/3", "Add.", "1 + 1")),
        (
            {"question_id": "abc_a", "question_content": "Read n.", "starter_code": "", "private_test_cases": "x"},
            EvaluationProblem("LiveCodeBench/abc_a", "Read n.", ""),
        ),
        (MATH | {"unique_id": "test/algebra/1.json"}, EvaluationProblem("MATH500/test/algebra/1.json", "What is 1 + 1?", "")),
        (MATH | {"id": "a"}, EvaluationProblem("MATH500/a", "What is 1 + 1?", "")),
        ({"id": 60, "problem": "Find m + n.", "answer": "3", "url": "…"}, EvaluationProblem("AIME24/60", "Find m + n.", "")),
        ({"ID": "2024-I-1", "Problem": "Find m.", "Answer": 3}, EvaluationProblem("AIME24/2024-I-1", "Find m.", "")),
    ],
)  # fmt: skip
def test_a_layout_is_told_by_its_columns(row: Mapping[str, object], problem: EvaluationProblem, write: Write) -> None:
    assert list(read_evaluation([write("set.jsonl", [row])])) == [problem]


def test_an_unknown_layout_is_refused_with_its_columns_and_the_known_ones(write: Write) -> None:
    with pytest.raises(
        BadInput, match=r"set\.jsonl is in no known layout .* columns question, answer.*HumanEval \(task_id, prompt, e"
    ):
        check_evaluation([write("set.jsonl", [{"question": "Why?", "answer": "So."}])])


def test_a_row_without_its_text_is_refused_by_its_number(write: Write) -> None:
    path = write("set.jsonl", [MATH | {"id": "a"}, MATH | {"id": "b", "problem": None}])
    check_evaluation([path])
    with pytest.raises(BadInput, match=r"row 2 of .*set\.jsonl has no 'id' or no 'problem'"):
        list(read_evaluation([path]))


def test_a_line_that_is_no_object_is_refused_by_its_number(write: Write, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('{"task_id": 1, "text": "Add."}\n{"task_id": 2,\n')
    with pytest.raises(BadInput, match=r"row 2 of .*set\.jsonl"):
        list(read_evaluation([str(tmp_path)]))


def test_a_path_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no readable file behind"):
        check_evaluation([str(tmp_path / "*.jsonl")])


def test_a_program_is_no_evaluation_set(tmp_path: Path) -> None:
    (tmp_path / "set.py").write_text("x = 1\n")
    with pytest.raises(BadInput, match=r"cannot read the file type of .*set\.py"):
        check_evaluation([str(tmp_path / "set.py")])


def test_a_folder_gives_all_its_data_files_and_passes_over_the_others(write: Write, tmp_path: Path) -> None:
    write("sets/a.jsonl.gz", [{"task_id": 1, "text": "Add."}])
    write("sets/deep/b.jsonl", [MATH | {"id": "b"}] * 50)
    write("sets/c.parquet", [{"ID": "c", "Problem": "Find m.", "Answer": 3}])
    (tmp_path / "sets" / "README.md").write_text("What these are.")
    (tmp_path / "sets" / "make.py").write_text("x = 1\n" * 10_000)
    names = [problem.name for problem in read_evaluation([str(tmp_path / "sets"), str(tmp_path / "sets" / "a*")])]
    assert Counter(names) == {"MBPP/1": 1, "AIME24/c": 1, "MATH500/b": 50}


def test_private_tests_are_never_unpickled(write: Write, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "sprung",)

    packed = base64.b64encode(zlib.compress(pickle.dumps(Trap()))).decode()
    row = {"question_id": "a", "question_content": "Read n.", "private_test_cases": packed}
    assert len(list(read_evaluation([write("set.jsonl", [row])]))) == 1
    assert not (tmp_path / "sprung").exists()


def test_without_paths_there_are_no_problems() -> None:
    assert list(read_evaluation(())) == []


@pytest.mark.skipif(data.folder() is None, reason=f"no data beside the repository; {data.VARIABLE} may name it")
def test_real_evaluation_sets_are_read_whole() -> None:
    names = [problem.name for problem in read_evaluation([f"{data.folder()}/eval"])]
    sizes = {"HumanEval": 164, "MBPP": 974, "LiveCodeBench": 532, "MATH500": 500, "AIME24": 30}
    assert Counter(name.partition("/")[0] for name in names) == sizes
    assert len(set(names)) == sum(sizes.values())
