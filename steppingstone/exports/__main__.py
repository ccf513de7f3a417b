"""`python -m steppingstone.exports TRAINER SOURCE [TABLE] --out FOLDER`: writes problems as a trainer reads them.

`filter` in a trainer's place, with `--pass-rate LOW HIGH`, writes those of a band of pass rates and a control, for exports.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from steppingstone.errors import BadInput, SteppingstoneError
from steppingstone.exports import band
from steppingstone.published import PublishedProblem, load_problems

TRAINERS = ("verl", "trl", "verifiers", "skyrl", "openrlhf", "slime", "nemo_gym")
FILTER = "filter"


def main(arguments: list[str] | None = None) -> int:
    """Writes the files, says which and returns 0; prints an error and returns 2 for what cannot be exported."""
    chosen = _parser().parse_args(arguments)
    try:
        told = _filter(chosen) if chosen.trainer == FILTER else _export(chosen)
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return 2
    print(told)
    return 0


def export(trainer: str, source: str, table: str | None, out: Path, split: str = "train") -> list[Path]:
    """The files written. Raises `BadInput` if there are no problems, or if the folder holds something already."""
    problems = _problems(source, table, out)
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = import_module(f"steppingstone.exports.{trainer}").write(problems, out, split)
    return written


def _export(chosen: argparse.Namespace) -> str:
    return "\n".join(map(str, export(chosen.trainer, chosen.source, chosen.table, chosen.out, chosen.split)))


def _filter(chosen: argparse.Namespace) -> str:
    problems = _problems(chosen.source, chosen.table, chosen.out)
    low, high = chosen.pass_rate
    return str(band.write(problems, low, high, chosen.out, chosen.seed))


def _problems(source: str, table: str | None, out: Path) -> list[PublishedProblem]:
    if out.exists() and any(out.iterdir()):
        raise BadInput(f"{out} is not empty; name a new folder by --out, so that no file of another export is trained on")
    problems = load_problems(source, table)
    if not problems:
        raise BadInput(f"{source} has no problem in {table or 'problems'}; nothing to export")
    return problems


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m steppingstone.exports", description=__doc__)
    named = parser.add_subparsers(dest="trainer", required=True)
    for trainer in TRAINERS:
        told = _reads(named.add_parser(trainer))
        told.add_argument("--split", default="train", help="what the rows and the files are called (default: train)")
    told = _reads(named.add_parser(FILTER))
    told.add_argument("--pass-rate", nargs=2, type=float, required=True, metavar=("LOW", "HIGH"), help="both included")
    told.add_argument("--seed", type=int, default=0, help="of the control's draw and of the order (default: 0)")
    return parser


def _reads(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("source", help="a data root, a version's folder or a Parquet file of problems")
    parser.add_argument("table", nargs="?", help="of a version: easy, medium, hard, problems (the default) or curriculum_NAME")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
