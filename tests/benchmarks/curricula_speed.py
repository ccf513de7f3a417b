"""How fast one curriculum of each kind is written, and in how much memory: python -m tests.benchmarks.curricula_speed 200000"""

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from steppingstone import curricula, drafts
from steppingstone.settings import CURRICULA
from steppingstone.tables import TIERS
from tests.drafts import Row, problems

ROUNDS, PASS_RATES = 6, {"easy": 0.8, "medium": 0.5, "hard": 0.1}
WORDS_OF_CODE = 15


def main(count: int) -> None:
    """Makes `count` problems of some 6 KB in chains of six, and writes their curricula."""
    with tempfile.TemporaryDirectory() as folder:
        for tier in TIERS:
            drafts.write_rows(folder, tier, _rows(count, tier))
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        since = time.monotonic()
        arranged = curricula.write_curricula(folder, CURRICULA, 0)
        seconds, rows = time.monotonic() - since, sum(each.rows for each in arranged)
        size = sum(Path(file).stat().st_size for file in curricula.files(folder).values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{count:,} problems: {rows:,} rows in {len(arranged)} curricula, {seconds:.1f} s, {rows / seconds:,.0f} a second, "
        f"{size / 1e6:,.0f} MB written, {peak / 1e3:,.0f} MB of memory at most ({made / 1e3:,.0f} MB before)"
    )


def _rows(count: int, tier: str) -> Iterator[Row]:
    base = problems()[0]
    for number in range(count):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        if TIERS[int(name[:8], 16) % 3] == tier:
            code = "".join(hashlib.sha256(f"{number}/{word}".encode()).hexdigest() for word in range(WORDS_OF_CODE))
            yield base | {
                "problem_id": name[:16],
                "chain_id": f"chain-{number // ROUNDS}",
                "round": number % ROUNDS + 1,
                "tier": tier,
                "pass_rate": PASS_RATES[tier],
                "code": code,
                "statement": code * 2,
                "summary": code * 3,
            }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
