"""A data root of two nights and a regrade, small enough that every question can be answered by hand.

Night run-a takes seed s1 through chain c1 and seed s2 through c2; night run-b draws s1 again, and s3. The third version is
graded by another student, and misses one problem.

| problem | run | chain, round | parent | solved of 4 by `student` | by `policy` |
|---|---|---|---|---|---|
| a1 | run-a | c1, 1 | - | 4 trivial | 4 trivial |
| a2 | run-a | c1, 2 | a1 | 2 medium | 3 easy |
| a3 | run-a | c1, 3 | a2 | 0 unsolved | 4 trivial |
| a4 | run-a | c2, 1 | - | 3 easy | it is not there |
| b1 | run-b | c1, 1 | - | 1 hard | 0 unsolved |
| b2 | run-b | c1, 3 | x1, a duplicate of a2 | 1 hard | 1 hard |
"""

import json
from collections.abc import Sequence
from pathlib import Path

from steppingstone.catalog import write_catalog
from steppingstone.contents import replace_text
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.drafts import write_rows
from steppingstone.tiers import write_tiers
from steppingstone.versions import publish
from tests.drafts import Row, tokens
from tests.drafts import attempts as factory_attempts
from tests.drafts import problems as factory_problems
from tests.drafts import rejections as factory_rejections
from tests.drafts import seeds as factory_seeds

ATTEMPTS = 4
FAILED = ("wrong", "wrong", "cut", "exception")
"""How the first, second, third and fourth attempt end unless they are solved; the first ones are."""

SEEDS: list[Row] = [
    factory_seeds()[0] | {"seed_id": seed_id, "origin": f"{seed_id}.py", "license": license_}
    for seed_id, license_ in (("s1", ""), ("s2", "mit"), ("s3", "mit"))
]


def problem(name: str, chain: str, round_: int, parent: Row | None, solved: int, student: str = "student") -> Row:
    """A problem of run-a or run-b, by its first letter; chain c1 is of deduction, c2 of fuzzing."""
    rate = PassRate(solved, ATTEMPTS)
    low, high = rate.interval() or (0.0, 0.0)
    of_chain = {"c1": {"environment": "deduction", "seed_id": "s1"}, "c2": {"environment": "fuzzing", "seed_id": "s2"}}
    of_parent = {"parent_id": parent["problem_id"], "parent_pass_rate": parent["pass_rate"], "steer": "vary"} if parent else {}
    return factory_problems()[0] | of_chain[chain] | of_parent | {
        "problem_id": name, "content_hash": name, "run_id": f"run-{name[0]}", "chain_id": chain, "round": round_,
        "statement": "What?" + "!" * solved, "outputs": ["9"], "pass_count": solved, "graded_count": ATTEMPTS,
        "attempt_count": ATTEMPTS, "pass_rate": solved / ATTEMPTS, "pass_rate_low": low, "pass_rate_high": high,
        "tier": str(Thresholds().tier(rate)), "straddles": 0 < solved < ATTEMPTS, "student_model": student,
    }  # fmt: skip


def problems(solved: Sequence[int], student: str = "student") -> list[Row]:
    """The six problems with so many attempts solved at each."""
    a1 = problem("a1", "c1", 1, None, solved[0], student)
    a2 = problem("a2", "c1", 2, a1, solved[1], student)
    a3 = problem("a3", "c1", 3, a2, solved[2], student)
    a4 = problem("a4", "c2", 1, None, solved[3], student)
    b1 = problem("b1", "c1", 1, None, solved[4], student)
    b2 = problem("b2", "c1", 3, {"problem_id": "x1", "pass_rate": 0.5}, solved[5], student)
    return [a1, a2, a3, a4, b1, b2]


def attempts(of: Sequence[Row]) -> list[Row]:
    """Four attempts a problem. Of the failed ones the first two give the same answer, and the cut one takes 1,000 tokens."""
    rows = [row for row in factory_attempts(list(of)) if int(str(row["attempt"])) < ATTEMPTS]
    for row in rows:
        verdict = "solved" if row["reward"] else FAILED[int(str(row["attempt"]))]
        cut = verdict == "cut"
        row |= {"verdict": verdict, "answer": "7" if verdict == "wrong" else "", "finish_reason": "length" if cut else "stop"}
        row |= tokens("", 100, 1000 if cut else 50)
    return rows


