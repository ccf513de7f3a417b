"""Duplicates, found and counted. `python -m tests.benchmarks.duplicates corpus FOLDER [LEAST]`: a corpus of make_corpus.py,
its planted duplicates as the answer key. `… problems [ROWS …]`: how fast made-up problems are counted while they are
generated, and go through in the end, and in what memory.

For the corpus, every document goes through what the draw of seeds finds duplicates by: the digest of its text, then its sketch.
The first of those that are alike stays. A planted pair is found if both are in one group by then. Natural duplicates are not
labelled: so precision is printed for the pairs in which any document was planted too, and a sample of the others, to be judged.
"""

import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from steppingstone import drafts
from steppingstone.duplicates import Traits, drop_duplicates
from steppingstone.duplicates.near import NearIndex, sketch
from steppingstone.duplicates.tokens import features_of_document
from steppingstone.generation import Job, RoundDone
from steppingstone.kept import Kept
from steppingstone.records import Seed, content_id
from steppingstone.seeds.candidates import digest
from steppingstone.seeds.cleaning import cleaned, trimmed
from steppingstone.settings import DuplicateSettings
from tests.benchmarks.journal_speed import memory_mb
from tests.drafts import problems

SAMPLE = 12
Manifest = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A document, the first one that it is the same as, and how much it is alike to that."""

    late: str
    first: str
    similarity: float


def corpus(folder: Path, least: float) -> None:
    lines = gzip.decompress((folder / "manifest.jsonl.gz").read_bytes()).splitlines()
    told = {row["id"]: row for row in map(json.loads, lines)}
    bodies = dict(documents(folder))
    start = time.perf_counter()
    exact, near = found(bodies, least)
    seconds = time.perf_counter() - start
    print(f"{len(bodies):,} documents in {seconds:.1f} s, {len(bodies) / seconds:,.0f} a second")
    groups = {pair.late: pair.first for pair in (*exact, *near)}
    for label, pairs in (("planted_exact_duplicate", exact), ("planted_near_duplicate", near)):
        tell(label, told, pairs, groups)
    natural = [pair for pair in near if not is_planted(told, pair)]
    for pair in random.Random(0).sample(natural, min(SAMPLE, len(natural))):
        one, other = (f"{told[name]['package']}:{told[name]['path']}" for name in (pair.late, pair.first))
        print(f"  natural: {pair.similarity:.3f}  {one}  {other}")


def documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Id and text of each document that has any."""
    for row in pq.read_table(folder / "starcoderdata-python.parquet", columns=["id", "content"]).to_pylist():
        if body := trimmed(cleaned(row["content"] or "")):
            yield row["id"], body


def found(bodies: dict[str, str], least: float) -> tuple[list[Pair], list[Pair]]:
    """The exact and the near duplicates of documents before them."""
    exact, near = list[Pair](), list[Pair]()
    index, names, digests = NearIndex(least), list[str](), dict[str, str]()
    for name, body in bodies.items():
        if (first := digests.setdefault(digest(body), name)) != name:
            exact.append(Pair(name, first, 1.0))
            continue
        # Of what is nothing but comments nothing is left to compare.
        if not len(features := features_of_document(body)):
            continue
        made = sketch(features)
        if match := index.nearest(made):
            near.append(Pair(name, names[match[0]], match[1]))
        else:
            index.add(made)
            names.append(name)
    return exact, near


def partner(row: dict[str, Any]) -> str:
    return str(row["note"].partition("partner=")[2].partition(";")[0])


def is_planted(told: Manifest, pair: Pair) -> bool:
    return any("planted" in label for name in (pair.late, pair.first) for label in told[name]["labels"])


def tell(label: str, told: Manifest, pairs: list[Pair], groups: dict[str, str]) -> None:
    def group(name: str) -> str:
        return group(groups[name]) if name in groups else name

    planted = {name: partner(row) for name, row in told.items() if label in row["labels"]}
    recalled = sum(group(late) == group(first) for late, first in planted.items())
    key = {frozenset(pair) for pair in planted.items()}
    right = sum(frozenset((pair.late, pair.first)) in key for pair in pairs)
    touching = sum(is_planted(told, pair) for pair in pairs)
    print(
        f"{label}: recall {recalled} of {len(planted)}. Of {len(pairs)} found pairs {right} are planted as such: precision "
        f"{right / len(pairs):.3f}, and {right / touching:.3f} of the {touching} in which any document was planted"
    )


