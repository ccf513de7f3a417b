"""prime-rl's pools of difficulty, entered with the pass rates that were measured when the data was made.

`difficulty_pool` gives a task that it has not seen the weight 1, and has no setting for rewards that are known before. So each
measured pool is a source of its own, whose share is that of its tasks at their pool's weight, and within it the weights are
relative to that. Tasks are drawn from the start as if the measured pass rates had been seen, and then by what the policy earns;
only the shares of the sources stay.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from steppingstone.difficulty import Thresholds
from steppingstone.exports import rows
from steppingstone.published import PublishedProblem

ENDS = {"hard": Thresholds().hard_max, "normal": Thresholds().medium_max, "easy": 1.0}
"""The highest pass rate in each pool."""
WEIGHTS = {"hard": 0.2, "normal": 1.0, "easy": 0.2}
"""prime-rl's own. How often one task of a pool is drawn, against one of another or one that nothing is known of."""
UNMEASURED = "unmeasured"

HEAD = """\
# Sources of prime-rl, one for each pool that the measured pass rates put problems in, with what is drawn from each at first.
# This is prime-rl's form since a source's sampler is a setting of the source; before, it was source.curriculum.sampler.
"""
SOURCE = """
[[orchestrator.train.source]]
name = "{name}-{pool}"
ratio = {ratio}  # {count} problems, of weight {weight} each
env.taskset.id = "{name}"
env.taskset.pool = "{pool}"
env.agent.harness.id = "null"
env.agent.runtime.type = "subprocess"

[orchestrator.train.source.sampler]
type = "difficulty_pool"

[orchestrator.train.source.sampler.pools]
"""


def pool_of(pass_rate: float | None) -> str:
    """The pool that a measured pass rate puts a problem in; `unmeasured` if there is none."""
    if pass_rate is None:
        return UNMEASURED
    return next(pool for pool, end in ENDS.items() if pass_rate <= end)


def write(path: Path, name: str, problems: Sequence[PublishedProblem]) -> Path:
    """Writes the sources over a taskset called `name`."""
    counts = Counter(pool_of(problem.pass_rate) for problem in problems)
    found = [pool for pool in (*ENDS, UNMEASURED) if counts[pool]]
    return rows.write_text(path, HEAD + "".join("".join(_source(name, pool, counts[pool])) for pool in found))


def _source(name: str, pool: str, count: int) -> Iterator[str]:
    weight = WEIGHTS.get(pool, 1.0)
    yield SOURCE.format(name=name, pool=pool, count=count, weight=weight, ratio=round(count * weight, 6))
    for other, end in ENDS.items():
        yield f"{other} = {{ threshold = {end}, weight = {WEIGHTS[other] / weight} }}\n"
