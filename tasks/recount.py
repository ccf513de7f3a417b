"""Tells which problems moved between tiers and which rewards changed: in the terminal, and as artifacts in Prefect's UI."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from prefect import task
from rich.console import Console

from sql import ask
from steppingstone import drafts
from steppingstone.dataset import Dataset
from steppingstone.difficulty import Thresholds
from steppingstone.versions import published
from tasks.replace import CHANGES
from tasks.show import pictures, records, show_table, show_text
from tasks.summarize import WIDTH, drawn

AGAIN = """
CREATE TEMP VIEW again AS
SELECT
    problem_id, new.environment, old.tier AS old_tier, new.tier AS new_tier, old.pass_rate AS old_p, new.pass_rate AS new_p
FROM problems AS new JOIN before AS old USING (problem_id)
WHERE problem_id IN (SELECT problem_id FROM graded_attempts)
"""
TIERS = ("unsolved", "hard", "medium", "easy", "trivial", "ungraded")
MOVES = {
    "moved-between-tiers": (
        "Which tiers did the problems that were graded again leave, and for which (columns)?",
        f"""
        SELECT old_tier AS tier, {", ".join(f"count(*) FILTER (new_tier = '{tier}') AS {tier}" for tier in TIERS)},
            count(*) AS problems
        FROM again GROUP BY old_tier ORDER BY list_position({list(TIERS)}, old_tier)
        """,
    ),
    "change-of-p": (
        "How did p change, by environment, and how sure is the mean (95%)?",
        """
        SELECT coalesce(environment, 'all') AS environment, count(*) AS problems,
            round(avg(old_p), 3) AS "p before", round(avg(new_p), 3) AS "p after",
            round(avg(new_p - old_p), 3) AS change,
            round(1.96 * stddev_samp(new_p - old_p) / sqrt(count(new_p - old_p)), 3) AS "±",
            count(*) FILTER (new_p > old_p) AS "solved more", count(*) FILTER (new_p < old_p) AS "solved less",
            count(*) FILTER (old_tier <> new_tier) AS "other tier"
        FROM again GROUP BY ROLLUP (environment) HAVING count(*) > 0 ORDER BY again.environment NULLS LAST
        """,
    ),
    "largest-moves": (
        "Which problems' p changed most?",
        """
        SELECT problem_id, environment, round(old_p, 3) AS "p before", round(new_p, 3) AS "p after",
            round(new_p - old_p, 3) AS change, old_tier || ' → ' || new_tier AS tiers
        FROM again WHERE new_p <> old_p ORDER BY abs(new_p - old_p) DESC, problem_id LIMIT 10
        """,
    ),
}
CHANGED = {
    "changed-rewards": (
        "Which rewards changed (the first twenty)?",
        """
        SELECT problem_id, attempt, environment, verdict_before || ' → ' || verdict_after AS verdict,
            coalesce(reward_before, 'none') || ' → ' || coalesce(reward_after, 'none') AS reward, left(detail, 40) AS detail
        FROM changes WHERE reward_before IS DISTINCT FROM reward_after LIMIT 20
        """,
    ),
    "changed-verdicts": (
        "How often did which verdict change?",
        """
        SELECT environment, verdict_before || ' → ' || verdict_after AS verdict, count(*) AS attempts,
            count(*) FILTER (reward_before IS DISTINCT FROM reward_after) AS "other reward"
        FROM changes GROUP BY ALL ORDER BY attempts DESC, environment, verdict
        """,
    ),
}


@task(
    name="trace moves",
    task_run_name="trace moves",
    description="Which problems moved between tiers, and how p changed",
    tags=["report"],
)
def trace_moves(draft: str, dataset: Dataset, data_root: str, thresholds: Thresholds) -> None:
    """Answers the questions of `MOVES`, of the problems that the draft has attempts at, against the latest version.

    The plots are of the whole dataset.
    """
    with drafts.connect(dataset.folder) as tables:
        before = drafts.place(published(data_root).folder, "problems")
        tables.execute(f"CREATE TEMP VIEW before AS {drafts.select_from(before)}")
        tables.execute(f"CREATE TEMP VIEW graded_attempts AS {drafts.select_from(drafts.place(draft, 'attempts'))}")
        tables.execute(AGAIN)
        _tell(tables, MOVES)
        show_text("plots", pictures(tables, thresholds), "Tiers and pass rates of all problems, with the new grades")


@task(
    name="trace verdicts",
    task_run_name="trace verdicts",
    description="Which rewards and verdicts changed",
    tags=["report"],
)
def trace_verdicts(draft: str, data_root: str) -> None:
    """Answers the questions of `CHANGED` of the changes that `replace_verdicts` listed, and says how to list all."""
    source = f"read_csv({drafts.quoted(drafts.glob_safe(str(Path(draft).parent / CHANGES)))}, all_varchar = true)"
    with drafts.connect(draft) as tables:
        tables.execute(f"CREATE TEMP VIEW changes AS FROM {source}")
        if _tell(tables, CHANGED):
            query = f"FROM {source} WHERE reward_before IS DISTINCT FROM reward_after"
            command = f"{os.path.relpath(sys.executable)} -m sql {_argument(query)} --data {shlex.quote(data_root)}"
            _console().print(f"\nAll changed rewards: {command}", highlight=False, markup=False, soft_wrap=True)


def _tell(tables: "drafts.Connection", asked: Mapping[str, tuple[str, str]]) -> bool:
    """Prints what there is to each question, and puts it into Prefect's UI; whether there was anything."""
    answers = {key: (title, ask(tables, query)) for key, (title, query) in asked.items()}
    told = {key: (title, answer) for key, (title, answer) in answers.items() if answer.rows}
    for key, (title, answer) in told.items():
        show_table(key, records(answer), title)
        _console().print(drawn(title, answer.columns, answer.rows))
    return bool(told)


def _argument(query: str) -> str:
    """A query as a shell takes it, readable where it can be."""
    return shlex.quote(query) if set('"$`\\!') & set(query) else f'"{query}"'


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH)