STEPS = (
    "number = number * {a} + {b}",
    "number = number % {c} + {a}",
    "number = (number ^ {b}) // {a}",
    "for turn in range({a}):\n        number = (number * {a} + turn) % {c}",
    "if number % {a} == 1:\n        number = number // {a}\n    else:\n        number = number + {b}",
    "while number > {c}:\n        number = number // {a} - {b}",
    "digits = [int(digit) for digit in str(abs(number))]\n    number = sum(digits) * {a} + len(digits)",
    "text = hex(abs(number) + {b})[2:]\n    number = len(text) * {a} + text.count('{w}')",
    "text = str(number).replace('{a}', '{b}')\n    number = int(text or '0') % {c}",
    "pair = divmod(number, {a})\n    number = pair[0] * {b} + pair[1]",
    "total = {b}\n    for place, digit in enumerate(str(number)):\n        total += place * ord(digit)\n    number = total",
    "parts = sorted({{number % {a}, number % {b}, number % {c}}})\n    number = sum(part * {a} for part in parts)",
    "first, second = {a}, {b}\n    for _ in range({a}):\n        first, second = second, first + second\n    number %= second",
    "table = {{key: key * key % {c} for key in range({a}, {b})}}\n    number = max(table.values(), default=number) - number",
)
ENVIRONMENTS = ("abduction", "deduction", "fuzzing", "induction")
COPIES, EDITS, TWINS = 0.08, 0.08, 0.01
"""Shares of the rows that are an earlier problem with other names, with another constant, or in other words."""


def code(number: int) -> str:
    """A made-up program of four to twelve steps, the same one for the same number."""
    dice = random.Random(number)
    steps = (
        step.format(a=dice.randrange(2, 10), b=dice.randrange(10, 99), c=dice.randrange(100, 999), w=dice.choice("abcdef"))
        for step in dice.choices(STEPS, k=dice.randrange(4, 13))
    )
    return "\n    ".join(("def f(x):", "number = x", *steps, "return number"))


def made_up(count: int) -> Iterator[dict[str, Any]]:
    """So many problems; each has a behaviour, and one with the same behaviour does the same."""
    (like, *_), dice = problems(), random.Random(0)
    for number in range(count):
        earlier = dice.randrange(number) if number else 0
        kind = dice.random()
        environment = ENVIRONMENTS[(number if kind > COPIES + EDITS + TWINS else earlier) % 4]
        written, origin = code(number), number
        if kind < COPIES + EDITS + TWINS:
            written, origin = code(earlier), earlier
        form = written
        if kind < COPIES:
            written = written.replace("number", "value").replace("total", "result")
        elif kind < COPIES + EDITS:
            written, origin = written.replace("number = x", f"number = x + {number}"), number
            form = written
        elif kind < COPIES + EDITS + TWINS:
            written = written.replace("number = x", "number = -x\n    number = -number\n    spare = [number]\n    spare.pop()")
            form = written
        inputs = ["17", "3"] if environment == "fuzzing" else ["17"]
        yield like | {
            "problem_id": content_id(environment, written, str(number)),
            "content_hash": content_id(environment, form),
            "chain_id": f"chain-{number // 6:06}",
            "chain_number": number // 6,
            "round": number % 6 + 1,
            "environment": environment,
            "statement": f"{written}\n\nf(17) == ?\n" * 2,
            "code": written,
            "inputs": inputs,
            "behaviour": content_id("behaviour", str(origin)),
        }


def speed(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            drafts.write_rows(folder, "problems", made_up(count))
            for work in ("count", "drop"):
                subprocess.run([sys.executable, "-m", "tests.benchmarks.duplicates", work, folder], check=True)


def drop(folder: str) -> str:
    result = drop_duplicates(folder, DuplicateSettings())
    return f"gone through, dropped {dict(result.dropped)}"


def count(folder: str) -> str:
    """As a plan does: chains of six rounds, 32 of which are over at once."""
    kept = Kept(DuplicateSettings(), lambda one, other: True, lambda name: ())
    columns = ["chain_number", "environment", "round", "content_hash", "code", "inputs", "behaviour"]
    rounds = map(reported, drafts.iterate(folder, "problems", columns))
    while batch := list(islice(rounds, 32 * 6)):
        jobs = [Job(done.chain_number, Seed("s", "corpus", "x", "here"), done.environment) for done in batch]
        for job in jobs:
            kept.begin(job)
        for done in batch:
            kept.add(done)
        kept.end(jobs)
    return f"counted as they come, kept {kept.counts.total():,}"


def reported(row: dict[str, Any]) -> RoundDone:
    traits = Traits(row["environment"], row["content_hash"], row["code"], row["inputs"], row["behaviour"])
    return RoundDone(row["chain_number"], row["environment"], row["round"], "easy", traits)


def measured(work: Callable[[str], str], folder: str) -> None:
    """In a process of its own, so that the memory is that of the work alone."""
    rows, before, start, cpu = (
        drafts.count_rows(folder, "problems"),
        memory_mb("VmRSS"),
        time.perf_counter(),
        time.process_time(),
    )
    told = work(folder)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(
        f"{rows:9,} problems in {wall:7.1f} s, {rows / wall:6,.0f} a second, {1e3 * cpu / rows:.2f} ms CPU each; memory "
        f"{before:.0f} MB before, {memory_mb('VmHWM'):.0f} at most; {told}",
        flush=True,
    )


def main() -> None:
    match sys.argv[1:]:
        case ["corpus", folder, *least]:
            corpus(Path(folder), float(least[0]) if least else 0.85)
        case ["problems", *counts]:
            speed([int(count) for count in counts] or [10_000, 50_000, 200_000])
        case ["drop", folder]:
            measured(drop, folder)
        case ["count", folder]:
            measured(count, folder)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
