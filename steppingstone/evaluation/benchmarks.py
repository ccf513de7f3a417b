"""The benchmarks: whose rows they are, what a model is told of each problem, and by which segments it is counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from steppingstone.errors import BadInput
from steppingstone.evaluation.maths import MISSING, is_installed, maths_problem
from steppingstone.real.problem import RealProblem
from steppingstone.real.reading import HUMANEVAL, LIVECODEBENCH, MBPP, SOLVED, Layout, check_files, read_problems
from steppingstone.records import Problem, content_id
from steppingstone.sandbox import Limits
from steppingstone.seeds.files import FileKind, find_files
from steppingstone.seeds.jsonl_files import JsonlShelf
from steppingstone.seeds.parquet_files import ParquetShelf
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Shelf
from steppingstone.settings import EvaluateSettings, Settings
from steppingstone.templates import Templates

DATA = frozenset({FileKind.JSONL, FileKind.PARQUET})
NAMES, TASKS, ANSWERS = ("unique_id", "id", "ID"), ("problem", "Problem"), ("answer", "Answer")
"""The columns of mathematics, as one or another copy of a benchmark calls them."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem as a model is asked it: its name in its benchmark, and the parts of this that it is counted under."""

    benchmark: str
    name: str
    segments: tuple[str, ...]
    problem: Problem
    prompts_hash: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark of files: where they are got, how they are looked at, and how their problems are read."""

    source: str
    check: Callable[[Sequence[str]], None]
    read: Callable[[str, Settings, Sequence[str]], Iterator[Posed]]


def chosen(settings: Settings) -> tuple[str, ...]:
    """The names of the benchmarks that are to be run. Raises `BadInput` if there are none."""
    asked = settings.evaluate
    usual = [name for name in BENCHMARKS if paths_of(asked, name)] + (["own"] if settings.held_out else [])
    if names := tuple(dict.fromkeys(asked.benchmarks or usual)):
        return names
    raise BadInput(f"nothing to evaluate on: name the files of a benchmark by evaluate.{', evaluate.'.join(BENCHMARKS)}")


def check_benchmark(settings: Settings, name: str) -> None:
    """Raises `BadInput` if a benchmark's files are not named, not there or not its own, with where they are got."""
    paths, benchmark = paths_of(settings.evaluate, name), BENCHMARKS[name]
    where = f"It is to be had as {benchmark.source}; nothing is fetched by itself"
    if not paths:
        raise BadInput(f"the benchmark {name} has no file: name it by evaluate.{name}. {where}")
    try:
        benchmark.check(paths)
    except BadInput as error:
        raise BadInput(f"the benchmark {name}: {error}. {where}") from error
    if benchmark.read is _read_maths and not is_installed():
        raise BadInput(f"the benchmark {name}: {MISSING}")


def read_benchmark(settings: Settings, name: str) -> Iterator[Posed]:
    """The problems of a benchmark's files, each once. Raises `BadInput` for a row that can't be used, and for none at all."""
    seen = set[str]()
    for posed in BENCHMARKS[name].read(name, settings, paths_of(settings.evaluate, name)):
        if posed.problem.problem_id not in seen:
            yield posed
        seen.add(posed.problem.problem_id)
    if not seen:
        raise BadInput(f"the benchmark {name}: no problem of its files is in the window of contests_from and contests_until")


def paths_of(asked: EvaluateSettings, name: str) -> tuple[str, ...]:
    """The files of a benchmark."""
    found: tuple[str, ...] = getattr(asked, name)
    return found


