"""The command `python -m sql QUESTION`: answers a question about the published dataset."""

import argparse
import csv
import json
import signal
import sys
from typing import TextIO

from rich.console import Console
from rich.table import Table

from sql import Answer, ask, questions
from steppingstone.catalog import open_catalog
from steppingstone.errors import SteppingstoneError

WIDTH = 160
"""Columns of a table where no terminal says how many it has."""


def main(arguments: list[str] | None = None) -> int:
    """Prints an answer and returns 0; the list of questions without one; an error and 2 for what cannot be asked."""
    chosen = _parser().parse_args(arguments)
    if chosen.question is None:
        _list_questions(sys.stdout)
        return 0
    try:
        with open_catalog(chosen.data) as tables:
            answer = ask(tables, chosen.question, dict(pair.split("=", 1) for pair in chosen.parameters))
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        if chosen.question not in questions() and " " not in chosen.question:
            _list_questions(sys.stderr)
        return 2
    {"table": _as_table, "json": _as_json, "csv": _as_csv}[chosen.format](answer)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sql", description="Answers a question about the published dataset.")
    parser.add_argument("question", nargs="?", help="a question's name, or an SQL query in quotes; none lists the questions")
    parser.add_argument("parameters", nargs="*", type=_pair, metavar="NAME=VALUE", help="what a question leaves open")
    parser.add_argument("--data", default="data", metavar="DIR", help="the data root, or its s3:// address (default: data)")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")
    return parser


def _pair(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    return text


def _list_questions(out: TextIO) -> None:
    table = Table("question", "what it answers", box=None, header_style="bold")
    for question in questions().values():
        table.add_row(question.name, question.asks)
    Console(file=out).print(table)


def _as_table(answer: Answer) -> None:
    table = Table(*answer.columns, header_style="bold")
    for row in answer.rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(markup=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def _as_json(answer: Answer) -> None:
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    print(json.dumps(rows, indent=1, default=str, ensure_ascii=False))


def _as_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(answer.columns)
    writer.writerows(answer.rows)


if __name__ == "__main__":
    # `python -m sql … | head` ends quietly, like any other tool in a pipe.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
