"""What decontamination finds, misses and takes wrongly: `python -m tests.benchmarks.contamination CORPUS [DATA]`.

CORPUS is a folder that `shared/tools/make_corpus.py` made, DATA the folder `shared/data`. Its manifest says which documents
hold an evaluation prompt, and how it was put there; what else is found is listed, to be looked at: a real corpus has
contamination of its own. Documents are looked at whole, and then by the windows that draws cut out of them. Last, solutions of
HumanEval and MBPP are planted, renamed and embedded, while the solutions of other sets stand for honest programs. Rates are a
second of CPU.
"""

import ast
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from steppingstone.contamination import EvaluationIndex, read_evaluation
from steppingstone.contamination.functions import functions
from steppingstone.contamination.index import LEAST_CODE
from steppingstone.contamination.layouts import EvaluationProblem
from steppingstone.records import Hit
from steppingstone.seeds import CorpusSource, draw_seeds
from steppingstone.seeds.cleaning import cleaned
from tests.benchmarks.journal_speed import memory_mb
from tests.sandbox.oracles import data as shared

KINDS = ("verbatim", "renamed", "embedded", "embedded_renamed")
PLANTED = re.compile(r"task_id=(\S+); kind=(\w+)")
SAID = 30
"""Lines said about what was found beside the planted, or missed."""
WINDOW = 38
"""Lines, between the 25 and 50 of a seed."""

Row = Mapping[str, Any]


def rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def built(problems: Iterable[EvaluationProblem], what: str) -> EvaluationIndex:
    before, start = memory_mb(), time.process_time()
    listed = list(problems)
    index = EvaluationIndex(listed)
    seconds = time.process_time() - start
    print(f"index of {what}: {len(listed)} problems, {seconds:.1f} s, {memory_mb() - before:.0f} MB", flush=True)
    return index


class Tally:
    """Counts what is found among the planted, by kind, and lists what is found beside them."""

    def __init__(self, index: EvaluationIndex) -> None:
        self._index = index
        self._planted, self._found = Counter[str](), Counter[str]()
        self._others = list[str]()
        self._texts = self._renamed = 0
        self._seconds = 0.0

    def look(self, text: str, label: str, planted: tuple[str, str] | None = None) -> Hit | None:
        """`planted` is the problem that the text was made to hold, and the kind."""
        start = time.process_time()
        hit = self._index.hit(text)
        self._seconds += time.process_time() - start
        self._texts += 1
        if planted is not None:
            self._planted[planted[1]] += 1
            self._found[planted[1]] += hit is not None
            if hit is None:
                self._others.append(f"{planted[0]}, {planted[1]}: missed")
            self._renamed += hit is not None and hit.name != planted[0]
        elif hit is not None:
            self._others.append(f"{label} holds {hit.name}: {hit.detail}")
        return hit

    def tell(self, what: str) -> None:
        found, planted = self._found.total(), self._planted.total()
        beside = sum(" holds " in line for line in self._others)
        kinds = ", ".join(f"{kind} {self._found[kind]} of {self._planted[kind]}" for kind in KINDS if self._planted[kind])
        print(f"{what}: {self._texts}, {self._texts / self._seconds:,.0f} a second")
        if planted:
            precision = f"precision {found / max(1, found + beside):.3f} against the labels"
            print(f"  recall {found / planted:.3f} ({kinds}), {precision}")
        print(f"  {beside} beside what was planted; {self._renamed} planted ones bear another problem's name")
        print(*(f"    {line}" for line in self._others[:SAID]), sep="\n", flush=True)


def documents(index: EvaluationIndex, corpus: Path) -> None:
    tally, manifest = Tally(index), {row["id"]: row for row in rows(corpus / "manifest.jsonl.gz")}
    for row in pq.read_table(corpus / "starcoderdata-python.parquet").to_pylist():
        known = manifest[row["id"]]
        held = PLANTED.match(known["note"] or "") if "planted_contamination" in known["labels"] else None
        tally.look(cleaned(row["content"]), row["max_stars_repo_path"], (held[1], held[2]) if held else None)
    tally.tell("whole documents")


