"""The problems of a band of pass rates, and as many at random for a control, as files that every export takes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import md5
from pathlib import Path

from steppingstone.errors import BadInput
from steppingstone.published import PublishedProblem, write_problems


@dataclass(frozen=True, slots=True)
class Written:
    """Two files of `rows` problems each, `shared` of them in both, out of `total`, of which `unmeasured` have no pass rate."""

    filtered: Path
    control: Path
    rows: int
    shared: int
    total: int
    unmeasured: int

    def __str__(self) -> str:
        return (
            f"{self.filtered}: {self.rows:,} of {self.total:,} problems; {self.unmeasured:,} of all have no pass rate\n"
            f"{self.control}: {self.rows:,} of all at random, as many of each environment; {self.shared:,} are in both files"
        )


def write(problems: Sequence[PublishedProblem], low: float, high: float, folder: Path, seed: int) -> Written:
    """Writes filtered.parquet, the problems with a pass rate from low to high, both included, and control.parquet.

    The control is drawn as `curricula` draws that of a tier: from all the problems given, those of the band too, as many of
    each environment as the band has. Both files are one stage in random order, under the same total of sampling weights, but
    that the band of a curriculum keeps its order, stages and weights. The same problems and seed give the same files.
    Raises `BadInput` if these are no pass rates, or no problem has one between them.
    """
    if not 0 <= low <= high <= 1:
        raise BadInput(f"--pass-rate {low} {high}: pass rates are from 0 to 1, and the lower one comes first")
    band = [problem for problem in problems if problem.pass_rate is not None and low <= problem.pass_rate <= high]
    if not band:
        raise BadInput(f"no problem of {len(problems):,} has a pass rate from {low} to {high}; {_told(problems)}")
    weight = sum(map(_weight, band)) / len(band)
    control = [_placed(problem, rank, 0, weight) for rank, problem in enumerate(_like(band, _at_random(problems, seed)))]
    kept = band if band[0].curriculum_rank is not None else _at_random(band, seed)
    folder.mkdir(parents=True, exist_ok=True)
    return Written(
        filtered=write_problems(folder / "filtered.parquet", _ranked(kept)),
        control=write_problems(folder / "control.parquet", control),
        rows=len(band),
        shared=len({problem.problem_id for problem in band} & {problem.problem_id for problem in control}),
        total=len(problems),
        unmeasured=sum(problem.pass_rate is None for problem in problems),
    )


def _at_random(problems: Sequence[PublishedProblem], seed: int) -> list[PublishedProblem]:
    """The order in which curricula draw, for which no other problem matters."""
    return sorted(problems, key=lambda problem: md5(f"{seed}/{problem.problem_id}".encode(), usedforsecurity=False).digest())


def _like(band: Sequence[PublishedProblem], drawn: Sequence[PublishedProblem]) -> Iterator[PublishedProblem]:
    left = Counter(problem.environment for problem in band)
    for problem in drawn:
        if left[problem.environment]:
            left[problem.environment] -= 1
            yield problem


def _ranked(problems: Sequence[PublishedProblem]) -> list[PublishedProblem]:
    """In their order, with the stage and weight that they have, else in one stage and of weight 1."""
    return [_placed(problem, rank, problem.stage or 0, _weight(problem)) for rank, problem in enumerate(problems)]


def _placed(problem: PublishedProblem, rank: int, stage: int, weight: float) -> PublishedProblem:
    return replace(problem, curriculum_rank=rank, stage=stage, sampling_weight=weight)


def _weight(problem: PublishedProblem) -> float:
    return 1.0 if problem.sampling_weight is None else problem.sampling_weight


def _told(problems: Sequence[PublishedProblem]) -> str:
    rates = [problem.pass_rate for problem in problems if problem.pass_rate is not None]
    return f"theirs are from {min(rates):.3g} to {max(rates):.3g}" if rates else "none has one at all"
