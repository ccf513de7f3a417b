"""One file a stage, and a script that trains on them one after another, for trainers that shuffle whatever they are given."""

from collections.abc import Sequence
from pathlib import Path

from steppingstone.exports import rows
from steppingstone.published import PublishedProblem

SCRIPT = """\
#!/bin/sh
# Trains {trainer} on one stage after another, each from the model that the one before it left: it shuffles within a file.
# Started again after a stop, it goes on with the stage that it was at, from the last checkpoint of that.
#   MODEL=Qwen/Qwen3-8B RUNS=runs ./train.sh [more settings of {trainer}]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runs=${{RUNS:-$here/runs}}
model=${{MODEL:?the model to start from}}
for stage in {stages}; do
    run=$runs/stage-$stage
    data=$here/stage-$stage.{suffix}
    mkdir -p "$run"
    if [ ! -e "$run/done" ]; then
        echo "stage $stage: $data, from $model"
        {command} "$@"
        touch "$run/done"
    fi
    model={left}
    [ -d "$model" ] || {{ echo "stage $stage left no model; remove $run/done to train it again" >&2; exit 1; }}
done
echo "trained: $model"
"""


def by_stage(problems: Sequence[PublishedProblem]) -> dict[int, list[PublishedProblem]]:
    """The problems by stage, in order. What has no stage is of stage 0."""
    found: dict[int, list[PublishedProblem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.stage or 0):
        found.setdefault(problem.stage or 0, []).append(problem)
    return found


def write_script(path: Path, trainer: str, stages: Sequence[int], suffix: str, command: Sequence[str], left: str) -> Path:
    """Writes the script. In `command`, a line of the shell each, and in `left`, the model that a stage leaves, stand $here,
    $stage, $run, $data and $model."""
    told = {"trainer": trainer, "stages": " ".join(map(str, stages)), "suffix": suffix, "left": left}
    rows.write_text(path, SCRIPT.format(**told, command=" \\\n            ".join(command)))
    path.chmod(0o755)
    return path
