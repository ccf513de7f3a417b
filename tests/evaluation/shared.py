"""The benchmarks of the data files beside the repository, with replies whose rewards are known.

`python -m tests.evaluation.shared FOLDER` evaluates all references, by the real flow, into a data root below FOLDER, and prints
what pass@1 came to: 1.0 everywhere. References that `tests.sandbox.oracles.misses` knows not to pass are left out.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steppingstone.environments.base import fenced
from steppingstone.evaluation.benchmarks import BENCHMARKS, Posed, read_benchmark
from steppingstone.settings import Settings
from tests.model_server import Body, choices, serving
from tests.sandbox.oracles import data
from tests.sandbox.oracles.misses import reason

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A completion and the reward that it has to get."""

    text: str
    reward: int


@dataclass(frozen=True, slots=True)
class Known:
    """The benchmarks' files, and by problem's statement the reference and, of code, the replies of the rollout log."""

    files: Mapping[str, str]
    posed: Mapping[str, Posed]
    references: Mapping[str, Reply]
    rollouts: Mapping[str, list[Reply]]


def known(folder: Path, one_in: int = 1) -> Known:
    """Every so many problems of each benchmark, those whose references are known to pass; the files go into the folder."""
    files, solutions = _files(folder, one_in), _solutions()
    slugs = {f"{row['platform']}/{row['question_id']}": _slug(row) for row in data.rows("eval/lcb_format_problems")}
    slow = {each.name.partition("#")[0] for each in data.rollouts() if each.kind == "timeout"}
    by_problem = defaultdict(list)
    for each in data.rollouts():
        by_problem[each.problem.name].append(Reply(each.completion, int(each.reward)))
    posed, references, rollouts = dict[str, Posed](), dict[str, Reply](), dict[str, list[Reply]]()
    for name in BENCHMARKS:
        for each in read_benchmark(Settings.model_validate({"evaluate": {name: [files[name]]}}), name):
            told = each.problem.statement
            posed[told] = each
            solved = slugs.get(each.name, each.name)
            references[told] = Reply(solutions.get(solved) or f"The answer is {each.problem.outputs[0]}.", 1)
            if solved in by_problem and solved not in slow:
                rollouts[told] = by_problem[solved]
    return Known(files, posed, references, rollouts)


def replying(replies: Callable[[str], list[str]]) -> Callable[[Body], Body]:
    """A server's answers: the replies to a statement, counted around; anything to what is no statement."""

    def answer(body: Body) -> Body:
        texts = replies(body["messages"][-1]["content"]) or ["4"]
        return choices(*[texts[index % len(texts)] for index in range(body.get("n") or 1)])

    return answer


def _files(folder: Path, one_in: int) -> dict[str, str]:
    solved = data.rows("solved/solved_problems")
    passing = {row["problem_id"] for row in solved if not reason(row["problem_id"])}
    codes = {
        "humaneval": [row for row in solved if row["source"] == "humaneval"],
        "mbpp": [row for row in solved if row["source"] == "mbpp"],
        "livecodebench": [row for row in data.rows("eval/lcb_format_problems") if _slug(row) in passing],
        "math500": data.rows("eval/math500"),
        "aime24": data.rows("eval/aime2024"),
    }
    files = {}
    for name, rows in codes.items():
        kept = [row for row in rows if row.get("problem_id", "") in (passing | {""})][::one_in]
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in kept))
        files[name] = str(path)
    return files


def _slug(row: Row) -> str:
    """The name among the solved problems of one that both files hold."""
    return f"LeetCode/{row['question_title'].lower().replace(' ', '-')}" if row["_in_solved_problems"] else ""


def _solutions() -> dict[str, str]:
    """The reference of each problem, as far as there is one: of AIME's there are the answers alone."""
    maths = {row["id"]: row["solution"] for row in data.rows("eval/math500")}
    return maths | {name: fenced("python", each.given.code) for name, each in data.problems().items()}


def main(folder: Path) -> int:
    """Runs the flow over all references, and prints pass@1."""
    from tests.flows.running import started

    folder.mkdir(parents=True, exist_ok=True)
    given = known(folder)
    named = [f"--evaluate.{name}={file}" for name, file in given.files.items()]
    with serving(replying(lambda told: [given.references[told].text] if told in given.references else [])) as server:
        student = ["--student.base_urls", server.base_url, "--student.model", "m"]
        once = ["--evaluate.samples", "1", "--evaluate.k", "[1]"]
        with started(folder / "data", *named, *student, *once, flow="evaluate") as (process, _):
            print(process.communicate()[0])
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
