"""The figures of a report, as its template names them: rows that queries over a version's tables give."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from steppingstone import curricula, drafts
from steppingstone.report.chains import Row, rows

STAGES = ("proposed", "valid", "solved", "new", "uncontaminated", "kept")
MOST_ROWS = 60
"""Most rows of any table of the page."""

KEPT = "(SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard)"

TOTALS = f"""
SELECT count(*) AS problems, count(*) FILTER (problem_id IN {KEPT}) AS kept, count(DISTINCT chain_id) AS chains,
    count(DISTINCT run_id) AS runs, sum(attempt_count)::BIGINT AS attempts
FROM problems
"""

TIERS = f"""
SELECT environment, count(*) AS problems, count(*) FILTER (tier = 'unsolved') AS unsolved,
    count(*) FILTER (tier = 'hard') AS hard, count(*) FILTER (tier = 'medium') AS medium,
    count(*) FILTER (tier = 'easy') AS easy, count(*) FILTER (tier = 'trivial') AS trivial,
    count(*) FILTER (tier = 'ungraded') AS ungraded, count(*) FILTER (straddles) AS straddling,
    count(*) FILTER (problem_id IN {KEPT}) AS kept
FROM problems WHERE coalesce(run_id = getvariable('run'), true) GROUP BY environment ORDER BY environment
"""

BY_ROUND = """
SELECT environment, round, count(*) AS problems, avg(pass_rate) AS mean, quantile_cont(pass_rate, 0.25) AS low,
    median(pass_rate) AS middle, quantile_cont(pass_rate, 0.75) AS high, count(*) FILTER (pass_rate = 0) AS unsolved,
    count(*) FILTER (pass_rate = 1) AS trivial
FROM problems WHERE pass_rate IS NOT NULL AND coalesce(run_id = getvariable('run'), true)
GROUP BY environment, round ORDER BY environment, round
"""

BY_STEER = """
SELECT steer, environment, count(*) AS problems, avg(parent_pass_rate) AS before, avg(pass_rate) AS after
FROM problems WHERE pass_rate IS NOT NULL AND (parent_pass_rate IS NOT NULL OR steer = 'first')
GROUP BY GROUPING SETS ((steer), (steer, environment))
ORDER BY list_position(['first', 'harder', 'vary', 'easier', 'repair'], steer) NULLS LAST, steer, environment NULLS FIRST
"""

COST = f"""
WITH spent AS (
    SELECT environment, teacher_prompt_tokens + teacher_completion_tokens AS teacher,
        student_prompt_tokens + student_completion_tokens AS student, 0 AS wasted,
        teacher_dollars + student_dollars AS dollars, problem_id IN {KEPT} AS kept
    FROM problems
    UNION ALL
    SELECT environment, 0, 0, prompt_tokens + completion_tokens, dollars, false FROM rejections WHERE environment <> ''
)
SELECT environment, sum(teacher)::BIGINT AS teacher, sum(student)::BIGINT AS student, sum(wasted)::BIGINT AS wasted,
    sum(teacher + student + wasted)::BIGINT AS tokens, sum(dollars) AS dollars, count(*) FILTER (kept) AS kept,
    sum(teacher + student + wasted) / nullif(count(*) FILTER (kept), 0) AS tokens_a_kept,
    sum(dollars) / nullif(count(*) FILTER (kept), 0) AS dollars_a_kept
FROM spent GROUP BY GROUPING SETS ((environment), ()) HAVING count(*) > 0 ORDER BY environment NULLS LAST
"""

TURNED_AWAY = """
SELECT stage, reason, environment, count(*) AS count,
    count(*) FILTER (partner_version IS NOT NULL) AS of_earlier_versions
