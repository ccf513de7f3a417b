"""Tells what many rounds gave beside what single rounds gave: in the terminal, and as a table artifact in Prefect's UI."""

import sys
from collections import Counter
from itertools import product

from prefect import task
from rich.console import Console
from rich.table import Table

from sql import ask
from steppingstone import drafts
from steppingstone.difficulty import Thresholds
from steppingstone.settings import Settings
from tasks.show import pictures, show_table, show_text
from tasks.summarize import WIDTH

STEPS = ("proposals", "valid", "new", "kept")


def in_single_rounds(settings: Settings) -> Settings:
    """These settings with one round a chain, and as many more seeds as make the same number of teacher calls."""
    rounds = settings.generation.rounds
    seeds = settings.seeds.model_copy(update={"count": settings.seeds.count * rounds})
    generation = settings.generation.model_copy(update={"rounds": 1})
    return settings.model_copy(update={"seeds": seeds, "generation": generation})


@task(
    name="contrast",
    task_run_name="contrast",
    description="Proposals, valid, new and kept, of many rounds and of single ones",
    tags=["report"],
)
def contrast(rounds: int, many: str, single: str, thresholds: Thresholds) -> None:
    """Prints both drafts' yield by environment and round, and the ratio of what was kept."""
    rows = _rows(_counts(many), _counts(single), rounds)
    show_table("many-rounds-against-one", rows, f"{rounds} rounds a chain, and beside it one, with as many teacher calls")
    plots = ""
    for draft, of in ((many, f"{rounds} rounds a chain"), (single, "One round a chain")):
        with drafts.connect(draft) as tables:
            plots += f"## {of}\n\n{pictures(tables, thresholds)}\n\n"
    show_text("plots", plots, "Tiers and pass rates of many rounds, and of one")
    title = f"\n{rounds} rounds a chain, and beside it one, with as many teacher calls"
    table = Table(*rows[0], title=title, title_justify="left", title_style="bold", box=None, header_style="dim")
    for row in rows:
        table.add_row(*map(str, row.values()))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table)
    kept, alone = int(str(rows[-1]["kept"])), int(str(rows[-1]["kept, one round"]))
    ratio = f", {kept / alone:.2f} times as many" if alone else ""
    console.print(f"\n[bold]Kept:[/] {kept} with {rounds} rounds a chain, {alone} with one{ratio}.", highlight=False)


def _counts(draft: str) -> Counter[tuple[str, str, str]]:
    """How many of a draft's proposals came how far, by environment, round and step; `all` stands for the sum over either."""
    with drafts.connect(draft) as tables:
        answer = ask(tables, "yield_by_environment_and_round")
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in answer.rows:
        found = dict(zip(answer.columns, map(str, row), strict=True))
        for environment, round_, step in product((found["environment"], "all"), (found["round"], "all"), STEPS):
            counts[environment, round_, step] += int(found[step])
    return counts


def _rows(many: Counter[tuple[str, str, str]], single: Counter[tuple[str, str, str]], rounds: int) -> list[dict[str, object]]:
    environments = [*sorted({environment for environment, _, _ in many} - {"all"}), "all"]
    rows: list[dict[str, object]] = []
    for environment, round_ in product(environments, [*map(str, range(1, rounds + 1)), "all"]):
        beside = {f"{step}, one round": single[environment, "all", step] if round_ == "all" else "" for step in STEPS}
        rows.append(
            {"environment": environment, "round": round_} | {step: many[environment, round_, step] for step in STEPS} | beside
        )
    return rows