def rejection(name: str, chain: str, round_: int, stage: str, reason: str, **more: object) -> Row:
    """What was turned away of run-a or run-b, by its name's first letter; that of chain c3 is of induction."""
    environment = {"": "", "c1": "deduction", "c2": "fuzzing", "c3": "induction"}[chain]
    named = {"rejection_id": name, "run_id": f"run-{name[0]}", "chain_id": chain, "seed_id": chain.replace("c", "s")}
    placed = {"environment": environment, "round": round_, "stage": stage, "reason": reason, "detail": f"a {reason}"}
    return factory_rejections()[0] | named | placed | more


OF_A = [
    rejection("a-1", "c1", 4, "deduplicate", "near_duplicate", problem_id="d1", partner_id="a2", tier="medium"),
    rejection("a-2", "c2", 2, "generate", "timeout"),
    rejection("a-3", "c2", 3, "generate", "exception"),
    rejection("a-4", "c2", 4, "validate", "quarantined", problem_id="q1", tier="easy"),
    rejection("a-5", "", 0, "decontaminate", "contaminated", partner_id="HumanEval/7"),
]
OF_B = [
    rejection("b-1", "c1", 2, "deduplicate", "duplicate", problem_id="x1", partner_id="a2", partner_version=1, tier="medium"),
    rejection("b-2", "c3", 1, "decontaminate", "contaminated", problem_id="h1", partner_id="HumanEval/7", tier="hard"),
    rejection("b-3", "c3", 2, "deduplicate", "duplicate", problem_id="u1", partner_id="h1", tier="unsolved"),
]
QUARANTINE: list[Row] = [
    {"table": "problems", "row_id": "q1/c2/4", "expectation": "p_is_a_share", "column": "pass_rate", "row": '{"pass_rate": 2}'},
    {"table": "attempts", "row_id": "q1/c2/4/0", "expectation": "reward_is_0_or_1", "column": "reward", "row": '{"reward": 7}'},
]
GATES = [
    {
        "suite": "problems", "table": "problems", "expectation": "p_is_a_share", "level": "row",
        "ok": False, "checked": 7, "unexpected": 1, "seen": "2.0",
    },
    {
        "suite": "problems", "table": "problems", "expectation": "columns_are_declared", "level": "table",
        "ok": True, "checked": 0, "unexpected": 0, "seen": "45",
    },
]  # fmt: skip


def make_history(root: Path) -> Path:
    """Publishes the three versions and the catalog over them."""
    by_student, by_policy = problems((4, 2, 0, 3, 1, 1)), problems((4, 3, 4, 3, 0, 1), "policy")
    _publish(root, by_student[:4], OF_A, "run-a", "nightly")
    _publish(root, by_student, OF_A + OF_B, "run-b", "nightly")
    _publish(root, [row for row in by_policy if row["problem_id"] != "a4"], OF_A + OF_B, "regrade-1", "regrade")
    write_catalog(root)
    return root


def _publish(root: Path, rows: list[Row], rejected: list[Row], run_id: str, kind: str) -> None:
    tables: dict[str, Sequence[Row]] = {"seeds": SEEDS, "problems": rows, "attempts": attempts(rows)}
    tables |= {"rejections": rejected, "quarantine": QUARANTINE}
    draft = root / "runs" / run_id / "draft"
    for table, written in tables.items():
        write_rows(draft, table, written)
    write_tiers(draft, {})
    version = publish(root, draft, run_id, {}, GATES)
    # What makes a version, and its curricula, are told to its manifest alone.
    told = json.loads((version.folder / "manifest.json").read_text())
    told |= {"kind": kind, "curricula": {"medium-first": {"rows": 2, "file": "curricula/medium-first.parquet"}}}
    replace_text(version.folder / "manifest.json", json.dumps(told))
