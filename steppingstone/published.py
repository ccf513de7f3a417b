"""The problems of a published version, or of one of its files, as typed records for a trainer."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone import contents, versions
from steppingstone.environments import environment
from steppingstone.errors import BadInput
from steppingstone.records import Message, Problem, Tier
from steppingstone.sandbox import Limits
from steppingstone.storage import is_address
from steppingstone.tables import CURRICULUM as ROWS
from steppingstone.tables import TIERS

CURRICULUM, LIMITS = "curriculum_", b"steppingstone.limits"
ROWS_A_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class PublishedProblem(Problem):
    """A problem with its lineage, what its student made of it, and its place in the curriculum that it was read from.

    `pass_rate` and its 95% interval are None if nothing was graded; `curriculum_rank`, `stage` and `sampling_weight` are
    None outside a curriculum. `limits` are those of the run that published it; a real problem has its own in `tests`.
    """

    content_hash: str = ""
    chain_id: str = ""
    parent_id: str | None = None
    seed_id: str = ""
    round: int = 0
    tier: Tier = Tier.UNGRADED
    pass_count: int = 0
    graded_count: int = 0
    attempt_count: int = 0
    pass_rate: float | None = None
    pass_rate_low: float | None = None
    pass_rate_high: float | None = None
    student_model: str = ""
    student_temperature: float = 1.0
    student_top_p: float = 1.0
    student_max_tokens: int = 0
    student_reasoning_effort: str = ""
    prompts_hash: str = ""
    curriculum_rank: int | None = None
    stage: int | None = None
    sampling_weight: float | None = None
    limits: Limits = Limits()  # noqa: RUF009 - frozen

    @property
    def prompt(self) -> tuple[Message, ...]:
        """What a policy is told, as the student was."""
        return environment(self.environment).student_prompt(self)


_COLUMNS = tuple(field.name for field in fields(PublishedProblem) if field.name != "limits")
_NEEDED = tuple(field.name for field in fields(Problem) if field.default is MISSING)


def load_problems(source: str | os.PathLike[str], table: str | None = None) -> list[PublishedProblem]:
    """The problems of a data root's latest version, of a version's folder, or of one Parquet file, in the file's order.

    Of a version, `table` says which: `problems`, which is all of them and what is read without it, `easy`, `medium`, `hard`, or
    `curriculum_NAME`. Raises `BadInput` if that is not there or holds no problems.
    """
    path = versions.published(source).folder if is_address(source) else Path(source)
    if table is None and not path.is_dir():
        return list(_read(path))
    folder = path if (path / contents.MANIFEST).exists() else versions.published(path).folder
    return list(_read(_file(folder, table or "problems")))


def write_problems(path: Path, problems: Sequence[PublishedProblem]) -> Path:
    """Writes a Parquet file that `load_problems` reads again. The problems have a place in a curriculum, and one's limits."""
    schema = pa.schema([field for field in ROWS if field.name in _COLUMNS])
    limits = json.dumps(asdict(problems[0].limits))
    rows = [{name: getattr(problem, name) for name in schema.names} for problem in problems]
    pq.write_table(pa.Table.from_pylist(rows, schema.with_metadata({LIMITS: limits})), path)
    return path


def _file(folder: Path, table: str) -> Path:
    curricula = sorted((folder / "curricula").glob("*.parquet"))
    files = {name: folder / f"{name}.parquet" for name in ("problems", *TIERS)}
    files |= {f"{CURRICULUM}{path.stem}": path for path in curricula}
    if table not in files:
        raise BadInput(f"{folder} has no problems called {table!r}; it has {', '.join(files)}")
    return files[table]


def _read(path: Path) -> Iterator[PublishedProblem]:
    try:
        with pq.ParquetFile(path) as file:
            limits = _limits(path, file.schema_arrow.metadata or {})
            there = file.schema_arrow.names
            if missing := [name for name in _NEEDED if name not in there]:
                raise BadInput(f"{path} holds no problems: it has no column {', '.join(missing)}")
            for batch in file.iter_batches(ROWS_A_BATCH, columns=[name for name in _COLUMNS if name in there]):
                for row in batch.to_pylist():
                    yield _problem(row, limits)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{path} can't be read as a Parquet file of problems: {error}") from error


def _problem(row: dict[str, Any], limits: Limits) -> PublishedProblem:
    told = row | {"inputs": tuple(row["inputs"]), "outputs": tuple(row["outputs"])}
    return PublishedProblem(**told | {"tier": Tier(row.get("tier") or Tier.UNGRADED), "limits": limits})


def _limits(path: Path, footer: dict[bytes, bytes]) -> Limits:
    """Those of the run that published a file, by its footer or the manifest beside it; else the usual ones."""
    if LIMITS in footer:
        return Limits(**json.loads(footer[LIMITS]))
    manifest = next((folder / contents.MANIFEST for folder in path.parents[:2] if (folder / contents.MANIFEST).exists()), None)
    told = json.loads(manifest.read_text("utf-8"))["settings"].get("sandbox", {}) if manifest else {}
    return Limits(**{name: told[name] for name in ("seconds", "memory_mb") if name in told})
