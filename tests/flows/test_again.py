"""The flows that grade a published dataset again, as a user runs them, over a dataset of the nightly flow."""

import csv
import shutil
from pathlib import Path

import pytest

from steppingstone import drafts, versions
from steppingstone.batches import Batch
from steppingstone.catalog import open_catalog
from steppingstone.difficulty import Thresholds
from steppingstone.grades import with_verdicts
from steppingstone.rescoring import score_batch
from steppingstone.settings import Settings
from steppingstone.spending import Allowance
from steppingstone.versions import Version, damaged, manifest_of
from tests.flows.running import ATTEMPTS, Run, finished
from tests.listening import Listening
from tests.published import rows

TIERS = ("easy", "medium", "hard")
STUDENTS = ("pass_", "graded_", "attempt_count", "tier", "straddles", "student_")


def copied(run: Run, folder: Path) -> Path:
    """The data root of a run, for others to go on with."""
    shutil.copytree(run.data, folder, ignore=shutil.ignore_patterns("prefect", "logs", "runs"))
    return folder


def version(data: Path) -> Version:
    return versions.published(data)


@pytest.fixture(scope="module")
def regraded(undisturbed: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = copied(undisturbed, tmp_path_factory.mktemp("regraded") / "data")
    run = finished(data, "--generation.attempts", str(ATTEMPTS), "--random_seed", "7", flow="regrade")
    assert run.code == 0, run.printed
    return run


def test_another_students_attempts_make_the_next_version(regraded: Run) -> None:
    made = version(regraded.data)
    told = manifest_of(made)
    assert (made.number, made.parent, told["kind"], told["settings"]["random_seed"]) == (2, 1, "regrade", 7)
    assert not damaged(made)


def test_the_graded_version_is_as_it_was(regraded: Run, undisturbed: Run) -> None:
    before = version(undisturbed.data)
    files = {path.name: path.read_bytes() for path in before.folder.glob("*.*")}
    assert {path.name: path.read_bytes() for path in (regraded.data / "versions" / "v=00001").glob("*.*")} == files


def test_p_moves_and_what_a_problem_is_stays(regraded: Run, undisturbed: Run) -> None:
    old, new = ({row["problem_id"]: row for row in rows(data, "problems")} for data in (undisturbed.data, regraded.data))
    assert set(old) == set(new)
    assert sum(old[name]["pass_rate"] != new[name]["pass_rate"] for name in old) > len(old) / 4
    stays = [column for column in next(iter(old.values())) if not column.startswith(STUDENTS)]
    assert {name: [row[column] for column in stays] for name, row in old.items()} == {
        name: [row[column] for column in stays] for name, row in new.items()
    }


def test_p_and_tier_tables_are_those_of_the_new_attempts(regraded: Run) -> None:
    with open_catalog(regraded.data) as tables:
        wrong = tables.execute("""
            FROM problems JOIN (
                SELECT problem_id, count(*) AS found, count(reward) AS graded, sum(reward) AS solved FROM attempts GROUP BY ALL
            ) USING (problem_id)
            WHERE found <> attempt_count OR graded <> graded_count OR solved <> pass_count OR pass_rate <> solved / graded
        """).fetchall()
        tiers = tables.execute("SELECT problem_id, tier FROM problems WHERE tier IN ('easy', 'medium', 'hard')").fetchall()
        listed = [(name, tier) for tier in TIERS for (name,) in tables.execute(f"SELECT problem_id FROM {tier}").fetchall()]
    assert not wrong
    assert sorted(tiers) == sorted(listed)


def test_the_report_shows_who_moved(regraded: Run) -> None:
    printed = " ".join(regraded.printed.split())
    assert "Which tiers did the problems that were graded again leave, and for which (columns)?" in printed
    assert "How did p change, by environment, and how sure is the mean (95%)?" in printed
    assert "Which problems' p changed most?" in printed
    assert "version 2, made of version 1" in printed


@pytest.fixture(scope="module")
def falsified(undisturbed: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in whose second version each problem's third attempt has the wrong reward, and p is counted with it."""
    data = copied(undisturbed, tmp_path_factory.mktemp("falsified") / "data")
    draft = data / "runs" / "false" / "draft"
    with drafts.connect(version(data).folder) as tables:
        false = "if(reward = 1, 'wrong', 'solved') AS verdict, 1 - reward AS reward, '' AS reasoning"
        drafts.rewrite(tables, draft, "attempts", f"SELECT * REPLACE ({false}) FROM attempts WHERE attempt = 2")
    made = with_verdicts(draft, data, Thresholds(), data / "false.csv")
    versions.publish(data, made.folder, "false", {})
    return data


def test_each_reward_that_another_grader_gave_is_listed_and_set_right(falsified: Path, undisturbed: Run) -> None:
    wrong = {(row["problem_id"], row["attempt"]): row["reward"] for row in rows(falsified, "attempts") if row["attempt"] == 2}
    journal = sorted((path.name, path.stat().st_size) for path in (falsified / "journal").iterdir())
    run = finished(falsified, flow="reverify")
    assert run.code == 0, run.printed
    (found,) = falsified.glob("runs/*/changed_verdicts.csv")
    with found.open() as file:
        listed = {(line["problem_id"], int(line["attempt"])): int(line["reward_before"]) for line in csv.DictReader(file)}
    assert listed == wrong
    assert f"{len(wrong)} have another reward" in run.printed
    assert manifest_of(version(falsified))["kind"] == "reverify"
    for table in ("problems", "attempts", *TIERS):
        assert rows(falsified, table) == rows(undisturbed.data, table), table
    assert sorted((path.name, path.stat().st_size) for path in (falsified / "journal").iterdir()) == journal


def test_graded_again_by_the_same_graders_every_attempt_has_the_verdict_that_it_had(undisturbed: Run, tmp_path: Path) -> None:
    made, listening = version(undisturbed.data), Listening()
    batch = Batch("00000", range(made.rows["attempts"]), Allowance())
    done = score_batch(batch, Settings(data_root=str(tmp_path)), made.folder, str(tmp_path / "batch"), listening)
    assert sum(event.attempts for event in listening.events) == made.rows["attempts"] > 0
    assert drafts.read_table(done.folder, "attempts").to_pylist() == []
