"""Tells what a run came to: in the terminal, and as artifacts in Prefect's UI."""

import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from prefect import task
from rich.console import Console
from rich.table import Table

from sql import Answer, Question, ask, questions
from steppingstone.batches import thresholds
from steppingstone.catalog import open_catalog
from steppingstone.mirror import working_folder
from steppingstone.settings import Settings
from steppingstone.tables import TIERS
from tasks.generate import ENDED, Generated
from tasks.show import pictures, records, report_of, show_table, show_text

SHOWN = (
    "tier_by_environment",
    "yield_waterfall",
    "yield_by_round",
    "p_by_round",
    "p_before_and_after_steer",
    "rejections_by_reason",
    "cost_by_environment_and_round",
)
SHOWN_IN_THE_UI = ("cost_of_a_kept_problem", "duplicates_by_kind")
"""What a terminal has no room for."""
NEXT = (
    "SELECT environment, round(pass_rate, 2) AS p, statement FROM medium LIMIT 3",
    "SELECT verdict, count(*) AS attempts FROM attempts GROUP BY verdict ORDER BY attempts DESC",
    "SELECT chain_id, list(round(pass_rate, 2) ORDER BY round) AS p FROM problems GROUP BY chain_id LIMIT 10",
)


STEERED = """
    SELECT steer, count(*), avg(pass_rate - parent_pass_rate) FROM problems
    WHERE run_id = getvariable('run') AND steer IN ('harder', 'easier')
    AND parent_pass_rate IS NOT NULL AND pass_rate IS NOT NULL
    GROUP BY steer ORDER BY steer DESC
"""
KEPT = """
    SELECT environment, tier, count(*) FROM (FROM easy UNION ALL FROM medium UNION ALL FROM hard)
    WHERE run_id = getvariable('run') GROUP BY ALL
"""
WIDTH = 120
"""Columns of the summary where no terminal says how many it has."""


@task(name="summarize", task_run_name="summarize", description="What the run came to: tables and pictures", tags=["report"])
def summarize(settings: Settings, version: str, generated: Generated, run_id: str) -> None:
    """Answers the questions of `SHOWN` of what the run added; says what ended the run, and what to do next."""
    data_root, run = settings.data_root, {"run": run_id}
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    with open_catalog(data_root) as tables:
        for name in (*SHOWN, *SHOWN_IN_THE_UI):
            question, answer = questions()[name], ask(tables, name, run)
            if answer.rows:
                show_table(name.replace("_", "-"), records(answer), question.asks)
                if name not in SHOWN_IN_THE_UI:
                    console.print(_table(question, answer))
        plots = pictures(tables, thresholds(settings), run_id)
        steered = _steered(ask(tables, STEERED, run))
        console.print(steered)
        kept = {(environment, tier): count for environment, tier, count in ask(tables, KEPT, run).rows}
        if settings.targets:
            rows, title = _targets(settings, kept), "What was wanted, and what is kept, once gates and duplicates took theirs?"
            show_table("targets", rows, title)
            console.print(drawn(title, list(rows[0]), [list(row.values()) for row in rows]))
    ended = _ended(generated)
    console.print(ended, highlight=False, soft_wrap=True)
    console.print(f"\n[bold]Report:[/] {Path(version) / 'report.html'}", highlight=False, soft_wrap=True)
    console.print(
        f"[bold]Version:[/] {version}, and a DuckDB catalog over it: {working_folder(data_root) / 'catalog.duckdb'}",
        soft_wrap=True,
    )
    options = [] if data_root == "data" else ["--data", data_root]
    lines = [shlex.join([os.path.relpath(sys.executable), "-m", "sql", query, *options]) for query in NEXT]
    console.print("Try next:", *lines, sep="\n  ", highlight=False, markup=False, soft_wrap=True)
    told = [*map(_markdown, (ended, steered)), plots, report_of(Path(version)), "\n".join(["```sh", *lines, "```"])]
    show_text("summary", "\n\n".join(told), "What the run came to, and how to ask for more")


def _markdown(text: str) -> str:
    return text.strip().replace("[bold]", "**").replace("[/]", "**")


def _table(question: Question, answer: Answer) -> Table:
    return drawn(question.asks, answer.columns, answer.rows)


def drawn(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """An answer as the terminal shows it."""
    table = Table(*columns, title=f"\n{title}", title_justify="left", title_style="bold", box=None, header_style="dim")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


def _targets(settings: Settings, kept: Mapping[tuple[str, str], int]) -> list[dict[str, object]]:
    """One row a target."""
    rows: list[dict[str, object]] = []
    for environment, target in settings.targets.items():
        counts = {tier: kept.get((environment, tier), 0) for tier in TIERS}
        counts["total"] = sum(counts.values())
        for name, wanted in target:
            if wanted is not None:
                missing = max(0, wanted - counts[name])
                rows.append(
                    {"environment": environment, "of": name, "wanted": wanted, "kept": counts[name], "missing": missing}
                )
    return rows


def _ended(generated: Generated) -> str:
    spent = generated.spent
    return (
        f"\n[bold]Ended:[/] {ENDED[generated.ended_by]}, after {generated.chains} chains. The models were asked for "
        f"{generated.asked:,} completions ({generated.reused:,} more came from the journal): "
        f"{spent.tokens:,} tokens, ${spent.dollars:,.2f}"
    )


def _steered(answer: Answer) -> str:
    told = [f"after {steer} p changed by {change:+.3f} on average ({count} problems)" for steer, count, change in answer.rows]
    return "\n[bold]Steering:[/] " + "; ".join(told) if told else ""
