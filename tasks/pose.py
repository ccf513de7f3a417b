"""The verb pose: puts the problems that a model is to be evaluated on where the workers find them."""

from prefect import task

from steppingstone.evaluation.posing import write_posed
from steppingstone.mirror import share
from steppingstone.settings import Settings
from tasks.choose import chosen
from tasks.extract import new_draft
from tasks.progress import tell


@task(
    name="pose problems",
    task_run_name="pose problems",
    description="The problems of the benchmarks, and those that are held out, as the model is told them",
    tags=["prepare"],
)
def pose(settings: Settings) -> str:
    """Writes the problems into the folder of a new run, and returns the run's empty draft."""
    draft, asked = new_draft(settings.data_root), settings.evaluate
    counts = write_posed(chosen(draft.parent), settings)
    share(chosen(draft.parent), settings.data_root)
    told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    tell(f"{asked.label}, step {asked.step}, answers {asked.samples} times each the problems of: {told}")
    return str(draft)
