"""The card of a version: `README.md`, by which Hugging Face's Hub shows it and `datasets` loads each of its tables by name."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steppingstone import drafts
from steppingstone.fields import FIELDS, OF_CURRICULA
from steppingstone.tables import CURRICULUM, TABLES, TIERS

CARD, TEMPLATE = "README.md", "card.md.j2"

HUB_LICENSES = frozenset(
    "afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsl-1.0 cc-by-4.0 cc-by-sa-4.0 cc0-1.0 ecl-2.0 "
    "epl-2.0 gpl-2.0 gpl-3.0 isc lgpl-2.1 lgpl-3.0 mit mpl-2.0 ncsa ofl-1.1 postgresql unlicense wtfpl zlib".split()
)
"""Names of licences that the Hub knows; what is not among them is `other` to it."""

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

SEEDS = "SELECT license, count(*) AS seeds FROM seeds GROUP BY license ORDER BY seeds DESC, license"
ENVIRONMENTS = "SELECT environment, count(*) AS problems FROM problems GROUP BY environment ORDER BY environment"


def write_card(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Writes `README.md` into a version's folder, from its tables and its manifest.

    Each table and each curriculum with rows is a configuration that `datasets.load_dataset` loads by name from the folder, a
    curriculum as `curriculum_<name>`, as in the catalog. Tables without rows are left out, for `datasets` cannot load them.
    """
    with drafts.connect(folder) as tables:
        licenses, environments = tables.sql(SEEDS).fetchall(), tables.sql(ENVIRONMENTS).fetchall()
    files = _files(manifest)
    configs = {name: told["file"] for name, told in files.items() if told["rows"]}
    text = _template().render(
        manifest=manifest,
        configs=configs,
        default="problems" if "problems" in configs else next(iter(configs), None),
        empty=[name for name in files if name not in configs],
        hub_licenses=hub_licenses([name for name, _ in licenses]),
        licenses=licenses,
        environments=environments,
        size=size_category(manifest["tables"]["problems"]["rows"]),
        tables=TABLES,
        tiers=TIERS,
        fields=FIELDS,
        of_curricula=OF_CURRICULA,
        curriculum=[field for field in CURRICULUM if field.name not in TABLES["problems"].names],
    )
    # A manifest's texts may hold what UTF-8 cannot.
    (folder / CARD).write_bytes(text.encode("utf-8", "replace"))


def _files(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the manifest says of each table and curriculum, by the names of their configurations."""
    curricula = {f"curriculum_{name}": told for name, told in manifest.get("curricula", {}).items()}
    return {**manifest["tables"], **curricula}


def hub_licenses(names: list[str]) -> list[str]:
    """The seeds' licences as the Hub names them; `other` alone unless it knows every one."""
    known = sorted({name.lower() for name in names})
    return known if known and set(known) <= HUB_LICENSES else ["other"]


def size_category(rows: int) -> str:
    """The Hub's name for so many rows."""
    return next((name for most, name in SIZES if rows < most), "1M<n<10M")


def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # What HTML needs escaped, Markdown would show; the filters make texts harmless.
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"cell": cell, "yaml": json.dumps}
    return pages.get_template(TEMPLATE)


def cell(value: object) -> str:
    """A text as it can stand in a cell of a Markdown table."""
    text = " ".join(str(value).split())
    for letter, told in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "'")):
        text = text.replace(letter, told)
    return text