FROM rejections GROUP BY stage, reason, environment ORDER BY environment
"""

QUARANTINED = f"""
SELECT "table", expectation, "column", count(*) AS count, min(row_id) AS example
FROM quarantine GROUP BY ALL ORDER BY count DESC, expectation LIMIT {MOST_ROWS}
"""

BEFORE = "CREATE TEMP VIEW before AS SELECT problem_id, environment, chain_id, round, tier, pass_rate FROM ({}) "

MOVES = """
SELECT coalesce(before.tier, 'not there') AS was, coalesce(now.tier, 'gone') AS became, count(*) AS count,
    avg(now.pass_rate - before.pass_rate) AS change
FROM before FULL JOIN (SELECT problem_id, tier, pass_rate FROM problems) AS now USING (problem_id) GROUP BY ALL
"""

MOVED_FARTHEST = """
SELECT problem_id, now.chain_id, now.environment, now.round, before.pass_rate AS before, now.pass_rate AS after,
    before.tier AS was, now.tier AS became
FROM before JOIN problems AS now USING (problem_id) WHERE now.pass_rate <> before.pass_rate
ORDER BY abs(now.pass_rate - before.pass_rate) DESC, problem_id LIMIT 10
"""


def facts_of(tables: "drafts.Connection", folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """All figures by the names that the template uses. Environments are in the order of their names."""
    tiers, waterfall, rejections = rows(tables, TIERS), _waterfall(manifest), rows(tables, TURNED_AWAY)
    return {
        "totals": rows(tables, TOTALS)[0],
        "environments": sorted({row["environment"] for row in (*tiers, *waterfall, *rejections) if row["environment"]}),
        "waterfall": waterfall,
        "tiers": tiers,
        "by_round": rows(tables, BY_ROUND),
        "by_steer": rows(tables, BY_STEER),
        "cost": rows(tables, COST),
        "turned_away": _by_reason(rejections),
        "quarantined": rows(tables, QUARANTINED),
        "suites": _suites(manifest.get("gates", ())),
        "curricula": [curricula.told_of(folder / told["file"]) for told in manifest.get("curricula", {}).values()],
        "moves": _moves(tables, folder, manifest.get("parent")),
    }


def _waterfall(manifest: Mapping[str, Any]) -> list[Row]:
    """One row an environment; a row of all of them is left to the page."""
    return [row for row in manifest.get("waterfall", ()) if row.get("environment") not in (None, "", "all")]


def _by_reason(found: Sequence[Row]) -> list[Row]:
    """One row a stage and reason, the commonest first, with the counts by environment in `by`."""
    grouped: dict[tuple[str, str], Row] = {}
    for row in found:
        empty = {"stage": row["stage"], "reason": row["reason"], "count": 0, "of_earlier_versions": 0, "by": {}}
        told = grouped.setdefault((row["stage"], row["reason"]), empty)
        told["count"] += row["count"]
        told["of_earlier_versions"] += row["of_earlier_versions"]
        told["by"][row["environment"]] = row["count"]
    return sorted(grouped.values(), key=lambda row: -row["count"])[:MOST_ROWS]


def _suites(gates: Sequence[Row]) -> list[Row]:
    """One row a suite and table, with its expectations, those that failed first; a run's rows and the whole dataset apart."""
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for gate in gates:
        grouped.setdefault((gate["suite"], gate["table"], gate["scope"]), []).append(gate)
    return [
        {
            "suite": suite,
            "table": table,
            "scope": scope,
            "gates": sorted(held, key=lambda gate: bool(gate["ok"])),
            "passed": sum(bool(gate["ok"]) for gate in held),
        }
        for (suite, table, scope), held in grouped.items()
    ]


def _moves(tables: "drafts.Connection", folder: Path, parent: int | None) -> Row | None:
    """What was added, dropped and moved between tiers since the parent version; None if that is not beside the folder."""
    if parent is None or not (path := folder.parent / f"v={parent:05d}" / "problems.parquet").exists():
        return None
    tables.execute(BEFORE.format(drafts.select_from(drafts.quoted(drafts.glob_safe(str(path.absolute()))))))
    moves = rows(tables, MOVES)
    return {
        "parent": parent,
        "counts": {(row["was"], row["became"]): row["count"] for row in moves},
        "farthest": rows(tables, MOVED_FARTHEST),
    }
