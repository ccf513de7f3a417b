"""Curricula: a dataset's problems in the order, the stages and the proportions in which a trainer is to meet them.

| kind | stages |
|---|---|
| easy-to-hard | easy, medium, hard |
| medium-first | medium, hard, easy: the easy ones, which a policy overfits to, come last |
| hard-first | hard, medium, easy |
| medium-only | medium |
| uniform | one, of all tiers |
| stepping-stones | the easiest problem of each chain, then the next of each, and so on; chains of one problem are left out |

Chains come in one order in all stages of stepping-stones, so that their stones are about one stage apart: chain after chain,
each batch of a trainer would hold all tiers at once. Within other stages the order is random, by the random seed and the
problem's id. Real problems that no student has attempted, and in stepping-stones all real ones, are spread evenly over the
stages. Which problems a budget takes is random, too; all kinds but stepping-stones take the same ones of a tier.

A control is one stage in random order: of a mix as many real problems, or all there are, under the same total of sampling
weights; of medium-only as many of each environment from all tiers; of uniform as many of all that stands in a tier; of the
other kinds the same problems.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone import drafts
from steppingstone.errors import BadInput
from steppingstone.holdout import is_held_out
from steppingstone.settings import REAL, CurriculumKind, CurriculumSettings, TargetSettings
from steppingstone.tables import CURRICULUM

FOLDER, METADATA = "curricula", b"steppingstone.curriculum"
ROWS_SORTED = 50_000

SHOWN = f"""
CREATE OR REPLACE TEMP VIEW shown AS
FROM (FROM easy UNION ALL FROM medium UNION ALL FROM hard) WHERE NOT {{is_held_out}}
UNION ALL (FROM problems WHERE environment = '{REAL}' AND tier = 'ungraded')
"""

POOL = f"""
CREATE OR REPLACE TEMP TABLE pool AS
SELECT problem_id, environment, tier, environment = '{REAL}' AS is_real,
    md5(concat_ws('/', $seed, problem_id)) AS draw, md5(concat_ws('/', $seed, chain_id)) AS chain_draw,
    row_number() OVER (PARTITION BY chain_id ORDER BY pass_rate DESC, round, problem_id) - 1 AS stone,
    count(*) OVER (PARTITION BY chain_id) AS stones
FROM shown
"""

WANTED = """
CREATE OR REPLACE TEMP TABLE wanted (part VARCHAR, easy BIGINT, medium BIGINT, hard BIGINT, total BIGINT)
"""

# What has no stage yet is spread over those of the others. The part '' is all that stands in a tier.
CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
WITH fit AS (
    SELECT *, {stage} AS stage, {lead} AS lead,
        CASE tier WHEN 'easy' THEN easy WHEN 'medium' THEN medium WHEN 'hard' THEN hard END AS of_tier
    FROM pool JOIN wanted
    ON part = environment OR (part = 'synthetic' AND NOT is_real) OR (part = '' AND tier <> 'ungraded')
    WHERE {fits}
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY part, tier ORDER BY lead, stone, problem_id) AS place FROM fit
), within AS (
    SELECT *, row_number() OVER (PARTITION BY part ORDER BY of_tier IS NULL, lead, stone, problem_id) AS place_of_all
    FROM placed WHERE of_tier IS NULL OR place <= of_tier
), taken AS (
    SELECT * FROM within WHERE total IS NULL OR place_of_all <= total
), ends AS (
    SELECT stage, sum(count(*)) OVER (ORDER BY stage) / sum(count(*)) OVER () AS share
    FROM taken WHERE stage IS NOT NULL GROUP BY stage
), loose AS (
    SELECT problem_id, (row_number() OVER (ORDER BY draw, problem_id) - 0.5) / count(*) OVER () AS share
    FROM taken WHERE stage IS NULL
), spread AS (
    SELECT problem_id, min(stage) AS stage FROM loose JOIN ends ON ends.share >= loose.share GROUP BY problem_id
)
SELECT problem_id, environment, tier, part, is_real, draw, lead, coalesce(taken.stage, spread.stage, 0) AS stage
FROM taken LEFT JOIN spread USING (problem_id)
"""

