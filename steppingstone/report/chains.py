"""The chains that a report shows: the widest of each environment, with as much of their texts as a page can hold."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steppingstone import drafts

CHAINS = 200
ATTEMPTS_OF_A_KIND = 4
"""Attempts shown of a problem: so many solved ones, and so many others."""
BYTES = 10 << 20
"""Most bytes of all chains shown, as JSON."""

Row = dict[str, Any]

CUT = """
CREATE TEMP MACRO cut(text, most) AS
    CASE WHEN length(text) <= most THEN text
        ELSE left(text, most) || ' […] (' || (length(text) - most) || ' more characters)' END
"""

CHOSEN = """
CREATE TEMP TABLE chosen AS
WITH spans AS (
    SELECT chain_id, any_value(environment) AS environment, max(pass_rate) - min(pass_rate) AS span, count(*) AS problems
    FROM problems GROUP BY chain_id
), placed AS (
    SELECT *, row_number() OVER (
        PARTITION BY environment ORDER BY span DESC NULLS LAST, problems DESC, chain_id
    ) AS place
    FROM spans
)
SELECT chain_id, environment, span FROM placed ORDER BY place, span DESC NULLS LAST, chain_id LIMIT {chains}
"""

PROBLEMS = """
SELECT chain_id, seed_id, round, steer, problem_id, cut(statement, 6000) AS statement, cut(code, 6000) AS code,
    contains(statement, code) AS code_in_statement,
    list_transform(inputs[:20], lambda text: cut(text, 300)) AS inputs,
    list_transform(outputs[:20], lambda text: cut(text, 300)) AS outputs, len(inputs) AS input_count,
    cut(hint, 1000) AS hint, cut(tests, 3000) AS tests, pass_count, graded_count, attempt_count, pass_rate, pass_rate_low,
    pass_rate_high, tier, straddles, cut(summary, 5000) AS summary, student_model, student_temperature, student_reasoning_effort
FROM problems WHERE chain_id IN ({ids}) ORDER BY chain_id, round, problem_id
"""

REJECTIONS = """
SELECT chain_id, seed_id, round, steer, stage, reason, cut(detail, 1000) AS detail, partner_id, partner_version,
    cut(reply, 3000) AS reply
FROM rejections WHERE chain_id IN ({ids}) ORDER BY chain_id, round, rejection_id
"""

# The texts are cut before the window holds them: a completion may have a hundred thousand characters.
ATTEMPTS = """
WITH told AS (
    SELECT chain_id, round, problem_id, attempt, verdict, cut(answer, 400) AS answer, cut(detail, 200) AS detail,
        cut(completion, 600) AS completion
    FROM attempts WHERE chain_id IN ({ids})
)
SELECT *, count(*) OVER (PARTITION BY chain_id, round, problem_id, verdict) AS alike FROM told
QUALIFY row_number() OVER (PARTITION BY chain_id, round, problem_id, verdict = 'solved' ORDER BY attempt) <= {most}
    OR row_number() OVER (PARTITION BY chain_id, round, problem_id, verdict ORDER BY attempt) = 1
ORDER BY chain_id, round, problem_id, attempt
"""

SEEDS = """
SELECT seed_id, kind, origin, license, cut(text, 6000) AS text FROM seeds WHERE seed_id IN ({ids})
"""


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of a version, widest first, as JSON that can stand in a script element; `shown` of `total` are there."""

    text: str
    shown: int
    total: int


def chosen_chains(tables: "drafts.Connection") -> Chains:
    """The `CHAINS` widest chains, each environment in turn, or fewer if they would not fit into `BYTES`."""
    tables.execute(CUT)
    tables.execute(CHOSEN.format(chains=CHAINS))
    fitting = _fitting(_told(tables, rows(tables, "FROM chosen")))
    total = rows(tables, "SELECT count(DISTINCT chain_id) AS count FROM problems")[0]["count"]
    return Chains(f"[{','.join(fitting)}]", len(fitting), total)


def inert(text: str) -> str:
    """JSON that can stand in a script element: nothing in it ends the element, opens another or breaks a line."""
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def rows(tables: "drafts.Connection", query: str) -> list[Row]:
    """What a query gives, a dictionary a row."""
    answer = tables.sql(query)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]


def _fitting(chains: Iterable[Row]) -> list[str]:
    fitting, size = [], 0
    for chain in chains:
        text = inert(json.dumps(chain, ensure_ascii=False, separators=(",", ":")))
        size += len(text.encode("utf-8", "replace"))
        if size > BYTES:
            break
        fitting.append(text)
    return fitting


def _told(tables: "drafts.Connection", chosen: Sequence[Row]) -> Iterable[Row]:
    """Each chain with its seed and its rounds, problems and rejections in the order in which they came."""
    # A list of literals is looked for while the file is read; a subquery's rows would be only after all columns were.
    ids = _literals(chain["chain_id"] for chain in chosen)
    problems, rejections = rows(tables, PROBLEMS.format(ids=ids)), rows(tables, REJECTIONS.format(ids=ids))
    attempts = _by(("chain_id", "round", "problem_id"), rows(tables, ATTEMPTS.format(ids=ids, most=ATTEMPTS_OF_A_KIND)))
    seeds = rows(tables, SEEDS.format(ids=_literals({row["seed_id"] for row in problems})))
    by_seed = {seed["seed_id"]: seed for seed in seeds}
    for problem in problems:
        problem["attempts"] = attempts[(problem["chain_id"], problem["round"], problem["problem_id"])]
    rounds = _by(("chain_id",), sorted([*rejections, *problems], key=lambda row: row["round"]))
    for chain in chosen:
        of_chain = rounds[(chain["chain_id"],)]
        seed = by_seed.get(next((row["seed_id"] for row in of_chain if "problem_id" in row), ""), {})
        yield {**chain, "seed": seed, "rounds": [_without_keys(row) for row in of_chain]}


def _without_keys(row: Row) -> Row:
    kept = {name: value for name, value in row.items() if name not in ("chain_id", "seed_id") and value not in (None, "", [])}
    if "attempts" in kept:
        kept["attempts"] = [_attempt(attempt) for attempt in kept["attempts"]]
    return kept


def _attempt(row: Mapping[str, Any]) -> Row:
    told = ("attempt", "verdict", "alike", "answer", "detail", "completion")
    return {name: row[name] for name in told if row[name] not in (None, "")}


def _by(names: Sequence[str], found: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in found:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def _literals(texts: Iterable[str]) -> str:
    return ", ".join(map(drafts.quoted, sorted(texts))) or "NULL"
