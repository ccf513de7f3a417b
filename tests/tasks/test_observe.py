"""Where the lines that a process logs go."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from steppingstone.logs import about
from tasks import observe

LOG = logging.getLogger("steppingstone.test")


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    observe.stop()


def lines(root: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(root.glob("logs/*.jsonl")) for line in file.read_text().splitlines()]


def test_a_line_is_an_object_with_what_it_is_about_and_the_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "0123456789")
    observe.observe(str(tmp_path), "worker")
    with about(run="r", batch="00000"), about(chain="c", round=2):
        try:
            raise ValueError("two\nlines, a lone \udc80 and the key 0123456789")
        except ValueError:
            LOG.exception("it failed with %s", "0123456789")
    (line,) = lines(tmp_path)
    assert (line["run"], line["batch"], line["chain"], line["round"]) == ("r", "00000", "c", 2)
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "steppingstone.test", "it failed with ***")
    assert str(line["exception"]).endswith("two\nlines, a lone \udc80 and the key ***")


def test_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "FILE_BYTES", 2_000)
    observe.observe(str(tmp_path), "worker")
    for number in range(200):
        LOG.info("line %d", number)
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 1 + observe.OLD_FILES
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert lines(tmp_path)[-1]["message"] == "line 199"


def test_the_files_of_processes_long_gone_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "KEPT_FILES", 2)
    (tmp_path / "logs").mkdir()
    for number in range(4):
        path = tmp_path / "logs" / f"worker-host-{number}.jsonl"
        path.write_text("")
        os.utime(path, (number, number))
    (tmp_path / "logs" / "prefect.log").write_text("")
    observe.observe(str(tmp_path), "worker")
    left = {path.name for path in (tmp_path / "logs").iterdir()}
    assert {"worker-host-2.jsonl", "worker-host-3.jsonl", "prefect.log"} < left
    assert len(left) == 4


def test_in_a_container_lines_go_to_stderr_and_nothing_else_does(tmp_path: Path) -> None:
    program = f"""
import logging
import prefect
from tasks.observe import observe
observe({str(tmp_path)!r}, "worker")
logging.getLogger("steppingstone.chains").info("a round")
logging.getLogger("prefect").warning("of Prefect's")
"""
    env = os.environ | {"STEPPINGSTONE_LOGS": "stderr"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["a round", "of Prefect's"]
    assert not list(tmp_path.iterdir())
