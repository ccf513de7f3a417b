"""How fast the gates are and what they hold in memory: `python -m tests.benchmarks.gates [ATTEMPTS …]`.

For each number of attempts, in a fresh folder: plausible attempts, 32 a problem, with their problems, seeds and rejections;
then each table through its suite as a run's draft and as a whole dataset, in a process of its own each. Memory is the most that
was resident, in MB; `before` is what Great Expectations and DuckDB take for an empty table.
"""

import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from expectations import Rules, Scope, check
from steppingstone import drafts
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.tables import TIERS

M, ROUNDS, ENVIRONMENTS = 32, 6, ("abduction", "deduction", "fuzzing", "induction")

RATES = "CREATE TABLE rates (solved BIGINT, low DOUBLE, high DOUBLE, tier VARCHAR, straddles BOOLEAN)"

PROBLEMS = f"""
CREATE TEMP TABLE made AS
WITH numbered AS (
    SELECT n, n // {ROUNDS} AS chain, 1 + n % {ROUNDS} AS round, hash(n) % {M + 1} AS solved,
        'def f(x):' || chr(10) || repeat('    x = [*x, len(x) * ' || n || ']' || chr(10), 12) || '    return x' AS code
    FROM range($problems) AS told (n)
)
SELECT
    format('problem-{{:08}}', n) AS problem_id, format('content-{{:08}}', n) AS content_hash, 'run' AS run_id,
    format('chain-{{:08}}', chain) AS chain_id, chain AS chain_number, format('seed-{{:08}}', chain // 4) AS seed_id,
    {list(ENVIRONMENTS)}[1 + chain % 4] AS environment, round,
    CASE WHEN round > 1 THEN format('problem-{{:08}}', n - 1) END AS parent_id,
    CASE WHEN round > 1 THEN (hash(n - 1) % {M + 1}) / {M} END AS parent_pass_rate,
    CASE WHEN round = 1 THEN 'first' WHEN parent_pass_rate > 0.65 THEN 'harder' WHEN parent_pass_rate = 0 THEN 'easier'
        ELSE 'vary' END AS steer,
    'What is asked of f?' || chr(10) || CASE environment WHEN 'induction' THEN '' ELSE code END AS statement, code,
    CASE environment WHEN 'induction' THEN list_transform(range(10), lambda i: i::VARCHAR) WHEN 'fuzzing' THEN ['1', '2']
        ELSE ['3'] END AS inputs,
    CASE environment WHEN 'fuzzing' THEN []::VARCHAR[]
        ELSE list_transform(inputs, lambda i: '[' || repeat(i || ', ', 40) || '0]') END AS outputs,
    CASE environment WHEN 'induction' THEN 'it makes a list' ELSE '' END AS hint, '' AS tests, '' AS behaviour,
    solved AS pass_count, {M} AS graded_count, {M} AS attempt_count, solved / {M} AS pass_rate,
    low AS pass_rate_low, high AS pass_rate_high, tier, straddles,
    'so many solved it' AS summary, 'prompts' AS prompts_hash, 'teacher' AS teacher_model, 'student' AS student_model,
    1.0 AS student_temperature, 1.0 AS student_top_p, 4096 AS student_max_tokens, 'low' AS student_reasoning_effort,
    900 AS teacher_prompt_tokens, 100 AS teacher_cached_tokens, 500 AS teacher_completion_tokens,
    200 AS teacher_reasoning_tokens, 0.01 AS teacher_dollars, 9000 AS student_prompt_tokens, 100 AS student_cached_tokens,
    30000 AS student_completion_tokens, 10000 AS student_reasoning_tokens, 0.05 AS student_dollars
FROM numbered JOIN rates USING (solved) ORDER BY n
"""

MADE = {
    "problems": "FROM made",
    "seeds": """
        SELECT DISTINCT seed_id, 'corpus' AS kind, 'a/b.py:' || seed_id AS origin, 'mit' AS license, 30 AS lines,
            repeat('y = ' || seed_id || chr(10), 30) AS text FROM made ORDER BY seed_id""",
    "attempts": f"""
        SELECT problem_id, chain_id, round, attempt, environment,
            repeat('I think that it is ' || attempt || '. ', 30) AS completion, '' AS reasoning, attempt::VARCHAR AS answer,
            CASE WHEN attempt < pass_count THEN 'solved' ELSE 'wrong' END AS verdict, '' AS detail,
            (attempt < pass_count)::BIGINT AS reward, 'stop' AS finish_reason, 300 AS prompt_tokens, 10 AS cached_tokens,
            900 AS completion_tokens, 300 AS reasoning_tokens
        FROM made CROSS JOIN range({M}) AS told (attempt)""",
    "rejections": """
        SELECT 'rejection-' || problem_id AS rejection_id, run_id, chain_id, seed_id, environment, round, 'vary' AS steer,
            'generate' AS stage, 'timeout' AS reason, 'too slow' AS detail, NULL::VARCHAR AS problem_id,
            NULL::VARCHAR AS partner_id, NULL::BIGINT AS partner_version, '' AS tier, code AS reply, 900 AS prompt_tokens,
            100 AS cached_tokens, 500 AS completion_tokens, 200 AS reasoning_tokens, 0.01 AS dollars
        FROM made WHERE round % 2 = 0""",
} | {tier: f"FROM made WHERE tier = '{tier}'" for tier in TIERS}


def make(folder: Path, attempts: int) -> None:
    """Writes all tables of a dataset with so many attempts."""
    with drafts.connect(folder) as tables:
        tables.execute(RATES)
        for solved in range(M + 1):
            rate = PassRate(solved, M)
            told = [solved, *(rate.interval() or ()), Thresholds().tier(rate), Thresholds().straddled(rate)]
            tables.execute("INSERT INTO rates VALUES (?, ?, ?, ?, ?)", told)
        tables.execute(PROBLEMS.replace("$problems", str(attempts // M)))
        for table, query in MADE.items():
            drafts.rewrite(tables, folder, table, query)


def measure(folder: Path, table: str, scope: Scope) -> None:
    """Prints how fast one table goes through its suite, as a run's draft or as a whole dataset."""
    rows, rules = drafts.count_rows(folder, table), Rules(M, M)
    check(folder / "none", table, rules, scope)
    before, start = _peak_mb(), time.perf_counter()
    result = check(folder, table, rules, scope)
    seconds = time.perf_counter() - start
    failed = [outcome.name for outcome in result.outcomes if not outcome.ok]
    print(
        f"  {table:12}{scope:8}{rows:12,} rows{rows / seconds:12,.0f} a second {seconds:8.1f} s{before:8.0f} MB before"
        f"{_peak_mb():8.0f} MB at most  {', '.join(failed) or 'all hold'}",
        flush=True,
    )


def _peak_mb() -> float:
    # What getrusage says is never less than what the parent took.
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]), sys.argv[3], "dataset" if sys.argv[4] == "dataset" else "run")
        return
    for attempts in [int(count) for count in sys.argv[1:]] or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as name:
            make(Path(name), attempts)
            print(f"{attempts:,} attempts", flush=True)
            for table, scope in product(MADE, ("run", "dataset")):
                subprocess.run([sys.executable, "-m", "tests.benchmarks.gates", "measure", name, table, scope], check=True)


if __name__ == "__main__":
    main()
