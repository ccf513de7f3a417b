"""What Prefect's UI makes its run form of: the settings' JSON schema."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from steppingstone.settings import Settings

SCHEMA = Settings.model_json_schema()


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each setting by its name, those of all sections."""
    for section in (SCHEMA, *SCHEMA["$defs"].values()):
        yield from section["properties"].items()


def told(section: str, name: str) -> str:
    return str(SCHEMA["$defs"][section]["properties"][name]["description"])


def test_each_setting_has_a_description_and_the_name_that_files_and_options_use() -> None:
    assert [name for name, field in fields() if not field.get("description") or field["title"] != name] == []


@pytest.mark.parametrize(
    ("section", "name", "bounds"),
    [
        ("GenerationSettings", "rounds", "Rounds a chain (at least 1, at most 20)"),
        ("StudentSettings", "top_p", "Nucleus sampling (above 0, at most 1)"),
        ("CapSettings", "hours", "Hours of generation; null: no cap (at least 0)"),
    ],
)
def test_a_description_ends_with_the_bounds(section: str, name: str, bounds: str) -> None:
    assert told(section, name) == bounds


def test_bounds_are_told_once_however_often_the_schema_is_made() -> None:
    assert Settings.model_json_schema() == SCHEMA


def test_the_day_is_asked_for_by_null() -> None:
    assert {"type": "null"} in SCHEMA["properties"]["random_seed"]["anyOf"]
    assert Settings(random_seed=None).random_seed is None
    with pytest.raises(ValidationError):
        Settings(random_seed=-1)
