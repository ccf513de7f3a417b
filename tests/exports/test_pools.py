"""prime-rl's pools of difficulty, as the measured pass rates fill them."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steppingstone.exports import pools
from tests.exports.problems import DEDUCTION

RATES = (0.0, 0.1, 0.25, 0.5, 0.65, 0.7, 1.0, None, None)
WEIGHTS = {"hard": 0.2, "normal": 1.0, "easy": 0.2, "unmeasured": 1.0}


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, dict[str, Any]]:
    problems = [replace(DEDUCTION, pass_rate=rate) for rate in RATES]
    text = pools.write(tmp_path / "prime-rl.toml", "steppingstone-out", problems).read_text("utf-8")
    found = tomllib.loads(text)["orchestrator"]["train"]["source"]
    return {source["env"]["taskset"]["pool"]: source for source in found}


def test_a_pool_has_the_problems_up_to_its_end() -> None:
    counts = {pool: [pools.pool_of(rate) for rate in RATES].count(pool) for pool in WEIGHTS}
    assert counts == {"hard": 3, "normal": 2, "easy": 2, "unmeasured": 2}


def test_at_first_a_problem_is_drawn_by_the_weight_of_its_measured_pool(sources: dict[str, dict[str, Any]]) -> None:
    """Within a source prime-rl draws all tasks alike that it has not seen."""
    of_one = {pool: source["ratio"] / [pools.pool_of(rate) for rate in RATES].count(pool) for pool, source in sources.items()}
    assert of_one == pytest.approx(WEIGHTS)


def test_then_it_is_drawn_by_the_pool_that_its_rewards_put_it_in(sources: dict[str, dict[str, Any]]) -> None:
    """Against what was not seen in that source, of weight 1."""
    for pool, source in sources.items():
        weights = {name: each["weight"] * WEIGHTS[pool] for name, each in source["sampler"]["pools"].items()}
        assert weights == pytest.approx({name: WEIGHTS[name] for name in ("hard", "normal", "easy")})


def test_a_pool_without_problems_is_no_source(tmp_path: Path) -> None:
    text = pools.write(tmp_path / "prime-rl.toml", "steppingstone-out", [DEDUCTION]).read_text("utf-8")
    assert [source["name"] for source in tomllib.loads(text)["orchestrator"]["train"]["source"]] == ["steppingstone-out-easy"]
