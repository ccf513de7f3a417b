"""`python -m steppingstone.exports TRAINER SOURCE [TABLE] --out FOLDER`: writes problems as a trainer reads them."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from steppingstone.errors import BadInput, SteppingstoneError
from steppingstone.published import load_problems

TRAINERS = ("verl", "trl", "verifiers", "skyrl", "openrlhf", "slime", "nemo_gym")


def main(arguments: list[str] | None = None) -> int:
    """Writes the files, prints their paths and returns 0; prints an error and returns 2 for what cannot be exported."""
    chosen = _parser().parse_args(arguments)
    try:
        written = export(chosen.trainer, chosen.source, chosen.table, chosen.out, chosen.split)
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return 2
    print(*written, sep="\n")
    return 0


def export(trainer: str, source: str, table: str | None, out: Path, split: str = "train") -> list[Path]:
    """The files written. Raises `BadInput` if there are no problems, or if the folder holds something already."""
    if out.exists() and any(out.iterdir()):
        raise BadInput(f"{out} is not empty; name a new folder by --out, so that no file of another export is trained on")
    problems = load_problems(source, table)
    if not problems:
        raise BadInput(f"{source} has no problem in {table or 'problems'}; nothing to export")
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = import_module(f"steppingstone.exports.{trainer}").write(problems, out, split)
    return written


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m steppingstone.exports", description=__doc__)
    parser.add_argument("trainer", choices=TRAINERS)
    parser.add_argument("source", help="a data root, a version's folder or a Parquet file of problems")
    parser.add_argument("table", nargs="?", help="of a version: easy, medium, hard, problems (the default) or curriculum_NAME")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
    parser.add_argument("--split", default="train", help="what the rows and the files are called (default: train)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
