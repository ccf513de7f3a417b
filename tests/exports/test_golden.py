"""What each trainer is given, to the byte; `python -m tests.exports.test_golden` writes it anew."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppingstone.errors import BadInput
from steppingstone.exports.__main__ import TRAINERS, export, main
from steppingstone.exports.rows import write_parquet
from steppingstone.tables import CURRICULUM
from tests.exports.problems import TWO

GOLDEN = Path(__file__).parent / "golden"


def problems_file(folder: Path) -> Path:
    """A Parquet file of the two problems, as a curriculum has them."""
    held = [field for field in CURRICULUM if hasattr(TWO[0], field.name)]
    rows = [{field.name: getattr(problem, field.name) for field in held} for problem in TWO]
    return write_parquet(folder / "mine.parquet", pa.schema(held), rows)


def written(trainer: str, folder: Path) -> str:
    """All files of a trainer's export, one after another; of Parquet the schema, and each row as JSON; of copies the name."""
    export(trainer, problems_file(folder), None, folder / "out")
    files = sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    return "".join(f"==== {path.relative_to(folder / 'out')}\n{_text(path)}" for path in files)


def _text(path: Path) -> str:
    if path.suffix == ".py":
        return ""
    if path.suffix != ".parquet":
        return path.read_text("utf-8")
    table = pq.read_table(path)
    rows = [json.dumps(row, indent=1) for row in table.to_pylist()]
    return "\n".join([table.schema.to_string(show_schema_metadata=False), *rows]) + "\n"


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_trainer_is_given_what_it_was(trainer: str, tmp_path: Path) -> None:
    assert written(trainer, tmp_path) == (GOLDEN / f"{trainer}.txt").read_text("utf-8")


def test_a_command_writes_the_files_and_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["verl", str(problems_file(tmp_path)), "--out", str(tmp_path / "out" / "verl"), "--split", "val"]
    assert main(command) == 0
    path = tmp_path / "out" / "verl" / "val.parquet"
    assert capsys.readouterr().out == f"{path}\n"
    assert [row["extra_info"]["split"] for row in pq.read_table(path).to_pylist()] == ["val", "val"]
    assert main(command) == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_package_that_python_could_not_import_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="called steppingstone-My Tasks after it"):
        export("verifiers", problems_file(tmp_path), None, tmp_path / "My Tasks")


def test_nothing_to_export_is_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "none.parquet", CURRICULUM, [])
    with pytest.raises(BadInput, match=r"none\.parquet has no problem"):
        export("trl", tmp_path / "none.parquet", None, tmp_path / "out")


if __name__ == "__main__":
    for name in sys.argv[1:] or TRAINERS:
        with TemporaryDirectory() as scratch:
            (GOLDEN / f"{name}.txt").write_text(written(name, Path(scratch)), "utf-8")
