"""The card of a version: Hugging Face's `datasets` loads each table and curriculum by its name, and it says what they are."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from steppingstone.card import hub_licenses, size_category
from steppingstone.curricula import write_curricula
from steppingstone.documents import write_documents
from steppingstone.drafts import read_table
from steppingstone.fields import FIELDS, OF_CURRICULA
from steppingstone.settings import CurriculumSettings, TargetSettings
from steppingstone.tables import CURRICULUM, TABLES
from steppingstone.tiers import write_tiers
from steppingstone.versions import Version, damaged, manifest_of, publish
from tests.drafts import make_draft, seeds

LOAD = """
import json, sys, datasets
folder, cache = sys.argv[1:3]
names = datasets.get_dataset_config_names(folder)
loaded = {name: datasets.load_dataset(folder, name, cache_dir=cache)["train"] for name in names}
default = datasets.load_dataset(folder, cache_dir=cache)["train"]
told = {name: {"rows": table.num_rows, "columns": table.column_names} for name, table in loaded.items()}
print(json.dumps({"configs": told, "default": default.num_rows, "first": loaded["problems"][0]}))
"""

NONE = CurriculumSettings(budgets={"real": TargetSettings(total=5)})

HOSTILE = "x | y\n---\nlicense: mit <img src=x> `\u2028"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    root = tmp_path_factory.mktemp("data")
    draft = make_draft(root / "draft")
    write_tiers(draft, {})
    write_curricula(draft, {"medium_only": CurriculumSettings(kind="medium-only"), "none": NONE}, 0)
    settings = {"generation": {"rounds": 4, "attempts": 8}, "tiers": {"hard_max": 0.25, "medium_max": 0.65}}
    return publish(root, draft, "run-a", settings, documents=write_documents)


@pytest.fixture(scope="module")
def card(version: Version) -> str:
    return (version.folder / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def loaded(version: Version, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `datasets` makes of the folder, offline, in a process and with a cache of its own."""
    cache = tmp_path_factory.mktemp("cache")
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cache), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, "-c", LOAD, str(version.folder), str(cache)]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def head(card: str) -> dict[str, Any]:
    return dict(yaml.safe_load(card.split("---\n")[1]))


def test_each_table_and_curriculum_with_rows_loads_by_name(version: Version, loaded: dict[str, Any]) -> None:
    rows = {name: told["rows"] for name, told in loaded["configs"].items()}
    assert rows == {name: count for name, count in version.rows.items() if count} | {"curriculum_medium_only": 12}


def test_a_loaded_table_has_its_declared_columns(loaded: dict[str, Any]) -> None:
    assert loaded["configs"]["hard"]["columns"] == TABLES["problems"].names
    assert loaded["configs"]["curriculum_medium_only"]["columns"] == CURRICULUM.names


def test_a_loaded_problem_is_the_one_that_was_published(version: Version, loaded: dict[str, Any]) -> None:
    assert loaded["first"] == read_table(version.folder, "problems").to_pylist()[0]


def test_without_a_name_the_problems_are_loaded(version: Version, loaded: dict[str, Any]) -> None:
    assert loaded["default"] == version.rows["problems"]


def test_what_has_no_rows_is_said_to_have_no_configuration(card: str) -> None:
    assert "without a configuration: quarantine, curriculum_none." in card


def test_the_front_matter_is_what_the_hub_reads(card: str) -> None:
    told = head(card)
    assert told["pretty_name"] == "Steppingstone problems, version 1"
    assert told["license"] == ["mit"]
    assert told["size_categories"] == ["n<1K"]
    assert [config["config_name"] for config in told["configs"] if config.get("default")] == ["problems"]


def test_the_card_says_how_the_version_was_made(card: str) -> None:
    for fact in (
        "induction (8 problems)",
        "| teacher | teacher |",
        "prompts-1",
        "| rounds a chain | 4 |",
        "| attempts a problem | 8 |",
    ):
        assert fact in card, fact


def test_the_card_describes_every_column_of_every_table(card: str) -> None:
    for table in ("seeds", "problems", "attempts", "rejections", "quarantine"):
        section = card.partition(f"### {table}\n")[2].partition("\n#")[0]
        described = [line.split("|")[1].strip(" `") for line in section.splitlines() if line.startswith("| `")]
        assert described == TABLES[table].names


def test_no_column_is_described_that_is_none() -> None:
    assert set(FIELDS) == {name for schema in TABLES.values() for name in schema.names}
    assert set(OF_CURRICULA) == set(CURRICULUM.names) - set(TABLES["problems"].names)


def test_the_licences_of_the_seeds_are_counted(card: str) -> None:
    assert "| mit | 5 |" in card


def test_hostile_texts_stay_in_their_cells(tmp_path: Path) -> None:
    draft = make_draft(tmp_path / "draft", seeds=[seeds()[0] | {"license": HOSTILE}, *seeds()[1:]])
    card = (publish(tmp_path, draft, "run-a", {}, documents=write_documents).folder / "README.md").read_text("utf-8")
    assert head(card)["license"] == ["other"]
    assert "| x \\| y --- license: mit &lt;img src=x> ' | 1 |\n" in card


def test_a_version_without_rows_has_a_card(tmp_path: Path) -> None:
    none: dict[str, list[dict[str, object]]] = {table: [] for table in TABLES}
    version = publish(tmp_path, make_draft(tmp_path / "draft", **none), "run-a", {}, documents=write_documents)
    assert head((version.folder / "README.md").read_text("utf-8"))["configs"] == []


def test_the_documents_stand_in_the_manifest_with_their_hashes(version: Version) -> None:
    assert set(manifest_of(version)["documents"]) == {"README.md", "report.html"}
    assert damaged(version) == []


@pytest.mark.parametrize(
    ("names", "told"),
    [(["MIT", "Apache-2.0"], ["apache-2.0", "mit"]), (["MIT", "PSF-2.0"], ["other"]), ([""], ["other"]), ([], ["other"])],
)
def test_licences_that_the_hub_does_not_know_are_other(names: list[str], told: list[str]) -> None:
    assert hub_licenses(names) == told


@pytest.mark.parametrize(("rows", "told"), [(0, "n<1K"), (1000, "1K<n<10K"), (200_000, "100K<n<1M"), (5_000_000, "1M<n<10M")])
def test_size_categories_are_those_of_the_hub(rows: int, told: str) -> None:
    assert size_category(rows) == told
