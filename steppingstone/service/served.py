"""What a service grades: the problems of one version, or of one file, by their names."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steppingstone import versions
from steppingstone.contents import MANIFEST
from steppingstone.errors import BadInput
from steppingstone.published import PublishedProblem, load_problems
from steppingstone.storage import is_address


@dataclass(frozen=True, slots=True)
class Served:
    """Problems by `problem_id`. `version` is the number of the version that they are of; None for a file of its own."""

    source: str
    version: int | None
    problems: Mapping[str, PublishedProblem]


def read(source: str | os.PathLike[str], table: str | None = None) -> Served:
    """As `load_problems` has them; what is published later is not served. Raises `BadInput` if there are none."""
    path = Path("" if is_address(source) else source)
    if is_address(source) or (path.is_dir() and not (path / MANIFEST).exists()):
        path = versions.published(source).folder
    problems = {problem.problem_id: problem for problem in load_problems(path, table)}
    if not problems:
        raise BadInput(f"{source} has no problem in {table or 'problems'}; nothing to grade")
    manifest = path / MANIFEST
    version = json.loads(manifest.read_text("utf-8"))["version"] if path.is_dir() else None
    return Served(str(path), version, problems)
