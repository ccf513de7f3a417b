"""Prompt templates."""

from pathlib import Path

import pytest

from steppingstone.errors import BadInput
from steppingstone.templates import Templates


def test_a_file_of_the_users_folder_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "first.md").write_text("Look: $seed. It costs $$5.")
    assert Templates(str(tmp_path)).fill("first", seed="that") == "Look: that. It costs $5."


def test_the_digest_changes_with_the_templates_of_its_own_environment_alone(tmp_path: Path) -> None:
    (tmp_path / "student_deduction.md").write_text("$code with $input?")
    changed, ours = Templates(str(tmp_path)), Templates()
    assert changed.digest("deduction") != ours.digest("deduction")
    assert changed.digest("induction") == ours.digest("induction")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("steer_hader.md", "", "replaces no template"),
        ("first.md", "$seed $colour", r"have to be \$seed"),
        ("student_deduction.md", "What does it return for $input?", r"have to be \$code, \$input"),
        ("first.md", "$seed costs $5", "begins no placeholder"),
    ],
)
def test_a_file_that_cannot_stand_in_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=told):
        _ = Templates(str(tmp_path)).texts


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "first.md").write_bytes("$seed für".encode("latin-1"))
    with pytest.raises(BadInput, match="can't be read as UTF-8"):
        _ = Templates(str(tmp_path)).texts


def test_values_are_not_searched_for_placeholders() -> None:
    assert "costs $5 ${x}" in Templates().fill("first", seed="costs $5 ${x}")
