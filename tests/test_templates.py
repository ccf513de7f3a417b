"""Prompt templates."""

from pathlib import Path

import pytest

from steppingstone.errors import BadInput
from steppingstone.templates import Templates


def test_a_file_of_the_users_folder_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "steer_harder.md").write_text("Make it $much harder.")
    assert Templates(str(tmp_path)).fill("steer_harder", much="a lot") == "Make it a lot harder."


def test_the_digest_changes_with_the_templates_of_its_own_environment_alone(tmp_path: Path) -> None:
    (tmp_path / "rules_fuzzing.md").write_text("Other rules.")
    changed, ours = Templates(str(tmp_path)), Templates()
    assert changed.digest("fuzzing") != ours.digest("fuzzing")
    assert changed.digest("induction") == ours.digest("induction")


def test_a_file_that_replaces_no_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "steer_hader.md").write_text("")
    with pytest.raises(BadInput, match="replaces no template"):
        _ = Templates(str(tmp_path)).texts


def test_a_placeholder_without_a_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "first.md").write_text("$seed $colour")
    with pytest.raises(BadInput, match="colour"):
        Templates(str(tmp_path)).fill("first", seed="s")


def test_values_are_not_searched_for_placeholders() -> None:
    assert "costs $5 ${x}" in Templates().fill("first", seed="costs $5 ${x}")
