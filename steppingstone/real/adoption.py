"""Real problems into a draft: each row's reference is proven in the sandbox; what comes of it is a problem or a rejection."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from steppingstone import drafts, versions
from steppingstone.environments import Real
from steppingstone.real.proving import Proof, proofs
from steppingstone.real.reading import read_problems
from steppingstone.real.rows import RealRows
from steppingstone.records import Problem
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.settings import Settings
from steppingstone.templates import Templates

OURS = {"seeds": "kind = 'real'", "problems": "environment = 'real'", "rejections": "environment = 'real'"}
FIRST = "SELECT coalesce(max(chain_number), -1) + 1 FROM problems WHERE environment <> 'real'"
KNOWN = """
    SELECT problem_id FROM problems WHERE environment = 'real'
    UNION SELECT problem_id FROM rejections WHERE environment = 'real' AND problem_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many rows became problems, how many were turned away, and how many were passed over.

    Passed over is what stands in the latest version, as a problem or as what was one, and what stands in the files twice.
    """

    problems: int = 0
    rejected: int = 0
    passed_over: int = 0

    def __add__(self, proof: Proof) -> "Adopted":
        if proof.found is None:
            return replace(self, passed_over=self.passed_over + 1)
        if isinstance(proof.found, Problem):
            return replace(self, problems=self.problems + 1)
        return replace(self, rejected=self.rejected + 1)


def adopt(draft: drafts.Folder, run_id: str, settings: Settings, hear: Callable[[Adopted], None]) -> Adopted:
    """Adds the real problems of the settings to a draft, and tells `hear` after each row how far it is.

    Done again it replaces what it added. Raises `BadInput` for files that can't be used, and `SandboxUnavailable`.
    """
    part, adopted = Path(draft).parent / "adopted", Adopted()
    with drafts.connect(draft) as tables:
        rows = RealRows(run_id, _number(tables), Templates(settings.prompts).digest(Real.name))
    files = {table: drafts.TableFile(part, table) for table in OURS}
    try:
        for proof in _proofs(settings):
            for table, row in rows.of(proof).items():
                files[table].add([row])
            adopted += proof
            hear(adopted)
        for file in files.values():
            file.close()
        _take_over(draft, part)
    finally:
        for file in files.values():
            file.abandon()
        shutil.rmtree(part, ignore_errors=True)
    return adopted


def _proofs(settings: Settings) -> Iterator[Proof]:
    wanted, real = settings.real, Real(Templates(settings.prompts))
    limits, slow = (Limits(seconds, wanted.memory_mb) for seconds in (wanted.seconds, wanted.slow_seconds))
    rows = islice(read_problems(wanted.paths), wanted.count)
    with Sandbox(settings.sandbox.servers) as sandbox:
        yield from proofs(
            rows, _known(settings.data_root), lambda given: real.adopt(given, limits, slow, sandbox), settings.sandbox.servers
        )


def _known(data_root: str) -> set[str]:
    """The real problems that the latest version holds, or turned away after they were problems."""
    if (version := versions.latest(data_root)) is None:
        return set()
    with drafts.connect(version.folder) as tables:
        return {problem_id for (problem_id,) in tables.execute(KNOWN).fetchall()}


def _number(tables: "drafts.Connection") -> int:
    """The number of the first chain after those that the run drew."""
    ((number,),) = tables.execute(FIRST).fetchall()
    return int(number)


def _take_over(draft: drafts.Folder, part: Path) -> None:
    """Puts a folder's rows at the end of a draft's tables, in place of real problems that stand there. Problems come last."""
    with drafts.connect(draft) as tables:
        for table in ("seeds", "rejections", "problems"):
            new = drafts.select_from(drafts.quoted(drafts.glob_safe(str(drafts.table_path(part, table).absolute()))))
            drafts.rewrite(tables, draft, table, f"(FROM {table} WHERE NOT ({OURS[table]})) UNION ALL BY NAME ({new})")
