"""The verb decontaminate: what holds a problem of an evaluation set leaves."""

from prefect import task

from steppingstone.contamination import Decontaminated, EvaluationIndex, drop_contaminated, read_evaluation
from steppingstone.settings import EvaluationSettings


@task(
    name="decontaminate",
    task_run_name="decontaminate",
    description="Problems that hold one of an evaluation set leave; rejections name it, and how it was found",
    tags=["curate"],
)
def decontaminate(draft: str, evaluation: EvaluationSettings) -> Decontaminated:
    """Moves contaminated problems out of a draft, with their attempts. Without evaluation sets all stay."""
    return drop_contaminated(draft, EvaluationIndex(read_evaluation(evaluation.paths)))
