"""A model in training is evaluated, as a user does it: on a few problems of each benchmark and on what is held out."""

import pyarrow.parquet as pq
import pytest

from sql import ask
from steppingstone.catalog import open_catalog
from steppingstone.environments import OWN
from steppingstone.evaluation.maths import is_installed
from steppingstone.sandbox import Sandbox
from tests.evaluation.small import KNOWN, Known, answering, write_files
from tests.flows.running import Run, finished
from tests.model_server import Body, serving
from tests.publishing import publish_one_of_each, right

MATHS = ("math500", "aime24") if is_installed() else ()
CODE = ("livecodebench", "humaneval", "mbpp")
OUR = tuple(Known(f"# Task: {name}", right(name), "no") for name in OWN)
ALWAYS = "double of the number"


@pytest.fixture(scope="module")
def asked() -> list[Body]:
    """What the model was asked."""
    return []


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, asked: list[Body]) -> Run:
    """Four of ten samples are right, and all of one problem's."""
    folder = tmp_path_factory.mktemp("evaluated")
    publish_one_of_each(folder / "data", sandbox, held_out=1.0)
    named = [f"--evaluate.{name}={file}" for name, file in write_files(folder).items() if name in (*CODE, *MATHS)]
    with serving(answering((*KNOWN, *OUR), lambda known: 10 if known.piece == ALWAYS else 4)) as server:
        student = ["--student.base_urls", server.base_url, "--student.model", "m", "--held_out", "1"]
        run = finished(folder / "data", *named, *student, "--evaluate.step", "200", flow="evaluate")
        asked += server.requests
    assert run.code == 0, run.printed
    return run


def test_all_samples_of_a_problem_are_one_request_under_the_evaluations_sampling(run: Run, asked: list[Body]) -> None:
    samples = [body for body in asked if body.get("n") == 10]
    assert len(samples) == len(KNOWN) + len(OUR) - 3 * (not MATHS)
    assert {(body["temperature"], body["top_p"]) for body in samples} == {(0.6, 0.95)}


def test_pass_at_k_is_that_of_the_samples_whole_and_by_segment(run: Run) -> None:
    with open_catalog(run.data) as tables:
        told = ask(tables, "SELECT label, step, benchmark, segment, k, value, problems FROM evaluations").rows
    assert {row[:2] for row in told} == {("m", 200)}
    found = {row[2:5]: row[5:] for row in told}
    assert found["livecodebench", "all", 1] == (pytest.approx(0.6), 3)
    assert found["livecodebench", "easy", 1] == (pytest.approx(0.7), 2)
    assert found["livecodebench", "hard", 1] == (pytest.approx(0.4), 1)
    assert found["own", "all", 1] == (pytest.approx(0.4), 4)
    assert {name for name, segment, _ in found if segment == "all"} == {*CODE, *MATHS, "own"}
    assert {value for (_, _, k), (value, _) in found.items() if k == 10} == {1.0}
    assert {segment for name, segment, _ in found if name == "own"} == {"all", "medium", *OWN}


def test_each_problem_has_a_row_with_its_samples_verdicts(run: Run) -> None:
    rows = pq.read_table(run.data / "evaluations" / "evaluated").to_pylist()
    (half,) = [row for row in rows if row["benchmark"] == "humaneval"]
    assert (half["name"], half["samples"], half["graded"], half["solved"]) == ("HumanEval/900", 10, 10, 4)
    assert half["verdicts"][:4] == ["solved"] * 4
    assert "solved" not in half["verdicts"][4:]


def test_the_curves_are_drawn_and_the_terminal_tells_the_metrics(run: Run) -> None:
    assert "livecodebench, easy: pass@10" in (run.data / "evaluations" / "curves.svg").read_text()
    assert "livecodebench: pass@1 0.600" in run.printed
