"""`python -m tests.chaos KILLS`: the flow under so many kills, its tables compared with those of an undisturbed run."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.harness import KINDS, Outcome, run
from tests.published import differing

OPTIONS = ["--generation.rounds", "4", "--generation.attempts", "16"]
SECONDS_BETWEEN = (4.0, 12.0)


def main() -> int:
    """Prints the counts; 1 if a table differs or more was asked for again than was in flight."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("kills", type=int)
    parser.add_argument("--seeds", type=int, default=60, help="seeds of the run; more make it longer")
    parser.add_argument("--random-seed", type=int, default=0, help="which kills, and when")
    chosen = parser.parse_args()
    options = [*OPTIONS, "--seeds.count", str(chosen.seeds)]
    total, wrong = Outcome(), False
    with tempfile.TemporaryDirectory() as folder:
        calm = Path(folder, "calm")
        run(calm, options, (), SECONDS_BETWEEN)
        while total.kills.total() < chosen.kills:
            wild = Path(folder, f"wild-{total.runs}")
            draw = random.Random(chosen.random_seed + total.runs)
            kills = draw.choices(KINDS, k=chosen.kills - total.kills.total())
            outcome = run(wild, options, kills, SECONDS_BETWEEN, chosen.random_seed + total.runs)
            total += outcome
            differ = differing(calm, wild)
            print(f"run {total.runs}: {outcome}; tables that differ: {', '.join(differ) or 'none'}", flush=True)
            wrong = wrong or bool(differ) or outcome.again > outcome.at_risk
    print(f"in all: {total}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
