"""The dashboard and the alerts: what they ask for is what is counted."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from steppingstone import counts

INFRA = Path(__file__).parent.parent.parent / "infra"
DASHBOARD, ALERTS, SCRAPES = INFRA / "grafana" / "steppingstone.json", INFRA / "alerts.yml", INFRA / "prometheus.yml"
SETTINGS_OF_GRAFANA = (DASHBOARD, ALERTS)
OF_PROMETHEUS = {"run", "instance", "le"}


def expressions(file: Path) -> list[str]:
    """All PromQL in a file."""
    if file == DASHBOARD:
        told = json.loads(file.read_text())
        return [target["expr"] for panel in told["panels"] for target in panel["targets"]]
    return re.findall(r"expr: (?:\|\n)?(.*?)\n        ?(?:for|labels):", file.read_text(), re.DOTALL)


def named(file: Path) -> set[str]:
    """The metrics that a file asks for."""
    return set(re.findall(r"\b(?:steppingstone|process)_\w+", " ".join(expressions(file)))) - {"process"}


@pytest.mark.parametrize("file", SETTINGS_OF_GRAFANA, ids=lambda file: file.name)
def test_each_metric_and_label_that_is_asked_for_is_counted(file: Path) -> None:
    parts = ("_bucket", "_sum", "_count")
    known = {count.name + part: set(count.labels) for count in counts.ALL for part in ("", *parts)}
    asked = expressions(file)
    assert len(asked) > 3
    for expression in asked:
        metrics = re.findall(r"\bsteppingstone_\w+", expression)
        assert set(metrics) <= set(known), expression
        labels = OF_PROMETHEUS.union(*(known[metric] for metric in metrics))
        matched = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", expression)
        grouped = [label for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(", ")]
        assert {*matched, *grouped} <= labels, expression


@pytest.mark.parametrize("file", SETTINGS_OF_GRAFANA, ids=lambda file: file.name)
def test_each_expression_is_promql(file: Path) -> None:
    promql = pytest.importorskip("promql_parser", reason="promql-parser is not in the environment")
    for expression in expressions(file):
        # Grafana puts a duration in place of its variable.
        promql.parse(expression.replace("$__rate_interval", "5m"))


def test_all_that_is_counted_is_on_the_dashboard() -> None:
    shown = named(DASHBOARD)
    assert [count.name for count in counts.ALL if not any(name.startswith(count.name) for name in shown)] == []


def test_panels_have_ids_of_their_own_and_take_their_data_source_from_the_variable() -> None:
    told = json.loads(DASHBOARD.read_text())
    assert len({panel["id"] for panel in told["panels"]}) == len(told["panels"])
    assert {panel["datasource"]["uid"] for panel in told["panels"]} == {"${datasource}"}
    assert [variable["name"] for variable in told["templating"]["list"]] == ["datasource", "run", "instance"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with Debian's package prometheus")
def test_promtool_finds_no_fault_in_scrapes_and_alerts() -> None:
    done = subprocess.run(["promtool", "check", "config", str(SCRAPES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
