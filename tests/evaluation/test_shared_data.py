"""The benchmarks as they are: references score 1, and rollouts what their labels say. A fixed part of them."""

from collections import Counter
from pathlib import Path

import pytest

from steppingstone import drafts
from steppingstone.batches import Batch
from steppingstone.evaluation.answering import answer_batch, as_evaluated
from steppingstone.evaluation.benchmarks import BENCHMARKS
from steppingstone.evaluation.maths import is_installed
from steppingstone.evaluation.posing import write_posed
from steppingstone.settings import Settings
from steppingstone.spending import Allowance
from tests.evaluation.shared import Known, Reply, known, replying
from tests.listening import Listening
from tests.model_server import serving
from tests.sandbox.oracles import data

pytestmark = pytest.mark.skipif(data.folder() is None, reason=f"no data beside the repository; {data.VARIABLE} may name it")

ONE_IN, SAMPLES = 40, 8
RUN = [name for name in BENCHMARKS if is_installed() or name not in ("math500", "aime24")]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return known(tmp_path_factory.mktemp("benchmarks"), ONE_IN)


def evaluated(given: Known, folder: Path, replies: dict[str, list[Reply]]) -> list[drafts.Row]:
    """The rows of those problems that the server has replies to."""
    asked = {name: [given.files[name]] for name in RUN} | {"samples": SAMPLES, "k": [1]}
    with serving(replying(lambda told: [each.text for each in replies.get(told, [])])) as server:
        student = {"base_urls": [server.base_url], "model": "m"}
        settings = as_evaluated(Settings.model_validate({"data_root": str(folder), "evaluate": asked, "student": student}))
        count = sum(write_posed(folder / "chosen", settings).values())
        batch = Batch("00000", range(count), Allowance())
        done = answer_batch(batch, settings, folder / "chosen", str(folder / "batch"), "run", 8, Listening())
    assert not done.failure
    told = {each.problem.problem_id for statement, each in given.posed.items() if statement in replies}
    return [row for row in drafts.read_table(done.folder, "evaluated").to_pylist() if row["problem_id"] in told]


def test_references_score_one(given: Known, tmp_path: Path) -> None:
    rows = evaluated(given, tmp_path, {told: [each] for told, each in given.references.items()})
    assert {row["benchmark"] for row in rows} == set(RUN)
    assert len(rows) > 20
    assert not [(row["name"], row["details"][0]) for row in rows if row["solved"] != SAMPLES]


def test_rollouts_score_what_their_labels_say(given: Known, tmp_path: Path) -> None:
    # The LiveCodeBench-format rows hold further tests than those that the labels are of.
    labelled = {told: replies for told, replies in given.rollouts.items() if given.posed[told].benchmark != "livecodebench"}
    rows = evaluated(given, tmp_path, labelled)
    due = {
        given.posed[told].problem.problem_id: [replies[i % len(replies)].reward for i in range(SAMPLES)]
        for told, replies in labelled.items()
    }
    rewards = {row["problem_id"]: [int(verdict == "solved") for verdict in row["verdicts"]] for row in rows}
    assert rewards == due
    assert Counter(reward for each in due.values() for reward in each).keys() == {0, 1}
