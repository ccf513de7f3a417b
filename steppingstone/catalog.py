"""The catalog of a data root: DuckDB views over its versions, in `catalog.duckdb` and `views.sql`."""

import uuid
from pathlib import Path

from steppingstone import contents, drafts, versions
from steppingstone.disks import told
from steppingstone.errors import StorageError
from steppingstone.evaluation.results import fetched
from steppingstone.tables import TABLES
from steppingstone.views import evaluation_views, views_over

CATALOG, VIEWS = "catalog.duckdb", "views.sql"

STORAGE = "v1.0.0"
"""The oldest file format that DuckDB writes, so that older clients open the catalog too."""

HEAD = """-- Views over the latest published version: seeds, problems, attempts, rejections, quarantine, easy, medium, hard, and
-- curriculum_NAME for each curriculum; over all versions up to it that are kept: versions, version_problems;
-- over what flows.evaluate found: evaluations, evaluated_problems.
-- From any directory, and after the data root was moved:   duckdb catalog.duckdb   and then   .read views.sql
-- Without a catalog open, the data root is taken to be where it was when this was written. To look at another version:
-- SET VARIABLE dataset = getvariable('data_root') || '/versions/v=00001';
SET VARIABLE data_root = coalesce((
    SELECT regexp_replace(parse_dirpath(path), '([\\[*?])', '[\\1]', 'g')
    FROM duckdb_databases() WHERE parse_filename(path) = '{catalog}' LIMIT 1), {root});
SET VARIABLE dataset = (
    SELECT getvariable('data_root') || '/' || path
    FROM read_json(getvariable('data_root') || '/{latest}', hive_partitioning = false));
SET VARIABLE latest = (
    SELECT version FROM read_json(getvariable('data_root') || '/{latest}', hive_partitioning = false));
"""


def open_catalog(data_root: drafts.Folder) -> "drafts.Connection":
    """A connection to the latest version's views, read from where the data root stands now.

    Any number of processes may hold one, also while a version is published: it stays on the version it was opened on.
    Raises `BadInput` if nothing is published yet; evaluations alone can be asked about.
    """
    root = versions.kept(data_root)
    if any(fetched(data_root).glob("*/*.parquet")) and versions.latest(data_root) is None:
        return _of_evaluations(root)
    version = versions.published(data_root)
    connection, folder = drafts.connect(version.folder), version.folder.absolute()
    for name, read in views_over(version, _literal(folder), _literal(root), str(version.number)).items():
        if name not in TABLES:
            connection.execute(f"CREATE VIEW {name} AS {read}")
    return connection


def _of_evaluations(root: Path) -> "drafts.Connection":
    connection = drafts.connect(root)
    for name, read in evaluation_views(root, _literal(root)).items():
        connection.execute(f"CREATE VIEW {name} AS {read}")
    return connection


def write_catalog(data_root: drafts.Folder) -> Path:
    """Replaces `catalog.duckdb` and `views.sql` by ones over the latest version, each at once; returns the catalog's path.

    For any DuckDB client. Both find a moved data root by `views.sql`; the catalog alone looks where it was written.
    """
    import duckdb

    root = versions.kept(data_root)
    try:
        with versions.publishing(data_root, wait=True):
            version = versions.published(data_root)
            _replace_catalog(root, version)
            contents.replace_text(root / VIEWS, _views_sql(root, version))
    except (OSError, duckdb.Error) as error:
        raise StorageError(f"the catalog of {root} could not be written; the old one is as it was: {told(error)}") from error
    return root / CATALOG


def _replace_catalog(root: Path, version: versions.Version) -> None:
    aside = root / f".{CATALOG}.{uuid.uuid4().hex}"
    at_writing = {"dataset": _literal(version.folder), "data_root": _literal(root), "latest": str(version.number)}
    chosen = {name: f"coalesce(getvariable('{name}'), {value})" for name, value in at_writing.items()}
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH {drafts.quoted(str(aside))} AS catalog (STORAGE_VERSION '{STORAGE}')")
            for name, read in views_over(version, **chosen).items():
                connection.execute(f"CREATE VIEW catalog.{name} AS {read}")
            connection.execute("DETACH catalog")
        aside.replace(root / CATALOG)
    finally:
        aside.unlink(missing_ok=True)


def _views_sql(root: Path, version: versions.Version) -> str:
    """Temporary views come before the catalog's own, and a client that may only read can make them."""
    head = HEAD.format(catalog=CATALOG, latest=contents.LATEST, root=_literal(root))
    chosen = {name: f"getvariable('{name}')" for name in ("dataset", "data_root", "latest")}
    reads = views_over(version, **chosen)
    return head + "".join(f"CREATE OR REPLACE TEMP VIEW {name} AS {read};\n" for name, read in reads.items())


def _literal(path: Path) -> str:
    return drafts.quoted(drafts.glob_safe(str(path)))
