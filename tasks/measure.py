"""The verb measure: pass@k of what was answered, into the tables of all evaluations, with a plot over training steps."""

import shutil
from pathlib import Path
from typing import Any

from prefect import task

from sql import ask
from steppingstone import contents, versions
from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.evaluation import results
from steppingstone.evaluation.curves import CURVES, curves
from steppingstone.mirror import working_folder
from steppingstone.settings import Settings
from steppingstone.storage import Store, is_address
from tasks.progress import tell
from tasks.show import as_image, records, show_table, show_text

ALL = "FROM evaluations"


@task(
    name="measure",
    task_run_name="measure",
    description="pass@k by benchmark and segment, beside those of other models and steps",
    tags=["publish"],
)
def measure(draft: str, settings: Settings) -> str:
    """Writes rows and metrics of a draft into the evaluations, in place of those of the same model, step and benchmark.

    Returns the folder of all evaluations. The run's own folder goes.
    """
    asked = settings.evaluate
    results.write_results(draft, settings.data_root, asked.k)
    with open_catalog(settings.data_root) as tables:
        told = records(ask(tables, "evaluations", {"label": asked.label, "step": str(asked.step)}))
        picture = curves(records(ask(tables, ALL)))
    show_table("metrics", told, f"What is pass@k of {asked.label} at step {asked.step}?")
    show_text("curves", as_image(picture), "pass@k over training steps, with 95% intervals")
    for row in told:
        tell(_line(row))
    if versions.latest(settings.data_root):
        write_catalog(settings.data_root)
    folder = _keep_picture(picture, settings.data_root)
    shutil.rmtree(Path(draft).parent, ignore_errors=True)
    tell(f"All evaluations are in {folder}, and {CURVES} there shows them over training steps")
    return str(folder)


def _keep_picture(picture: str, data_root: str) -> Path:
    folder = working_folder(data_root) / results.FOLDER
    contents.replace_text(folder / CURVES, picture)
    if is_address(data_root):
        Store(data_root).upload(folder, results.FOLDER, [CURVES])
    return folder


def _line(row: dict[str, Any]) -> str:
    segment = "" if row["segment"] == "all" else f", {row['segment']}"
    value = "not known" if row["value"] is None else f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
    left = f"; {row['left_out']} left out for want of samples" if row["left_out"] else ""
    return f"{row['benchmark']}{segment}: pass@{row['k']} {value} over {row['problems']} problems{left}"
