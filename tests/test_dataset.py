"""The dataset to be published: the latest version's rows, then the draft's."""

from pathlib import Path

from steppingstone import drafts, versions
from steppingstone.dataset import Dataset, combine
from tests.drafts import make_draft, problems, rejections, seeds


def test_the_first_dataset_is_the_draft(tmp_path: Path) -> None:
    draft = make_draft(tmp_path / "runs" / "a" / "draft")
    made = combine(draft, tmp_path)
    assert made == Dataset(str(tmp_path / "runs" / "a" / "dataset"), 0, 40)
    assert drafts.read_table(made.folder, "attempts") == drafts.read_table(draft, "attempts")


def test_a_draft_is_added_to_the_latest_version(tmp_path: Path) -> None:
    versions.publish(tmp_path, make_draft(tmp_path / "runs" / "a" / "draft", easy=problems()[:3]), "a", {})
    new = [problem | {"problem_id": f"new-{n}", "run_id": "run-b"} for n, problem in enumerate(problems()[:2])]
    seed, rejection = seeds()[0] | {"seed_id": "new"}, rejections()[0] | {"rejection_id": "new"}
    tables = {"problems": new, "easy": new[:1], "seeds": [*seeds(), seed], "rejections": [*rejections(), rejection]}
    made = combine(make_draft(tmp_path / "runs" / "b" / "draft", **tables), tmp_path)
    assert (made.base, made.added) == (1, 2)
    counts = {table: drafts.count_rows(made.folder, table) for table in tables}
    assert counts == {"problems": 42, "easy": 4, "seeds": 6, "rejections": 4}
    assert [row["problem_id"] for row in drafts.iterate(made.folder, "problems", ["problem_id"])][-2:] == ["new-0", "new-1"]


def test_what_a_chain_that_is_run_again_turns_away_is_added_if_it_is_another_reply(tmp_path: Path) -> None:
    versions.publish(tmp_path, make_draft(tmp_path / "runs" / "a" / "draft"), "a", {})
    same, other = ({**row, "run_id": "run-b"} for row in rejections()[:2])
    draft = make_draft(tmp_path / "runs" / "b" / "draft", rejections=[same, other | {"reply": "another reply"}])
    made = combine(draft, tmp_path)
    assert [row["reply"] for row in drafts.iterate(made.folder, "rejections", ["reply"])] == [
        *(row["reply"] for row in rejections()),
        "another reply",
    ]