def _read_code(
    layouts: Sequence[Layout], name: str, settings: Settings, paths: Sequence[str], shows_tests: bool = False
) -> Iterator[Posed]:
    templates, limits = Templates(settings.prompts), Limits(settings.real.seconds, settings.real.memory_mb)
    for given in read_problems(paths, layouts):
        if not isinstance(given, RealProblem):
            raise _unusable(name, given.origin, given.why)
        if name == "livecodebench" and not _within(settings.evaluate, given):
            continue
        shown = {"tests": "\n".join(given.checks.code)} if shows_tests else {}
        told = templates.fill(f"student_{name}", task=given.task, form=given.form, **shown)
        problem = Problem(given.problem_id, "real", "", (), (), "", told, given.checks.within(limits).to_json())
        segments = (given.difficulty,) if given.difficulty else ()
        yield Posed(name, given.name, segments, problem, templates.digest(name))


def _within(asked: EvaluateSettings, given: RealProblem) -> bool:
    if asked.contests_from is None and asked.contests_until is None:
        return True
    try:
        day = date.fromisoformat(given.day)
    except ValueError as error:
        raise _unusable("livecodebench", given.name, f"contest_date is {given.day!r}, and a window is asked for") from error
    return (asked.contests_from or day) <= day <= (asked.contests_until or day)


def _read_maths(name: str, settings: Settings, paths: Sequence[str]) -> Iterator[Posed]:
    templates = Templates(settings.prompts)
    for shelf in _shelves(paths):
        columns = tuple(_column(shelf, known) for known in (NAMES, TASKS, ANSWERS))
        for number, row in shelf.rows(range(shelf.size()), columns):
            if isinstance(row, PassedOver):
                raise _unusable(name, f"{shelf.name}#{number + 1}", str(row))
            title, task, answer = ("" if row[column] is None else str(row[column]).strip() for column in columns)
            if not task or not answer:
                raise _unusable(name, f"{shelf.name}#{number + 1}", f"no text in {columns[1] if not task else columns[2]!r}")
            problem = maths_problem(templates.fill(f"student_{name}", problem=task), task, answer)
            yield Posed(name, title or content_id(task), (), problem, templates.digest(name))


def _check_maths(paths: Sequence[str]) -> None:
    for shelf in _shelves(paths):
        for known in (NAMES, TASKS, ANSWERS):
            _column(shelf, known)


def _column(shelf: Shelf, known: Sequence[str]) -> str:
    there: Mapping[str, object] = shelf.first()
    for name in known:
        if name in there:
            return name
    raise BadInput(f"{shelf.name} has no column {' or '.join(known)}; it has {', '.join(there)}")


def _shelves(paths: Sequence[str]) -> Iterator[Shelf]:
    files = {file.shown: file for path in paths for file in find_files(path, kinds=DATA)}
    for _, file in sorted(files.items()):
        yield ParquetShelf(file) if file.kind is FileKind.PARQUET else JsonlShelf(file)


def _unusable(benchmark: str, row: str, why: str) -> BadInput:
    return BadInput(f"the benchmark {benchmark}: {row} can't be used: {why}; mend the row, or take it out")


def _code(source: str, *layouts: Layout, shows_tests: bool = False) -> Benchmark:
    read = partial(_read_code, layouts, shows_tests=shows_tests)
    return Benchmark(source, lambda paths: check_files(paths, layouts), read)


BENCHMARKS = {
    "livecodebench": _code("test.jsonl to test6.jsonl of the data set livecodebench/code_generation_lite", LIVECODEBENCH),
    "math500": Benchmark("test.jsonl of the data set HuggingFaceH4/MATH-500", _check_maths, _read_maths),
    "aime24": Benchmark("the data set HuggingFaceH4/aime_2024 or Maxwell-Jia/AIME_2024", _check_maths, _read_maths),
    "humaneval": _code("HumanEval.jsonl.gz of openai/human-eval, or the data set openai/openai_humaneval", HUMANEVAL, SOLVED),
    "mbpp": _code(
        "mbpp.jsonl of google-research, or the test split of the data set google-research-datasets/mbpp",
        MBPP,
        SOLVED,
        shows_tests=True,
    ),
}
"""By name. Beside them there is `own`, the problems that the data root's latest version holds out."""
