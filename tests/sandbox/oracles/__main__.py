"""Rule every row of every source, or of those named: `python -m tests.sandbox.oracles [--one-in N] [source …]`."""

import argparse
import sys
import time

from steppingstone.sandbox import Sandbox
from tests.sandbox.oracles import counts, data
from tests.sandbox.oracles.misses import reason

ROW = "{:18} {:>6} {:>6} {:>7} {:>9}   {}"


def main() -> int:
    """Print the table and each miss; 1 if one has no explanation."""
    parser = argparse.ArgumentParser(prog="tests.sandbox.oracles", description=__doc__)
    parser.add_argument(
        "sources", nargs="*", help="cruxeval, humaneval, mbpp, taco, apps, leetcode_dataset, classeval, rollouts"
    )
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="rule about one row in N")
    asked = parser.parse_args()
    if data.folder() is None:
        print(f"no data beside the repository; set {data.VARIABLE}", file=sys.stderr)
        return 2
    checks = counts.checks()
    if unknown := sorted(set(asked.sources) - set(checks)):
        parser.error(f"no source {', '.join(unknown)}; there are {', '.join(checks)}")
    done = []
    print(ROW.format("source", "rows", "right", "missed", "seconds", "slowest row"))
    with Sandbox() as sandbox:
        for source in asked.sources or checks:
            began = time.monotonic()
            done.append(counted := counts.count(source, counts.sample(checks[source], asked.one_in), sandbox))
            spent = f"{time.monotonic() - began:.1f}"
            slowest = "{1} {0:.1f} s".format(*counted.slowest)
            print(ROW.format(source, counted.rows, counted.right, len(counted.misses), spent, slowest), flush=True)
    for counted in done:
        for name, detail in counted.misses.items():
            print(f"{name}: {detail}\n    {reason(name) or 'NOT EXPLAINED'}")
    return int(any(counted.unexplained for counted in done))


if __name__ == "__main__":
    sys.exit(main())
