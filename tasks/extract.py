"""Draws the seeds of a run from its sources."""

import contextlib
import shutil
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from prefect import task

from steppingstone.contamination import EvaluationIndex, read_evaluation
from steppingstone.drafts import write_rows
from steppingstone.logs import about_always
from steppingstone.mirror import working_folder
from steppingstone.rows import contaminated_seed_row, seed_row
from steppingstone.seeds import (
    CorpusSource,
    ReferenceSource,
    RolloutSource,
    SeedDraw,
    Source,
    draw_seeds,
    own_solved_problems,
    standard_library,
)
from steppingstone.settings import SeedSettings, Settings
from tasks.observe import observe
from tasks.progress import tell

KEPT_DAYS = 14


@task(
    name="extract seeds",
    task_run_name="extract seeds",
    description="Draws snippets from the corpus and from solved problems",
    tags=["prepare"],
)
def extract_seeds(settings: Settings) -> str:
    """Draws the seeds and returns the draft that the next steps fill: a new folder under the data root's runs.

    What holds an evaluation problem becomes a rejection.
    """
    wanted = settings.seeds
    hit, near = EvaluationIndex(read_evaluation(settings.evaluation.paths)).hit, settings.duplicates.near_seeds
    drawn = draw_seeds(sources(wanted), wanted.count, settings.random_seed, wanted.min_lines, wanted.max_lines, near, hit)
    draft = new_draft(settings.data_root)
    write_rows(draft, "seeds", map(seed_row, drawn.seeds))
    write_rows(
        draft, "rejections", [contaminated_seed_row(run_of(str(draft)), one.seed, one.hit) for one in drawn.contaminated]
    )
    _tell(drawn, wanted.count)
    return str(draft)


def _tell(drawn: SeedDraw, wanted: int) -> None:
    """Says what was drawn, and what was passed over for which reasons."""
    passed_over = ", ".join(f"{count} {reason}" for reason, count in sorted(drawn.passed_over.items())) or "none"
    short = f" ({wanted} were asked for, and there are no more)" if len(drawn.seeds) < wanted else ""
    tell(f"{len(drawn.seeds)} seeds{short} from {drawn.scanned} documents; passed over: {passed_over}")


def new_draft(data_root: str) -> Path:
    """An empty draft in the folder of a new run, of which this process logs and counts from now on.

    A run that publishes removes its draft; one that fails leaves it to be looked at, for `KEPT_DAYS`.
    """
    _remove_old(working_folder(data_root) / "runs")
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
    draft = working_folder(data_root) / "runs" / run_id / "draft"
    draft.mkdir(parents=True)
    observe(data_root, "flow")
    about_always(run=run_id)
    return draft


def _remove_old(runs: Path) -> None:
    """Removes the folders of runs in which nothing was written for `KEPT_DAYS`."""
    for run in runs.glob("*"):
        with contextlib.suppress(OSError):
            if time.time() - max(path.stat().st_mtime for path in (run, *run.glob("*"))) > KEPT_DAYS * 86_400:
                shutil.rmtree(run)


def run_of(draft: str) -> str:
    """The run that a draft belongs to."""
    return Path(draft).parent.name


def sources(seeds: SeedSettings) -> list[Source]:
    """The configured sources, or, with none, this machine's standard library and our own solved problems."""
    corpus, rollouts, references = seeds.corpus, seeds.rollouts, seeds.references
    configured: list[Source] = []
    if corpus.paths:
        configured.append(CorpusSource(**dict(corpus)))
    if rollouts.paths:
        configured.append(RolloutSource(**dict(rollouts)))
    if references.paths:
        configured.append(ReferenceSource(**dict(references)))
    return configured or [standard_library(), own_solved_problems()]
