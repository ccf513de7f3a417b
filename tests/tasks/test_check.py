"""What the user gave is checked before anything is started."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prefect import Task

from steppingstone.errors import BadInput, InfrastructureError
from steppingstone.servers import trial
from steppingstone.settings import (
    CorpusSettings,
    RealSettings,
    RegradeSettings,
    RolloutSettings,
    SeedSettings,
    Settings,
    StudentSettings,
    TeacherSettings,
    TierSettings,
    TrainSettings,
)
from steppingstone.versions import publish
from tasks.check import check, check_published, check_student, check_training
from tests.drafts import make_draft
from tests.journal.s3_server import serving_s3
from tests.model_server import Said, choices, serving


def ahead(use: Task[..., None], settings: Settings) -> None:
    """What costs a moment of a check, and no token."""
    use.fn(settings, ahead=True)


def test_the_defaults_can_be_used(tmp_path: Path) -> None:
    check.fn(Settings(data_root=str(tmp_path)))


def test_tiers_by_other_thresholds_than_those_published_are_refused_with_the_way_to_have_them(tmp_path: Path) -> None:
    settings = Settings(data_root=str(tmp_path))
    publish(tmp_path, make_draft(tmp_path / "runs" / "a" / "draft"), "a", settings.model_dump(mode="json"))
    ahead(check, settings)
    with pytest.raises(BadInput, match=r"tiers: .*'hard_max': 0\.3.*version 1 has.*'hard_max': 0\.25.*flows\.reverify"):
        ahead(check, settings.model_copy(update={"tiers": TierSettings(hard_max=0.3)}))


def test_an_unknown_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unknown environment 'seduction'"):
        ahead(check, Settings(data_root=str(tmp_path), environments=("induction", "seduction")))


def test_the_environment_of_real_problems_is_refused_with_the_way_to_have_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"leave 'real' out, and name their files by real\.paths"):
        ahead(check, Settings(data_root=str(tmp_path), environments=("induction", "real")))


def test_a_file_of_real_problems_with_unknown_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"question": "?", "answer": "!"}')
    with pytest.raises(BadInput, match=r"r\.jsonl .* has the columns question, answer"):
        ahead(check, Settings(data_root=str(tmp_path), real=RealSettings(paths=(str(tmp_path / "r.jsonl"),))))


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("")
    seeds = SeedSettings(corpus=CorpusSettings(paths=(str(tmp_path / "c.jsonl"),)))
    with pytest.raises(BadInput, match=r"c\.jsonl is empty"):
        ahead(check, Settings(data_root=str(tmp_path), seeds=seeds))


def test_a_prompts_folder_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no template"):
        ahead(check, Settings(data_root=str(tmp_path), prompts=str(tmp_path)))


def test_a_data_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(BadInput, match=r"data root: .* can't be written to"):
        ahead(check, Settings(data_root=str(tmp_path / "data")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_data_root_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BadInput, match="can't be written to"):
        ahead(check, Settings(data_root=str(tmp_path)))


def test_a_journal_that_cannot_be_written_to_is_refused_by_its_address(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"journal '.*/file/journal' can't be written to"):
        ahead(check, Settings(data_root=str(tmp_path), journal=str(tmp_path / "file" / "journal")))
    with pytest.raises(BadInput, match="journal 'floppy://a' can't be opened"):
        ahead(check, Settings(data_root=str(tmp_path), journal="floppy://a"))


def test_a_journal_on_object_storage_can_be_used(tmp_path: Path) -> None:
    with serving_s3(tmp_path / "log"):
        ahead(check, Settings(data_root=str(tmp_path), journal="s3://nights/journal"))


def test_a_model_that_its_server_does_not_have_is_refused(tmp_path: Path) -> None:
    with serving(lambda _: choices("x"), models=("m",)) as server:
        good = StudentSettings(base_urls=(server.base_url,), model="m")
        ahead(check, Settings(data_root=str(tmp_path), student=good))
        with pytest.raises(BadInput, match="no model 'n'; it has m"):
            ahead(
                check,
                Settings(
                    data_root=str(tmp_path), student=good, teacher=TeacherSettings(base_urls=(server.base_url,), model="n")
                ),
            )


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with serving(lambda _: choices("x"), models=("m",)) as server:
        settings = Settings(
            data_root=str(tmp_path),
            environments=("induction", "seduction"),
            seeds=SeedSettings(corpus=CorpusSettings(paths=("nowhere",)), rollouts=RolloutSettings(paths=("never",))),
            teacher=TeacherSettings(base_urls=(server.base_url,), model="n"),
            student=StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="m"),
        )
        with pytest.raises(BadInput) as refused:
            ahead(check, settings)
    head, *lines = str(refused.value).splitlines()
    assert head == "5 things have to be mended first:"
    assert [line.split(": ")[0] for line in lines] == [
        "- environments", "- seeds", "- seeds", f"- teacher, {server.base_url}", "- student, http://127.0.0.1:9/v1",
    ]  # fmt: skip


def test_a_server_that_fails_is_no_bad_input_unless_something_given_is_wrong_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_S", 1.0)
    with serving(lambda _: Said({"error": {"message": "broken"}}, 500)) as server:
        settings = Settings(data_root=str(tmp_path), student=StudentSettings(base_urls=(server.base_url,), model="m"))
        with pytest.raises(InfrastructureError, match=r"student, .*broken") as failed:
            check.fn(settings)
        assert not isinstance(failed.value, BadInput)
        with pytest.raises(BadInput, match="unknown environment 'x'"):
            check.fn(settings.model_copy(update={"environments": ("x",)}))


def test_ahead_of_the_servers_nothing_is_asked_of_a_model(tmp_path: Path) -> None:
    with serving(lambda _: choices("x")) as server:
        settings = Settings(data_root=str(tmp_path), student=StudentSettings(base_urls=(server.base_url,), model="m"))
        check.fn(settings, ahead=True)
        assert not server.requests
        check.fn(settings)
        assert server.requests


def test_a_data_root_is_left_as_it_was_found(tmp_path: Path) -> None:
    ahead(check, Settings(data_root=str(tmp_path / "not" / "yet")))
    assert not list(tmp_path.iterdir())


def test_a_version_that_is_damaged_is_wrong_and_no_traceback(tmp_path: Path) -> None:
    path = publish(tmp_path, make_draft(tmp_path / "draft"), "a", {}).folder / "problems.parquet"
    path.chmod(0o644)
    path.write_bytes(b"half a file")
    for use in (check, check_published):
        with pytest.raises(BadInput, match="published versions: the latest can't be read"):
            ahead(use, Settings(data_root=str(tmp_path)))


def test_nothing_that_is_published_is_nothing_to_grade_again(tmp_path: Path) -> None:
    for again in (check_published, check_student):
        with pytest.raises(BadInput, match=r"nothing is published in .*/none yet; run the nightly flow"):
            ahead(again, Settings(data_root=str(tmp_path / "none")))
    assert not (tmp_path / "none").exists()


def test_an_environment_of_which_nothing_is_published_is_refused_with_those_there_are(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    known = Settings(data_root=str(tmp_path), regrade=RegradeSettings(environments=("fuzzing",)))
    ahead(check_published, known)
    with pytest.raises(BadInput, match="none is of real; they are of abduction, deduction, fuzzing, induction"):
        ahead(check_published, known.model_copy(update={"regrade": RegradeSettings(environments=("fuzzing", "real"))}))


def test_a_data_root_of_another_schema_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    path = publish(tmp_path, make_draft(tmp_path / "draft"), "a", {}).folder / "problems.parquet"
    old = pq.ParquetFile(path).read().drop_columns(["straddles"])
    path.unlink()
    pq.write_table(old, path)
    for use in (check, check_published):
        with pytest.raises(
            BadInput, match=r"the latest version was published under another schema, .* choose another data root"
        ):
            ahead(use, Settings(data_root=str(tmp_path)))


def test_who_attempts_again_needs_no_teacher_and_no_seeds(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    with serving(lambda _: choices("x"), models=("m",)) as server:
        student = StudentSettings(base_urls=(server.base_url,), model="m")
        nobody = TeacherSettings(base_urls=("http://127.0.0.1:9/v1",), model="n")
        nowhere = SeedSettings(corpus=CorpusSettings(paths=("nowhere",)))
        ahead(check_student, Settings(data_root=str(tmp_path), student=student, teacher=nobody, seeds=nowhere))
        with pytest.raises(BadInput, match="no model 'other'"):
            ahead(check_student, Settings(data_root=str(tmp_path), student=student.model_copy(update={"model": "other"})))


def test_all_that_is_wrong_with_a_training_is_said_at_once(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    train = TrainSettings(curriculum="curriculum_steep", model="/no/such/model", python="/no/such/python")
    with pytest.raises(BadInput) as raised:
        ahead(check_training, Settings(data_root=str(tmp_path), train=train))
    said = str(raised.value).splitlines()
    assert said[0] == "3 things have to be mended first:"
    assert [line.partition(":")[0] for line in said[1:]] == ["- curriculum", "- policy", "- trainer"]