RANKED = """
CREATE OR REPLACE TEMP TABLE ranked AS
SELECT problem_id, stage, row_number() OVER (ORDER BY stage, lead, problem_id) - 1 AS curriculum_rank,
    {weight} AS sampling_weight
FROM chosen
"""

ROWS = f"""
SELECT {", ".join(CURRICULUM.names)}
FROM (FROM ranked WHERE curriculum_rank >= $start AND curriculum_rank < $end) JOIN shown USING (problem_id)
ORDER BY curriculum_rank
"""

EQUAL_SHARES = """CASE WHEN bool_and(is_real) OVER () OR NOT bool_or(is_real) OVER () THEN 1.0
    ELSE count(*) OVER () / (2.0 * count(*) OVER (PARTITION BY is_real)) END"""

FOUND = "SELECT count(*) FROM chosen WHERE part = ? AND (? = 'total' OR tier = ?)"

ORDERS = {
    "easy-to-hard": ("easy", "medium", "hard"),
    "medium-first": ("medium", "hard", "easy"),
    "hard-first": ("hard", "medium", "easy"),
    "medium-only": ("medium",),
}
"""The tiers of the stages, for the kinds that go by tiers."""

Budgets = Mapping[str, TargetSettings | None]


@dataclass(frozen=True, slots=True)
class Shortage:
    """Fewer problems than were wanted. `part` is a key of the budgets, empty for all; `of` is easy, medium, hard or total."""

    part: str
    of: str
    wanted: int
    found: int

    def __str__(self) -> str:
        what = "problems" if self.of == "total" else f"{self.of} problems"
        return f"{self.wanted:,} {what} of {self.part or 'all tiers'} wanted, {self.found:,} there"


@dataclass(frozen=True, slots=True)
class Arranged:
    """What a curriculum's file holds. `stages` are the rows of each stage; a control names the curriculum it is without."""

    name: str
    kind: CurriculumKind
    control_of: str | None
    random_seed: int
    rows: int
    stages: tuple[int, ...]
    shortages: tuple[Shortage, ...]


def files(dataset: drafts.Folder) -> dict[str, Path]:
    """The files of a dataset's curricula, by name."""
    return {path.stem: path for path in sorted((Path(dataset) / FOLDER).glob("*.parquet"))}


def told_of(file: Path) -> Arranged:
    """What was recorded in a curriculum's file when it was written. Raises `BadInput` if it is none."""
    metadata = pq.read_schema(file).metadata or {}
    if METADATA not in metadata:
        raise BadInput(f"{file} is no curriculum of ours: its footer has no {METADATA.decode()}")
    told = json.loads(metadata[METADATA])
    shortages = tuple(Shortage(**each) for each in told["shortages"])
    return Arranged(**told | {"stages": tuple(told["stages"]), "shortages": shortages})


def write_curricula(
    dataset: drafts.Folder, curricula: Mapping[str, CurriculumSettings], random_seed: int, held_out: float = 0.0
) -> tuple[Arranged, ...]:
    """Writes the curricula of a dataset's tier tables and real problems, with their controls, in place of those it had.

    The same tables, settings and seed give the same rows in the same order. A shortage is recorded, and nothing stands in
    for what is missing. The problems of the share `held_out` of all seeds are left out.
    """
    with drafts.connect(dataset) as tables:
        tables.execute(SHOWN.format(is_held_out=is_held_out(held_out)))
        tables.execute(POOL, {"seed": str(random_seed)})
        arranged = tuple(
            each for name, wanted in curricula.items() for each in _arranged(tables, dataset, name, wanted, random_seed)
        )
    for name in files(dataset).keys() - {each.name for each in arranged}:
        files(dataset)[name].unlink()
    return arranged


def _arranged(
    tables: "drafts.Connection", dataset: drafts.Folder, name: str, wanted: CurriculumSettings, seed: int
) -> Iterator[Arranged]:
    """Writes a curriculum, and then its control out of what is left of it in the connection."""
    short = _choose(tables, wanted.kind, wanted.budgets or {"": None})
    yield _write(tables, dataset, Arranged(name, wanted.kind, None, seed, *_counts(tables), short), _weight(wanted))
    if wanted.control:
        rows, _ = _counts(tables)
        short = _choose_control(tables, wanted)
        control = Arranged(f"{name}_control", "uniform", name, seed, *_counts(tables), short)
        yield _write(tables, dataset, control, f"{rows} / count(*) OVER ()")


