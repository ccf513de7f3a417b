"""pass@k of a benchmark, and how sure it is."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from steppingstone.difficulty import wilson
from steppingstone.drafts import Row

ALL = "all"


def pass_at_k(samples: int, solved: int, k: int) -> float:
    """The chance that of k of the samples, drawn without putting back, one is solved at least (Chen et al., 2021).

    1 - C(n - c, k) / C(n, k): over the draw of the samples its mean is the chance that one of k new ones would be. Needs
    samples ≥ k.
    """
    return 1 - math.comb(samples - solved, k) / math.comb(samples, k)


def metrics(evaluated: Iterable[Mapping[str, Any]], ks: Sequence[int]) -> Iterator[Row]:
    """The metrics of one benchmark's rows, whole and by segment, without the columns that tell whose they are.

    The interval is Wilson's of a share of so many problems. A mean of values from 0 to 1 varies no more than a share of
    ones does, so the interval holds for it, and is wide rather than narrow.
    """
    rows = list(evaluated)
    for segment in (ALL, *sorted({name for row in rows for name in row["segments"]})):
        counted = [row for row in rows if segment == ALL or segment in row["segments"]]
        for k in sorted(set(ks)):
            yield {"segment": segment, "k": k, **_metric(counted, k)}


def _metric(rows: Sequence[Mapping[str, Any]], k: int) -> dict[str, object]:
    enough = [row for row in rows if row["graded"] >= k]
    value = math.fsum(pass_at_k(row["graded"], row["solved"], k) for row in enough) / len(enough) if enough else None
    low, high = wilson(value, len(enough)) if value is not None else (None, None)
    return {
        "value": value,
        "low": low,
        "high": high,
        "problems": len(enough),
        "left_out": len(rows) - len(enough),
        "samples": sum(row["graded"] for row in enough),
    }
