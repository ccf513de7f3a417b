import ast
from pathlib import Path

import pytest

from steppingstone.seeds import ReferenceSource, RolloutSource, Source, draw_seeds


@pytest.fixture(params=["rollouts", "solved_problems"])
def source(request: pytest.FixtureRequest, shared_data: Path) -> Source:
    kind = RolloutSource if request.param == "rollouts" else ReferenceSource
    return kind((str(shared_data / "solved" / f"{request.param}.jsonl.gz"),))


def test_real_solved_problems_give_seeds_that_parse(source: Source) -> None:
    draw = draw_seeds([source], 50, 0)
    assert len(draw.seeds) == 50
    for seed in draw.seeds:
        assert seed.text.count("\n") < 50
        if "#" not in seed.origin:
            ast.parse(seed.text)


def test_real_solved_problems_give_one_seed_a_problem(source: Source) -> None:
    origins = [seed.origin.partition("#")[0] for seed in draw_seeds([source], 10_000, 0).seeds]
    assert len(origins) == len(set(origins)) > 300
