"""What the user gave is checked before anything is started."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from steppingstone.errors import BadInput
from steppingstone.settings import (
    CorpusSettings,
    RealSettings,
    RegradeSettings,
    SeedSettings,
    Settings,
    StudentSettings,
    TeacherSettings,
    TierSettings,
)
from steppingstone.versions import publish
from tasks.check import check, check_published, check_student
from tests.drafts import make_draft
from tests.journal.s3_server import serving_s3
from tests.model_server import choices, serving


def test_the_defaults_can_be_used(tmp_path: Path) -> None:
    check.fn(Settings(data_root=str(tmp_path)))


def test_tiers_by_other_thresholds_than_those_published_are_refused_with_the_way_to_have_them(tmp_path: Path) -> None:
    settings = Settings(data_root=str(tmp_path))
    publish(tmp_path, make_draft(tmp_path / "runs" / "a" / "draft"), "a", settings.model_dump(mode="json"))
    check.fn(settings)
    with pytest.raises(BadInput, match=r"'hard_max': 0\.3.*version 1 has.*'hard_max': 0\.25.*flows\.reverify"):
        check.fn(settings.model_copy(update={"tiers": TierSettings(hard_max=0.3)}))


def test_an_unknown_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unknown environment 'seduction'"):
        check.fn(Settings(data_root=str(tmp_path), environments=("induction", "seduction")))


def test_the_environment_of_real_problems_is_refused_with_the_way_to_have_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"leave 'real' out, and name their files by real\.paths"):
        check.fn(Settings(data_root=str(tmp_path), environments=("induction", "real")))


def test_a_file_of_real_problems_with_unknown_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"question": "?", "answer": "!"}')
    with pytest.raises(BadInput, match=r"r\.jsonl .* has the columns question, answer"):
        check.fn(Settings(data_root=str(tmp_path), real=RealSettings(paths=(str(tmp_path / "r.jsonl"),))))


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("")
    seeds = SeedSettings(corpus=CorpusSettings(paths=(str(tmp_path / "c.jsonl"),)))
    with pytest.raises(BadInput, match=r"c\.jsonl is empty"):
        check.fn(Settings(data_root=str(tmp_path), seeds=seeds))


def test_a_prompts_folder_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no template"):
        check.fn(Settings(data_root=str(tmp_path), prompts=str(tmp_path)))


def test_a_data_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(BadInput, match=r"data_root .* can't be written to"):
        check.fn(Settings(data_root=str(tmp_path / "data")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_data_root_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BadInput, match="can't be written to"):
        check.fn(Settings(data_root=str(tmp_path)))


def test_a_journal_that_cannot_be_written_to_is_refused_by_its_address(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"journal '.*/file/journal' can't be written to"):
        check.fn(Settings(data_root=str(tmp_path), journal=str(tmp_path / "file" / "journal")))
    with pytest.raises(BadInput, match="journal 'floppy://a' can't be opened"):
        check.fn(Settings(data_root=str(tmp_path), journal="floppy://a"))


def test_a_journal_on_object_storage_can_be_used(tmp_path: Path) -> None:
    with serving_s3(tmp_path / "log"):
        check.fn(Settings(data_root=str(tmp_path), journal="s3://nights/journal"))


def test_a_model_that_its_server_does_not_have_is_refused(tmp_path: Path) -> None:
    with serving(lambda _: choices("x"), models=("m",)) as server:
        good = StudentSettings(base_urls=(server.base_url,), model="m")
        check.fn(Settings(data_root=str(tmp_path), student=good))
        with pytest.raises(BadInput, match="no model 'n'; it has m"):
            check.fn(
                Settings(
                    data_root=str(tmp_path), student=good, teacher=TeacherSettings(base_urls=(server.base_url,), model="n")
                )
            )


def test_nothing_that_is_published_is_nothing_to_grade_again(tmp_path: Path) -> None:
    for again in (check_published, check_student):
        with pytest.raises(BadInput, match=r"nothing is published in .*/none yet; run the nightly flow"):
            again.fn(Settings(data_root=str(tmp_path / "none")))
    assert not (tmp_path / "none").exists()


def test_an_environment_of_which_nothing_is_published_is_refused_with_those_there_are(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    known = Settings(data_root=str(tmp_path), regrade=RegradeSettings(environments=("fuzzing",)))
    check_published.fn(known)
    with pytest.raises(BadInput, match="no published problem is of real; they are of abduction, deduction, fuzzing, induction"):
        check_published.fn(known.model_copy(update={"regrade": RegradeSettings(environments=("fuzzing", "real"))}))


def test_a_data_root_of_another_schema_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    path = publish(tmp_path, make_draft(tmp_path / "draft"), "a", {}).folder / "problems.parquet"
    old = pq.ParquetFile(path).read().drop_columns(["straddles"])
    path.unlink()
    pq.write_table(old, path)
    for use in (check, check_published):
        with pytest.raises(BadInput, match=r"version 1 was published under another schema, .* choose another data root"):
            use.fn(Settings(data_root=str(tmp_path)))


def test_who_attempts_again_needs_no_teacher_and_no_seeds(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    with serving(lambda _: choices("x"), models=("m",)) as server:
        student = StudentSettings(base_urls=(server.base_url,), model="m")
        nobody = TeacherSettings(base_urls=("http://127.0.0.1:9/v1",), model="n")
        nowhere = SeedSettings(corpus=CorpusSettings(paths=("nowhere",)))
        check_student.fn(Settings(data_root=str(tmp_path), student=student, teacher=nobody, seeds=nowhere))
        with pytest.raises(BadInput, match="no model 'other'"):
            check_student.fn(Settings(data_root=str(tmp_path), student=student.model_copy(update={"model": "other"})))
