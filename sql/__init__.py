"""Questions to a dataset: one SQL file each, which opens with the question that it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steppingstone import drafts
from steppingstone.errors import BadInput

FOLDER = Path(__file__).parent
VERSIONS = {"from", "to", "version"}
"""Parameters that are numbers of versions."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the question that it answers. Its parameters are the variables that it reads."""

    name: str
    asks: str
    sql: str

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset(re.findall(r"getvariable\('(\w+)'\)", self.sql))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the columns' names and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def questions() -> dict[str, Question]:
    """All questions by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.sql"))}


def ask(tables: "drafts.Connection", question: str, parameters: Mapping[str, str] | None = None) -> Answer:
    """Answers a question by name, or an SQL query. Raises `BadInput` for an unknown name or parameter, or wrong SQL."""
    import duckdb

    asked = questions().get(question) or _own(question)
    given = dict(parameters or {})
    if unknown := sorted(set(given) - asked.parameters):
        known = ", ".join(sorted(asked.parameters)) or "none"
        raise BadInput(f"{asked.name} takes no parameter {', '.join(unknown)}; it takes {known}")
    for name in sorted(VERSIONS & set(given)):
        held = [str(version) for (version,) in tables.execute("SELECT version FROM versions ORDER BY 1").fetchall()]
        if given[name] not in held:
            raise BadInput(f"{asked.name}: {name}={given[name]} is no version that is kept; there are {', '.join(held)}")
    for name in sorted(asked.parameters):
        tables.execute(f'SET VARIABLE "{name}" = {drafts.quoted(given[name]) if name in given else "NULL"}')
    try:
        answer = tables.execute(asked.sql)
        return Answer(tuple(column[0] for column in answer.description or ()), tuple(answer.fetchall()))
    except duckdb.Error as error:
        raise BadInput(f"{asked.name}: {error}") from error


def _own(query: str) -> Question:
    if " " not in query.strip():
        raise BadInput(f"no question is called {query!r}")
    return Question("the query", "", query)


def _read(path: Path) -> Question:
    text = path.read_text("utf-8")
    return Question(path.stem, text.partition("\n")[0].removeprefix("--").strip(), text)
