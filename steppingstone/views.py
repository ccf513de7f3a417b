"""The views of a catalog as SQL: over the latest version's tables and curricula, and over all kept versions."""

import re
from pathlib import Path

from steppingstone import contents, drafts, versions
from steppingstone.evaluation import results
from steppingstone.tables import PROBLEMS, TABLES

MANIFEST = {
    "version": "BIGINT",
    "created": "TIMESTAMP",
    "kind": "VARCHAR",
    "parent": "BIGINT",
    "run_id": "VARCHAR",
    "prompts": "VARCHAR[]",
    "teacher_models": "VARCHAR[]",
    "student_models": "VARCHAR[]",
    "settings": "JSON",
    "gates": "JSON",
    "waterfall": "JSON",
    "tables": "JSON",
    "curricula": "JSON",
}
"""What the view `versions` takes from a manifest, before the row count of each table. An older one may lack any of it."""


def views_over(version: versions.Version, dataset: str, data_root: str, latest: str) -> dict[str, str]:
    """The query of each view by its name. The places and the latest version's number are SQL expressions."""
    tables = {table: drafts.select_from(f"{dataset} || '/{table}.parquet'") for table in TABLES}
    over_all = {"versions": _manifests(data_root, latest), "version_problems": _problems(data_root, latest)}
    return tables | over_all | _curricula(version, dataset) | evaluation_views(version.folder.parents[1], data_root)


def evaluation_views(root: Path, place: str) -> dict[str, str]:
    """The query of each view over the evaluations of a data root, which `place`, an SQL expression, names."""
    tables = results.reads(root / results.FOLDER, f"{place} || '/{results.FOLDER}'")
    return {"evaluations": tables["metrics"], "evaluated_problems": tables["evaluated"]}


def _curricula(version: versions.Version, dataset: str) -> dict[str, str]:
    reads = {}
    for file in sorted((version.folder / "curricula").glob("*.parquet")):
        path = drafts.quoted(drafts.glob_safe(f"/curricula/{file.name}"))
        reads["curriculum_" + re.sub(r"\W", "_", file.stem)] = drafts.select_from(f"{dataset} || {path}")
    return reads


def _manifests(data_root: str, latest: str) -> str:
    files = f"{data_root} || '/versions/v=[0-9]*/{contents.MANIFEST}'"
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in MANIFEST.items())
    counts = ", ".join(f"json_extract_string(tables, '$.{table}.rows')::BIGINT AS {table}" for table in TABLES)
    return (
        f"SELECT * EXCLUDE (tables) REPLACE (coalesce(kind, 'nightly') AS kind), {counts} "
        f"FROM read_json({files}, columns = {{{columns}}}, hive_partitioning = false) AS told "
        f"WHERE version <= {latest} AND {_was_latest(data_root, latest)}"
    )


def _was_latest(data_root: str, latest: str) -> str:
    """That no later version passes this one over: what a killed publisher left behind never was the latest."""
    files = f"{data_root} || '/versions/v=[0-9]*/{contents.MANIFEST}'"
    columns = "{version: 'BIGINT', parent: 'BIGINT'}"
    return (
        f"NOT EXISTS (FROM read_json({files}, columns = {columns}, hive_partitioning = false) AS later "
        f"WHERE later.version <= {latest} AND coalesce(later.parent, 0) < told.version AND told.version < later.version)"
    )


def _problems(data_root: str, latest: str) -> str:
    """A version's number is in its path alone. One that was published before a column was declared has nulls there."""
    files = f"{data_root} || '/versions/v=[0-9]*/problems.parquet'"
    number = "regexp_extract(filename, 'v=([0-9]+)/[^/]*$', 1)::BIGINT AS version"
    options = "filename = true, hive_partitioning = false, union_by_name = true"
    declared = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _sql_types().items())
    return (
        f"SELECT version, {', '.join(PROBLEMS.names)} FROM ("
        f"(SELECT NULL::BIGINT AS version, {declared} WHERE false) UNION ALL BY NAME "
        f"(SELECT *, {number} FROM read_parquet({files}, {options}))) "
        f"WHERE version IN (SELECT version FROM ({_manifests(data_root, latest)}))"
    )


def _sql_types() -> dict[str, str]:
    """The columns of a problem in DuckDB's types."""
    import duckdb

    with duckdb.connect() as connection:
        problems = connection.from_arrow(PROBLEMS.empty_table())
        return dict(zip(problems.columns, map(str, problems.types), strict=True))
