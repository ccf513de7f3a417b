from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppingstone.seeds import ReferenceSource, RolloutSource, draw_seeds

Write = Callable[[str, list[dict[str, Any]]], str]


def attempt(problem: object, code: str, reward: object) -> dict[str, Any]:
    return {"problem_id": problem, "completion": f"So:\n```python\n{code}\n```\n", "reward": reward}


def solution(problem: object, code: object, **more: object) -> dict[str, Any]:
    return {"problem_id": problem, "solution": code, **more}


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz"])
def test_solved_rollout_gives_its_last_block(write: Write, name: str) -> None:
    path = write(name, [attempt("mbpp/12", "def f():\n    return 1", 1.0)])
    (seed,) = draw_seeds([RolloutSource((path,))], 1, 0).seeds
    assert (seed.kind, seed.origin, seed.text) == ("rollout", "mbpp/12", "def f():\n    return 1")


def test_unsolved_problems_are_counted_once_each(write: Write) -> None:
    rows = [attempt("a", "x = 1", 0.0), attempt("a", "x = 2", 0.5), attempt("b", "x = 3", 1.0)]
    draw = draw_seeds([RolloutSource((write("a.jsonl", rows),))], 9, 0)
    assert ([seed.text for seed in draw.seeds], draw.passed_over) == (["x = 3"], {"not_solved": 1})


def test_solved_at_can_be_lowered(write: Write) -> None:
    path = write("a.jsonl", [attempt("a", "x = 2", 0.5)])
    assert len(draw_seeds([RolloutSource((path,), solved_at=0.5)], 9, 0).seeds) == 1


@pytest.mark.parametrize("reward", [True, 1])
def test_reward_may_be_a_truth_value_or_a_whole_number(write: Write, reward: object) -> None:
    assert draw_seeds([RolloutSource((write("a.jsonl", [attempt("a", "x = 1", reward)]),))], 9, 0).seeds


def test_problem_solved_many_times_gives_one_seed(write: Write) -> None:
    rows = [attempt("a", f"x = {n}", 1.0) for n in range(8)] + [attempt("b", "y = 1", 1.0)]
    path = write("a.jsonl", rows)
    draws = [draw_seeds([RolloutSource((path,))], 9, seed) for seed in range(20)]
    assert {len(draw.seeds) for draw in draws} == {2}
    assert len({seed.text for draw in draws for seed in draw.seeds}) > 4


def test_line_that_is_no_json_deep_in_a_log_is_counted(write: Write) -> None:
    path = write("a.jsonl", [attempt("a", "x = 1", 1.0)])
    with Path(path).open("a") as file:
        file.write('{"problem_id": "b", "compl')
    assert draw_seeds([RolloutSource((path,))], 9, 0).passed_over == {"broken_record": 1}


def test_solved_completion_without_a_block_is_counted(write: Write) -> None:
    rows = [attempt("a", "x = 1", 1.0), {"problem_id": "b", "completion": "x = 1", "reward": 1.0}]
    assert draw_seeds([RolloutSource((write("a.jsonl", rows),))], 9, 0).passed_over == {"no_code_block": 1}


def test_reference_solution_keeps_its_license(write: Write) -> None:
    path = write("a.parquet", [solution("x/1", "def f():\n    return 1\n", license="MIT")])
    (seed,) = draw_seeds([ReferenceSource((path,))], 1, 0).seeds
    assert (seed.kind, seed.origin, seed.license) == ("reference", "x/1", "MIT")


def test_license_column_may_be_absent(write: Write) -> None:
    path = write("a.parquet", [solution("x/1", "x = 1")])
    assert draw_seeds([ReferenceSource((path,))], 1, 0).seeds[0].license == ""


def test_numbers_serve_as_problem_names(write: Write) -> None:
    path = write("a.parquet", [solution(7, "x = 1")])
    assert draw_seeds([ReferenceSource((path,))], 1, 0).seeds[0].origin == "7"


def test_long_solution_names_its_lines(write: Write, document: Callable[[int], str]) -> None:
    path = write("a.jsonl", [solution("x/1", document(1))])
    (seed,) = draw_seeds([ReferenceSource((path,))], 1, 0).seeds
    assert seed.origin.startswith("x/1#L")
    assert 25 <= seed.text.count("\n") + 1 <= 50


def test_problem_in_two_sources_gives_one_seed(write: Write) -> None:
    log = RolloutSource((write("log.jsonl", [attempt("a", "x = 1", 1.0)]),))
    problems = ReferenceSource((write("set.jsonl", [solution("a", "x = 2")]),))
    draw = draw_seeds([log, problems], 9, 0)
    assert (len(draw.seeds), draw.passed_over) == (1, {"same_problem": 1})


def test_null_and_number_in_place_of_a_solution_are_counted(write: Write) -> None:
    rows = [solution("a", "x = 1"), solution("b", None), solution("c", 5)]
    draw = draw_seeds([ReferenceSource((write("a.jsonl", rows),))], 9, 0)
    assert draw.passed_over == {"not_text": 1, "empty": 1}
