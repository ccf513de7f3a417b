"""How long each question of `sql/` takes: `python -m tests.benchmarks.questions [PROBLEMS [FOLDER]]`.

Makes a data root with so many problems of 20 runs (200,000 if not told) and 32 attempts at each, as a nightly run publishes
it, in three versions: half of the runs, all of them, and all graded again by another student. Then answers each question
three times on two threads, each time by a connection of its own, and prints least, median and greatest time in seconds, and
the CPU time, which neighbours on the machine disturb less. FOLDER is kept, and not made again. Earlier versions hold no
attempts, for no question reads them.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from sql import ask, questions
from steppingstone import drafts
from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.difficulty import Z_95
from steppingstone.tiers import write_tiers
from steppingstone.versions import latest, publish

RUNS, ROUNDS, ATTEMPTS, THREADS = 20, 6, 32, 2

CHANCE = "CREATE MACRO chance(number, salt) AS (hash(number, salt) % 1000000)::BIGINT / 1000000.0"

# Of a round's proposals, two in three become a problem that stays. Chains are of six rounds, and of one run each.
ROUNDS_MADE = """
CREATE TABLE made AS
SELECT
    i AS number, i // {rounds} AS chain, 1 + i % {rounds} AS round,
    format('run-{{:02}}', (i // {rounds}) * {runs} // (1 + {slots} // {rounds})) AS run_id,
    left(md5('chain' || i // {rounds}), 16) AS chain_id,
    left(md5('seed' || i // ({rounds} * 4)), 16) AS seed_id,
    ['induction', 'abduction', 'deduction', 'fuzzing'][1 + (i // {rounds}) % 4] AS environment,
    left(md5('problem' || i), 16) AS problem_id,
    chance(i, 1) AS fate
FROM range({slots}) AS numbers(i)
"""

GRADED = """
CREATE TABLE graded AS
WITH placed AS (
    SELECT *, greatest(0, least(1, 1.5 * chance(number, 2) - 0.3 + {shift} * (chance(number, 3) - 0.3))) AS true_p
    FROM made WHERE fate < 0.67 ORDER BY number LIMIT {problems}
), counted AS (
    SELECT *, round({attempts} * true_p)::BIGINT AS pass_count, round({attempts} * true_p) / {attempts} AS p FROM placed
)
SELECT
    *,
    CASE WHEN p = 0 THEN 'unsolved' WHEN p = 1 THEN 'trivial' WHEN p <= 0.25 THEN 'hard' WHEN p <= 0.65 THEN 'medium'
        ELSE 'easy' END AS tier,
    lag(problem_id) OVER chain AS parent_id,
    lag(p) OVER chain AS parent_p
FROM counted WINDOW chain AS (PARTITION BY chain ORDER BY round)
"""

CODE = "'def f(x):\\n' || repeat('    x = x * 3 + ' || left(md5(number::VARCHAR), 8) || '\\n', 8) || '    return x\\n'"

SEEDS = f"""
SELECT DISTINCT ON (seed_id)
    seed_id, 'corpus' AS kind, 'repository/' || chain // 4 || '.py' AS origin,
    ['mit', 'apache-2.0', 'bsd-3-clause', ''][1 + (chain // 4) % 4] AS license, 30 AS lines, repeat({CODE}, 3) AS text
FROM made ORDER BY number
"""

PROBLEMS = f"""
SELECT
    problem_id, left(md5(problem_id), 16) AS content_hash, run_id, chain_id, chain AS chain_number, seed_id, environment, round,
    parent_id, parent_p AS parent_pass_rate,
    CASE WHEN parent_p IS NULL THEN 'first' WHEN parent_p > 0.65 THEN 'harder' WHEN parent_p = 0 THEN 'easier'
        ELSE 'vary' END AS steer,
    'What does this return?\\n' || {CODE} AS statement, {CODE} AS code, ['3', '4'] AS inputs, [number::VARCHAR] AS outputs,
    '' AS hint, '' AS tests, left(md5('behaviour' || number), 16) AS behaviour,
    pass_count, {ATTEMPTS} AS graded_count, {ATTEMPTS} AS attempt_count, p AS pass_rate,
    greatest(0, (centre - reach) / scale) AS pass_rate_low, least(1, (centre + reach) / scale) AS pass_rate_high, tier,
    pass_rate_low <= 0.25 AND pass_rate_high > 0.25 OR pass_rate_low <= 0.65 AND pass_rate_high > 0.65 AS straddles,
    repeat('One of the attempts that failed: x = ' || number || '. ', 20) AS summary, 'prompts-1' AS prompts_hash,
    'teacher' AS teacher_model, '{{student}}' AS student_model, 1.0 AS student_temperature, 1.0 AS student_top_p,
    4096 AS student_max_tokens, 'low' AS student_reasoning_effort,
    600 AS teacher_prompt_tokens, 100 AS teacher_cached_tokens, 900 AS teacher_completion_tokens,
    500 AS teacher_reasoning_tokens, 0.002 AS teacher_dollars,
    {ATTEMPTS} * (200 + number % 100) AS student_prompt_tokens, {ATTEMPTS} * 150 AS student_cached_tokens,
    {ATTEMPTS} * (300 + number % 200) AS student_completion_tokens, {ATTEMPTS} * 200 AS student_reasoning_tokens,
    0.004 AS student_dollars
FROM (
    SELECT *, p + {Z_95**2} / {2 * ATTEMPTS} AS centre, 1 + {Z_95**2} / {ATTEMPTS} AS scale,
        {Z_95} * sqrt(p * (1 - p) / {ATTEMPTS} + {Z_95**2} / {4 * ATTEMPTS**2}) AS reach
    FROM graded
) ORDER BY number
"""

ATTEMPTS_MADE = f"""
SELECT
    problem_id, chain_id, round, attempt, environment,
    'I go through it step by step. ' || md5(key::VARCHAR) || md5((key + 1)::VARCHAR) || ' is what the loop leaves, and so '
        || md5((key + 2)::VARCHAR) || md5((key + 3)::VARCHAR) || '. The answer follows.\\n<answer>' || answer || '</answer>'
        AS completion,
    '' AS reasoning, answer, verdict, if(verdict = 'wrong', 'the output is ' || key % 1000, '') AS detail,
    (verdict = 'solved')::INT AS reward, if(verdict = 'cut', 'length', 'stop') AS finish_reason,
    200 + number % 100 AS prompt_tokens, 150 AS cached_tokens,
    if(verdict = 'cut', 4096, 100 + key * 2654435761 % 900) AS completion_tokens, key * 2654435761 % 100 AS reasoning_tokens
FROM (
    SELECT
        *, 4 * (number * {ATTEMPTS} + attempt) AS key,
        CASE WHEN (attempt * 13 + number) % {ATTEMPTS} < pass_count THEN 'solved'
            ELSE ['wrong', 'wrong', 'wrong', 'cut', 'not_a_literal', 'exception', 'no_answer', 'timeout']
                [1 + (hash(key, 5) % 8)::INT]
        END AS verdict,
        if(verdict = 'solved', number::VARCHAR, (hash(key, 6) % 6)::VARCHAR || number) AS answer
    FROM graded, range({ATTEMPTS}) AS numbers(attempt)
) ORDER BY number, attempt
"""

# The reasons of the closed list, the frequent ones more often.
REJECTIONS = """
SELECT
    left(md5('rejection' || number), 16) AS rejection_id, run_id, chain_id, seed_id, environment, round, 'vary' AS steer, stage,
    CASE stage
        WHEN 'generate'
        THEN ['exception', 'exception', 'timeout', 'nondeterministic', 'constant_output', 'missing_block'][1 + number % 6]
        WHEN 'deduplicate' THEN ['duplicate', 'near_duplicate', 'same_behaviour'][1 + number % 3]
        WHEN 'decontaminate' THEN 'contaminated' ELSE 'quarantined' END AS reason,
    'what is the matter with number ' || number AS detail, if(stage = 'generate', NULL, problem_id) AS problem_id,
    CASE stage WHEN 'deduplicate' THEN left(md5('problem' || number // 2), 16)
        WHEN 'decontaminate' THEN 'HumanEval/' || number % 164 END AS partner_id,
    if(stage = 'deduplicate' AND number % 2 = 0, 1, NULL) AS partner_version,
    if(stage = 'generate', '', ['easy', 'medium', 'hard', 'unsolved'][1 + number % 4]) AS tier,
    repeat('A reply that came to nothing. ', 30) AS reply,
    600 AS prompt_tokens, 100 AS cached_tokens, 900 AS completion_tokens, 500 AS reasoning_tokens, 0.002 AS dollars
FROM (
    SELECT *, CASE WHEN fate < 0.85 THEN 'generate' WHEN fate < 0.97 THEN 'deduplicate' WHEN fate < 0.98 THEN 'decontaminate'
        ELSE 'validate' END AS stage
    FROM made WHERE fate >= 0.67
) ORDER BY number
"""

QUARANTINE = """
SELECT 'problems' AS "table", problem_id || '/' || chain_id || '/' || round AS row_id,
    'expectation_' || number % 9 AS expectation, 'statement' AS "column", repeat('{"a": 1}', 100) AS "row"
FROM made WHERE fate >= 0.98 ORDER BY number
"""


def make(root: Path, problems: int) -> None:
    """Publishes three versions into a data root, of which the last has so many problems."""
    import duckdb

    slots = problems * 3 // 2 + 600
    with duckdb.connect() as tables:
        tables.execute(f"SET preserve_insertion_order = true; {CHANCE}")
        tables.execute(ROUNDS_MADE.format(rounds=ROUNDS, runs=RUNS, slots=slots))
        for number, (half, shift, student) in enumerate(
            [(2, 0.0, "gpt-oss-120b"), (1, 0.0, "gpt-oss-120b"), (1, 0.4, "policy")]
        ):
            tables.execute("DROP TABLE IF EXISTS graded")
            tables.execute(GRADED.format(attempts=ATTEMPTS, problems=problems // half, shift=shift))
            draft = root / "runs" / f"run-{number}" / "draft"
            _write(tables, draft, student, with_attempts=number == 2)
            publish(
                root,
                draft,
                f"run-{10 * (number + 1) - 1:02}",
                {"seeds": {"count": slots}},
                [_held(place) for place in range(80)],
            )
    write_catalog(root)


def _write(tables: "drafts.Connection", draft: Path, student: str, with_attempts: bool) -> None:
    made = {
        "seeds": SEEDS,
        "problems": PROBLEMS.format(student=student),
        "attempts": ATTEMPTS_MADE if with_attempts else f"FROM ({ATTEMPTS_MADE}) LIMIT 0",
        "rejections": REJECTIONS,
        "quarantine": QUARANTINE,
    }
    for table, query in made.items():
        drafts.rewrite(tables, draft, table, query)
    write_tiers(draft, {})


def _held(number: int) -> dict[str, object]:
    named = {"suite": "problems", "table": "problems", "expectation": f"expectation_{number}", "level": "row"}
    return named | {"ok": True, "checked": 200_000, "unexpected": 0, "seen": ""}


def seconds(root: Path, question: str) -> tuple[float, float]:
    """What one answer takes, from opening the catalog to its last row: by the clock, and of the CPU over all threads."""
    clock, cpu = time.perf_counter(), time.process_time()
    with open_catalog(root) as tables:
        tables.execute(f"SET threads = {THREADS}")
        ask(tables, question)
    return time.perf_counter() - clock, time.process_time() - cpu


def measure(root: Path) -> None:
    """Prints every question's least, median and greatest time of three, and the CPU time of the least."""
    slow = []
    for name in questions():
        taken = sorted(seconds(root, name) for _ in range(3))
        slow += [name] if taken[1][0] >= 1 else []
        print(f"  {name:36}" + "".join(f"{clock:8.3f}" for clock, _ in taken) + f"{taken[0][1]:12.3f} CPU", flush=True)
    print(f"{len(questions())} questions; a second or more: {', '.join(slow) or 'none'}; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    problems = int(sys.argv[1]) if sys.argv[1:] else 200_000
    with tempfile.TemporaryDirectory() as made:
        root = Path(sys.argv[2] if sys.argv[2:] else made)
        if latest(root) is None:
            start = time.perf_counter()
            make(root, problems)
            print(f"made in {time.perf_counter() - start:.0f} s", flush=True)
        version = latest(root)
        assert version is not None
        size = (version.folder / "attempts.parquet").stat().st_size / 1e6
        print(f"{version.rows['problems']:,} problems, {version.rows['attempts']:,} attempts in {size:,.0f} MB", flush=True)
        measure(root)


if __name__ == "__main__":
    main()
