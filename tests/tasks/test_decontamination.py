"""What evaluation sets keep out of a run: snippets when the seeds are drawn, problems when they are curated."""

import json
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from steppingstone.contamination import Decontaminated
from steppingstone.drafts import read_table, write_rows
from steppingstone.errors import BadInput
from steppingstone.settings import CorpusSettings, EvaluationSettings, SeedSettings, Settings
from tasks.check import check
from tasks.decontaminate import decontaminate
from tasks.drive import Driven, gather
from tasks.extract import extract_seeds
from tests.contamination.test_index import HOST, PROMPT, SOLUTION
from tests.drafts import attempts, make_draft, problems, rejections
from tests.seeds.conftest import code_document


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A corpus of which one of three documents holds a problem, under other names, of the one evaluation set."""
    row = {"task_id": "HumanEval/901", "prompt": PROMPT, "entry_point": "level_stretch", "canonical_solution": SOLUTION}
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "own.jsonl").write_text(json.dumps(row) + "\n")
    held = HOST.format(f"def hills(slopes: list, slack: int):\n{SOLUTION.replace('heights', 'slopes')}")
    documents = [code_document(1), held, code_document(2)]
    rows = [{"content": text, "max_stars_repo_path": f"{n}.py"} for n, text in enumerate(documents)]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Settings(
        data_root=str(tmp_path / "data"),
        seeds=SeedSettings(count=3, corpus=CorpusSettings(paths=(str(tmp_path / "corpus.jsonl"),))),
        evaluation=EvaluationSettings(paths=(str(tmp_path / "evaluation"),)),
    )


def test_a_contaminated_snippet_is_a_rejection_that_cost_nothing_and_no_seed(settings: Settings) -> None:
    with disable_run_logger():
        draft = extract_seeds.fn(settings)
    assert len(read_table(draft, "seeds")) == 2
    (row,) = read_table(draft, "rejections").to_pylist()
    assert (row["stage"], row["reason"], row["partner_id"]) == ("extract", "contaminated", "HumanEval/901")
    assert (row["chain_id"], row["environment"], row["round"], row["tier"], row["dollars"]) == ("", "", 0, "", 0.0)
    assert row["detail"].startswith("unknown:1.py#L")
    assert row["reply"] == ""


def test_without_evaluation_sets_every_snippet_is_a_seed(settings: Settings) -> None:
    with disable_run_logger():
        draft = extract_seeds.fn(settings.model_copy(update={"evaluation": EvaluationSettings()}))
    assert len(read_table(draft, "seeds")) == 3
    assert len(read_table(draft, "rejections")) == 0


def test_what_was_rejected_in_rounds_stands_after_what_was_rejected_in_the_draw(tmp_path: Path) -> None:
    drawn = rejections()[0] | {"rejection_id": "extract-1", "stage": "extract", "chain_id": "", "round": 0}
    write_rows(tmp_path / "draft", "rejections", [drawn])
    make_draft(tmp_path / "batches" / "00000")
    batches = Driven(0, 0, (str(tmp_path / "batches" / "00000"),))
    gather(str(tmp_path / "draft"), ("problems", "rejections"), batches)
    stages = read_table(tmp_path / "draft", "rejections")["stage"].to_pylist()
    assert stages == ["extract", "generate", "generate", "generate"]
    assert len(read_table(tmp_path / "draft", "problems")) == 40


def test_contaminated_problems_leave_a_draft(settings: Settings, tmp_path: Path) -> None:
    rows = problems()
    rows[4] |= {"code": f"def f(slopes, slack):\n{SOLUTION.replace('heights', 'slopes')}"}
    draft = make_draft(tmp_path / "draft", problems=rows, attempts=attempts(rows))
    assert decontaminate.fn(str(draft), settings.evaluation) == Decontaminated(kept=39, dropped=1)


def test_evaluation_sets_that_cannot_be_used_are_refused_before_anything_is_started(settings: Settings, tmp_path: Path) -> None:
    check.fn(settings)
    (tmp_path / "evaluation" / "other.jsonl").write_text('{"question": "Why?"}\n')
    with pytest.raises(BadInput, match=r"other\.jsonl is in no known layout"):
        check.fn(settings)
