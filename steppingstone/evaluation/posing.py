"""What a model is to be evaluated on, as a table: the problems of the chosen benchmarks, and those that are held out."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from steppingstone import drafts, versions
from steppingstone.errors import BadInput
from steppingstone.evaluation.benchmarks import Posed, check_benchmark, chosen, read_benchmark
from steppingstone.holdout import is_held_out
from steppingstone.rows import problem_of
from steppingstone.settings import Settings
from steppingstone.templates import Templates

HELD_OUT = """
    SELECT problem_id, environment, tier, code, inputs, outputs, hint, statement, tests
    FROM (FROM easy UNION ALL FROM medium UNION ALL FROM hard) WHERE {} ORDER BY problem_id
"""
COLUMNS = ("problem_id", "environment", "tier", "code", "inputs", "outputs", "hint", "statement", "tests")


def check_posed(settings: Settings, name: str) -> None:
    """Raises `BadInput` if there is nothing of this name to be evaluated on."""
    if name == "own":
        _held_out_share(versions.published(settings.data_root))
    else:
        check_benchmark(settings, name)


def write_posed(folder: Path, settings: Settings) -> dict[str, int]:
    """Writes the problems into a folder's table `posed`, benchmark after benchmark, and returns how many each has.

    Raises `BadInput` for what can't be used.
    """
    counts = dict.fromkeys(chosen(settings), 0)
    table = drafts.TableFile(folder, "posed")
    try:
        for name in counts:
            check_posed(settings, name)
            for posed in _read_own(settings) if name == "own" else read_benchmark(settings, name):
                table.add([_row(posed)])
                counts[name] += 1
        table.close()
    finally:
        table.abandon()
    return counts


def _read_own(settings: Settings) -> Iterator[Posed]:
    """Each counts under its environment and under its tier, which is the generation's student's."""
    version, templates = versions.published(settings.data_root), Templates(settings.prompts)
    with drafts.connect(version.folder) as tables:
        found = tables.execute(HELD_OUT.format(is_held_out(_held_out_share(version)))).fetchall()
    if not found:
        raise BadInput(f"own: no problem of version {version.number} is held out; a larger held_out holds out more seeds")
    for values in found:
        row = dict(zip(COLUMNS, values, strict=True))
        segments, digest = (row["environment"], row["tier"]), templates.digest(row["environment"])
        yield Posed("own", row["problem_id"], segments, problem_of(row), digest)


def _held_out_share(version: versions.Version) -> float:
    share = versions.manifest_of(version)["settings"].get("held_out", 0.0)
    if not share:
        raise BadInput(
            f"own: version {version.number} holds nothing out of its curricula; set held_out, to 0.05 say, and have any flow "
            "publish the next version"
        )
    return float(share)


def _row(posed: Posed) -> drafts.Row:
    problem = asdict(posed.problem)
    told = {"benchmark": posed.benchmark, "name": posed.name, "prompts_hash": posed.prompts_hash}
    lists = {name: list(problem[name]) for name in ("inputs", "outputs")}
    return problem | lists | told | {"segments": list(posed.segments)}
