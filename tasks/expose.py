"""Exposes what this process has counted to Prometheus, at /metrics of its Dask worker or scheduler."""

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import distributed
from prefect.context import FlowRunContext
from prefect_dask import DaskTaskRunner
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from steppingstone import counts
from steppingstone.counts import Count, Durations, Level

TARGETS = "metrics.json"

_exposed: list[Collector] = []


def expose() -> None:
    """Adds this process's counts to what its Dask worker or scheduler serves. Does nothing if they are there already."""
    if not _exposed:
        _exposed.append(Counts(counts.ALL))
        REGISTRY.register(_exposed[0])


class Counts(Collector):
    """Counts as Prometheus's library asks for them: read anew for each scrape, while others go on counting."""

    def __init__(self, counted: Iterable[Count | Durations]) -> None:
        self._counted = list(counted)

    def collect(self) -> Iterator[Metric]:
        """A family for each count."""
        for count in self._counted:
            yield _durations(count) if isinstance(count, Durations) else _numbers(count)

    def describe(self) -> list[Metric]:
        """Nothing: else the registry would collect at once."""
        return []


def _numbers(count: Count) -> Metric:
    kind = GaugeMetricFamily if isinstance(count, Level) else CounterMetricFamily
    family = kind(count.name, count.help, labels=["run", *count.labels])
    for labels, value in dict(count.values).items():
        family.add_metric(labels, value)
    return family


def _durations(count: Durations) -> Metric:
    family = HistogramMetricFamily(count.name, count.help, labels=["run", *count.labels])
    for labels, row in dict(count.values).items():
        *numbers, seconds = row
        bounds = [*map(str, count.bounds), "+Inf"]
        family.add_metric(labels, list(zip(bounds, accumulate(numbers), strict=True)), seconds)
    return family


def published() -> None:
    """Has this process, and each worker of the flow's cluster, say that a version was published now."""
    now, context = time.time(), FlowRunContext.get()
    counts.PUBLISHED.set(now)
    if context is not None and isinstance(context.task_runner, DaskTaskRunner):
        context.task_runner.client.run(_note, now, on_error="ignore")


def _note(now: float) -> None:
    expose()
    counts.PUBLISHED.set(now)


def write_targets(client: distributed.Client, data_root: str) -> None:
    """Keeps a file under a local data root that says where the figures are, as Prometheus reads it (`file_sd_configs`).

    A local cluster's scheduler is in the flow's process, and so serves the flow's figures.
    """
    if "://" in data_root:
        return
    told = client.scheduler_info()
    groups = {"scheduler": {told["address"]: told}, "worker": told["workers"]}
    targets = [{"labels": {"part": part}, "targets": sorted(_targets(group))} for part, group in groups.items()]
    # A full disk stops a run where something is lost by it, and not here.
    with contextlib.suppress(OSError):
        _renew(Path(data_root) / "logs" / TARGETS, json.dumps(targets, indent=1))


def _renew(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        aside = path.with_name(f".{path.name}")
        aside.write_text(text)
        os.replace(aside, path)


def _targets(processes: Mapping[str, Any]) -> Iterator[str]:
    for address, told in processes.items():
        if port := told["services"].get("dashboard"):
            yield f"{urlsplit(address).hostname}:{port}"