def windows(index: EvaluationIndex, corpus: Path, prompts: Mapping[str, str]) -> None:
    """Every window of the planted documents, by how many quarters of the prompt's lines it holds; and a draw of all seeds."""
    met, found = Counter[int](), Counter[int]()
    for text, known in planted_in(corpus):
        prompt = {line.strip() for line in prompts[known[1]].split("\n")} - {""}
        lines = text.split("\n")
        for first in range(max(1, len(lines) - WINDOW + 1)):
            window = lines[first : first + WINDOW]
            quarters = 4 * len(prompt & {line.strip() for line in window}) // len(prompt)
            hit = index.hit("\n".join(window))
            met[quarters] += 1
            found[quarters] += hit is not None and hit.name == known[1]
    print(f"windows of {WINDOW} lines, by how many quarters of the planted prompt's lines they hold:")
    print(*(f"    {quarters}: found are {found[quarters]} of {met[quarters]}" for quarters in sorted(met)), sep="\n")
    sources = [CorpusSource((str(corpus / "starcoderdata-python.parquet"),))]
    for what, hit_of in (("without", {}), ("with", {"hit": index.hit})):
        start = time.process_time()
        drawn = draw_seeds(sources, 100_000, 0, **hit_of)
        rate = drawn.scanned / (time.process_time() - start)
        print(f"a draw {what} evaluation sets: {len(drawn.seeds)} seeds of {drawn.scanned} documents, {rate:,.0f} a second")


def planted_in(corpus: Path) -> Iterator[tuple[str, re.Match[str]]]:
    manifest = {row["id"]: row for row in rows(corpus / "manifest.jsonl.gz")}
    for row in pq.read_table(corpus / "starcoderdata-python.parquet").to_pylist():
        known = manifest[row["id"]]
        if "planted_contamination" in known["labels"] and (held := PLANTED.match(known["note"])):
            yield cleaned(row["content"]), held


def renamed(code: str) -> str:
    """The code with other names for its functions, arguments and variables, in another layout."""
    tree = ast.parse(code)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = {name: f"other_{number}" for number, name in enumerate(sorted(bound))}
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            if (old := getattr(node, field, None)) in names and not isinstance(node, ast.keyword):
                setattr(node, field, names[old])
    return ast.unparse(tree)


def words_of(code: str) -> int:
    """The words and operators of the largest function."""
    return max((len(function.words(remarks=False)[0]) for function in functions(code)[:-1]), default=0)


def solutions(folder: Path) -> None:
    solved = list(rows(folder / "solved" / "solved_problems.jsonl.gz"))
    known = {row["problem_id"]: row["solution"] for row in solved if row["source"] in ("humaneval", "mbpp")}
    read = read_evaluation([str(folder / "eval" / f"{name}_prompts.jsonl.gz") for name in ("humaneval", "mbpp")])
    index = built((EvaluationProblem(each.name, each.text, known.get(each.name, "")) for each in read), "prompts and solutions")
    hosts = [row["solution"] for row in solved if row["source"] in ("leetcode_dataset", "classeval")]
    draw, tally = random.Random(0), Tally(index)
    large = {name: solution for name, solution in known.items() if words_of(solution) >= LEAST_CODE}
    print(f"{len(known) - len(large)} of {len(known)} solutions have no function of {LEAST_CODE} words, and are not planted")
    for name, solution in large.items():
        for kind in KINDS:
            text = renamed(solution) if "renamed" in kind else solution
            host = draw.choice(hosts) if "embedded" in kind else ""
            tally.look(f"{host}\n\n\n{text}\n\n\n{host}", name, (name, kind))
    for row in solved:
        if row["problem_id"] not in known:
            tally.look(row["solution"], row["problem_id"])
    tally.tell("solutions")


def main(corpus: Path, folder: Path) -> None:
    index = built(read_evaluation([str(folder / "eval")]), "all evaluation sets")
    documents(index, corpus)
    windows(index, corpus, {problem.name: problem.text for problem in read_evaluation([str(folder / "eval")])})
    solutions(folder)


if __name__ == "__main__":
    beside = Path(sys.argv[2]) if len(sys.argv) > 2 else shared.folder()
    if len(sys.argv) < 2 or beside is None:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), beside)
