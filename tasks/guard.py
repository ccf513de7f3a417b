"""The verb guard: holds the whole of what is to be published to its suites, and against the last version."""

from collections.abc import Iterator

from prefect import task

from expectations import GateResult, Rules, check, check_curriculum, check_growth, check_yield
from steppingstone import drafts
from steppingstone.curricula import files
from steppingstone.tables import TABLES
from steppingstone.versions import Version, latest
from tasks.progress import tell
from tasks.validate import Held, judge

ONLY_GROW = ("seeds", "problems", "rejections", "quarantine")
"""The tables from which no flow takes rows. Attempts and tiers change when problems are graded again."""


@task(
    name="guard",
    task_run_name="guard",
    description="Great Expectations over the whole dataset with its curricula, and against the last version",
    tags=["gate"],
)
def guard(dataset: str, rules: Rules, data_root: str, kind: str = "nightly") -> tuple[Held, ...]:
    """Holds all tables of a dataset, this run's and earlier runs' rows, to what does not depend on a run's settings.

    `kind` is that of the version to come: in a nightly one each table is to have at least the last version's rows. Raises
    `GateFailed`, with the dataset as it is, if any row fails or a table shrank. What is but a warning is said.
    """
    before = latest(data_root)
    results = [
        *(check(dataset, table, rules, "dataset") for table in TABLES),
        *(check_curriculum(dataset, file) for file in files(dataset).values()),
        *(_against(before, dataset, rules, kind) if before else ()),
    ]
    held = judge(dataset, results)
    for result in results:
        for outcome in result.failed("warning"):
            tell(f"Warning: {outcome.name}: {outcome.seen}")
    return held


def _against(before: Version, dataset: str, rules: Rules, kind: str) -> Iterator[GateResult]:
    grown = TABLES if kind == "nightly" else ONLY_GROW
    yield check_growth({table: drafts.count_rows(dataset, table) for table in grown}, before.rows, rules)
    with drafts.connect(before.folder) as tables:
        published = [run for (run,) in tables.sql("SELECT DISTINCT run_id FROM problems").fetchall()]
    yield check_yield(dataset, published, rules)