def _choose(tables: "drafts.Connection", kind: CurriculumKind, budgets: Budgets) -> tuple[Shortage, ...]:
    """Fills the table `chosen`, and says what it is short of."""
    tables.execute(WANTED)
    for part, budget in budgets.items():
        counts = [budget.easy, budget.medium, budget.hard, budget.total] if budget else [None] * 4
        tables.execute("INSERT INTO wanted VALUES (?, ?, ?, ?, ?)", [part, *counts])
    stage, lead, fits = _rules(kind)
    tables.execute(CHOSEN.format(stage=stage, lead=lead, fits=fits))
    return tuple(_shortages(tables, budgets))


def _rules(kind: CurriculumKind) -> tuple[str, str, str]:
    """SQL over the pool: a problem's stage, null if it has none of its own; what orders a stage; who takes part at all."""
    if kind == "uniform":
        return "0", "draw", "true"
    if kind == "stepping-stones":
        return (
            "CASE WHEN NOT is_real THEN stone END",
            "CASE WHEN is_real THEN draw ELSE chain_draw END",
            "is_real OR stones > 1",
        )
    order = ORDERS[kind]
    return f"list_position({list(order)}, tier) - 1", "draw", f"tier IN {(*order, 'ungraded')}"


def _choose_control(tables: "drafts.Connection", wanted: CurriculumSettings) -> tuple[Shortage, ...]:
    """Fills `chosen` anew, with as many problems as it has but without the curriculum."""
    rows, _ = _counts(tables)
    if wanted.is_mix:
        return _choose(tables, "uniform", {REAL: TargetSettings(total=rows)})
    if wanted.kind == "medium-only":
        counts = tables.sql("SELECT environment, count(*) FROM chosen GROUP BY ALL ORDER BY ALL").fetchall()
        return _choose(tables, "uniform", {environment: TargetSettings(total=count) for environment, count in counts})
    if wanted.kind == "uniform":
        return _choose(tables, "uniform", {"": TargetSettings(total=rows)})
    tables.execute("UPDATE chosen SET stage = 0, lead = draw")
    return ()


def _shortages(tables: "drafts.Connection", budgets: Budgets) -> Iterator[Shortage]:
    for part, budget in budgets.items():
        for of, wanted in budget or ():
            found = tables.execute(FOUND, [part, of, of]).fetchall()[0][0]
            if wanted is not None and found < wanted:
                yield Shortage(part, of, wanted, found)


def _counts(tables: "drafts.Connection") -> tuple[int, tuple[int, ...]]:
    """How many problems are chosen, in all and by stage."""
    of = dict(tables.sql("SELECT stage, count(*) FROM chosen GROUP BY ALL").fetchall())
    return sum(of.values()), tuple(of.get(stage, 0) for stage in range(max(of, default=-1) + 1))


def _weight(wanted: CurriculumSettings) -> str:
    return EQUAL_SHARES if wanted.is_mix else "1.0"


def _write(tables: "drafts.Connection", dataset: drafts.Folder, arranged: Arranged, weight: str) -> Arranged:
    tables.execute(RANKED.format(weight=weight))
    schema: pa.Schema = CURRICULUM.with_metadata({METADATA: json.dumps(asdict(arranged))})
    drafts.write_file(Path(dataset) / FOLDER / f"{arranged.name}.parquet", schema, _batches(tables, arranged.rows))
    return arranged


def _batches(tables: "drafts.Connection", rows: int) -> Iterator[pa.RecordBatch]:
    """The ranked rows in order. Each stretch is sorted by itself: a sort of all would hold them all, or fail."""
    for start in range(0, rows, ROWS_SORTED):
        stretch = tables.sql(ROWS, params={"start": start, "end": start + ROWS_SORTED})
        yield from stretch.to_arrow_reader(drafts.ROWS_A_BATCH)
