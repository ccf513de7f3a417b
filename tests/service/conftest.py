"""A published version, its attempts, and one service of it for all tests that leave it as it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steppingstone import PublishedProblem, load_problems
from steppingstone.drafts import read_table
from steppingstone.sandbox import Sandbox
from tests.publishing import publish_one_of_each
from tests.service.serving import Service, serving

Pair = tuple[PublishedProblem, str]


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    """A data root."""
    root = tmp_path_factory.mktemp("data")
    publish_one_of_each(root, sandbox)
    return root


@pytest.fixture(scope="package")
def pairs(data: Path) -> list[Pair]:
    """Each attempt of the version: its problem and its completion."""
    problems = {problem.problem_id: problem for problem in load_problems(data)}
    return [(problems[row["problem_id"]], row["completion"]) for row in _attempts(data)]


@pytest.fixture(scope="package")
def due(data: Path) -> list[tuple[int, str]]:
    """The reward and the verdict that are stored of each."""
    return [(row["reward"], row["verdict"]) for row in _attempts(data)]


@pytest.fixture(scope="package")
def service(data: Path) -> Iterator[Service]:
    """It asks for a token, and has room for 40 completions."""
    with serving(data, "--queue", "40", "--batch", "30", "--body-mb", "1", "--completion-chars", "20000") as running:
        yield running


def _attempts(data: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_table(data / "versions" / "v=00001", "attempts").to_pylist()
    return rows
