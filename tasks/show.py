"""Puts tables, pictures and links where people look: artifacts of the run, in Prefect's UI."""

import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, ArtifactFilterKey
from prefect.context import FlowRunContext, TaskRunContext
from prefect.runtime import flow_run

from sql import Answer, ask
from steppingstone import drafts
from steppingstone.difficulty import Thresholds
from steppingstone.report import REPORT
from steppingstone.report.facts import BY_ROUND, TIERS
from steppingstone.report.pictures import rates_picture, tiers_picture

REPORTS_URL = "STEPPINGSTONE_REPORTS_URL"
"""The environment variable with the address at which the folder of versions is served."""

Rows = Sequence[Mapping[str, object]]


def show_table(key: str, rows: Rows, asks: str) -> None:
    """A table under the question that it answers; one without rows is not shown."""
    if rows:
        _show(create_table_artifact, [dict(row) for row in rows], key=key, description=asks)


def show_text(key: str, markdown: str, title: str) -> None:
    """A text in Markdown."""
    _show(create_markdown_artifact, markdown, key=key, description=title)


def pictures(tables: "drafts.Connection", thresholds: Thresholds, run: str | None = None) -> str:
    """Tiers and pass rates of a run's problems, or of all: pictures, in Markdown. They stand in their own addresses, for
    versions need not be served anywhere; as artifacts of the kind image these would be written out under them.
    """
    asked = {"run": run} if run else {}
    tiers, rates = (records(ask(tables, query, asked)) for query in (TIERS, BY_ROUND))
    drawn = [tiers_picture(tiers)] if tiers else []
    drawn += [rates_picture(rates, thresholds)] if rates else []
    return "\n\n".join(map(as_image, drawn))


def as_image(svg: str) -> str:
    """In Markdown, a picture that stands in its own address."""
    return f"![](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def report_of(version: Path) -> str:
    """In Markdown, a link to a version's report if the versions are served anywhere, and where it stands if not."""
    if url := os.environ.get(REPORTS_URL):
        return f"[Report of {version.name}]({url.rstrip('/')}/{version.name}/{REPORT})"
    return f"Report of {version.name}: `{version / REPORT}` (a link, where `${REPORTS_URL}` says who serves `versions/`)"


def show_gates(rows: Rows) -> None:
    """Adds what gates came to, to the one table of this run's gates. What is told again takes the place of what was told."""
    if not _in_a_run():
        return
    with get_client(sync_client=True) as client:
        try:
            found = client.read_artifacts(
                artifact_filter=ArtifactFilter(
                    flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run.id]), key=ArtifactFilterKey(any_=["gates"])
                )
            )
            before = json.loads(str(found[0].data)) if found else []
            told = {(row["of"], row["suite"], row["table"], row["expectation"]): row for row in (*before, *rows)}
            ordered = sorted(told.values(), key=lambda row: row["held"])
            if found:
                client.update_artifact(found[0].id, ArtifactUpdate(data=json.dumps(ordered)))
        except httpx.HTTPError as error:
            _complain(error)
            return
    if not found:
        show_table("gates", ordered, "Which expectations did the tables hold, suite by suite? Those that failed come first")


def records(answer: Answer) -> list[dict[str, Any]]:
    """The rows of an answer by the names of its columns."""
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _show(create: Callable[..., object], *given: object, **named: object) -> None:
    """Creates an artifact. Outside of a run there is nobody to look at it."""
    if _in_a_run():
        try:
            create(*given, **named)
        except httpx.HTTPError as error:
            _complain(error)


def _in_a_run() -> bool:
    return bool(FlowRunContext.get() or TaskRunContext.get())


def _complain(error: httpx.HTTPError) -> None:
    # A night's work does not end because its display can't be written.
    get_run_logger().warning("Prefect's server does not take an artifact: %r", error)
