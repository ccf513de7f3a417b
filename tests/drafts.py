"""A small consistent draft: ten chains of four rounds, eight attempts a problem, in all four environments."""

from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.drafts import write_rows
from steppingstone.generation import RoundDone
from steppingstone.records import content_id

ENVIRONMENTS = ("abduction", "deduction", "fuzzing", "induction")
ATTEMPTS = 8
SOLVED = ((7, 5, 4, 2), (0, 3, 6, 1), (8, 4, 0, 5), (1, 2, 7, 6), (4, 8, 2, 0))
"""How many of eight attempts are solved in each round; a chain takes one line."""

Row = dict[str, object]


def make_draft(folder: Path, **changed: list[Row]) -> Path:
    """Writes a draft; `changed` gives tables to write instead of the factory's own."""
    tables = {"seeds": seeds(), "problems": problems(), "attempts": attempts(problems()), "rejections": rejections()}
    for table, rows in (tables | changed).items():
        write_rows(folder, table, rows)
    return folder


def seeds() -> list[Row]:
    return [
        {
            "seed_id": f"seed-{n}",
            "kind": "corpus",
            "origin": f"a.py:{n}",
            "license": "mit",
            "lines": 30,
            "text": f"x = {n}\n" * 30,
        }
        for n in range(5)
    ]


def problems() -> list[Row]:
    return [row for chain in range(10) for row in _chain(chain)]


def _chain(chain: int) -> list[Row]:
    told = [_problem(chain, round_, solved) for round_, solved in enumerate(SOLVED[chain % 5], 1)]
    return list(accumulate(told, _after))


def _after(parent: Row, problem: Row) -> Row:
    p = parent["pass_rate"]
    assert isinstance(p, float)
    steer = "harder" if p > 0.65 else "easier" if p == 0 else "vary"
    return problem | {"parent_id": parent["problem_id"], "parent_pass_rate": p, "steer": steer}


def _problem(chain: int, round_: int, solved: int) -> Row:
    environment = ENVIRONMENTS[chain % 4]
    code = f"def f(x):\n    return x * {chain} + {round_}"
    rate = PassRate(solved, ATTEMPTS)
    low, high = rate.interval() or (0.0, 1.0)
    return {
        "problem_id": content_id(environment, code, "3"),
        "content_hash": content_id(code, "3"),
        "run_id": "run-a",
        "chain_id": f"chain-{chain}",
        "chain_number": chain,
        "seed_id": f"seed-{chain % 5}",
        "environment": environment,
        "round": round_,
        "steer": "first",
        "statement": "f(3) is what?" if environment == "induction" else f"{code}\nf(3) is what?",
        "code": code,
        "inputs": ["3", "4"] if environment == "fuzzing" else ["3"],
        "outputs": [] if environment == "fuzzing" else [str(3 * chain + round_)],
        "hint": "",
        "tests": "",
        "behaviour": "",
        "pass_count": solved,
        "graded_count": ATTEMPTS,
        "attempt_count": ATTEMPTS,
        "pass_rate": solved / ATTEMPTS,
        "pass_rate_low": low,
        "pass_rate_high": high,
        "tier": tier_of(solved),
        "straddles": Thresholds().straddled(rate),
        "summary": f"{solved} of {ATTEMPTS}",
        "prompts_hash": "prompts-1",
        "teacher_model": "teacher",
        "student_model": "student",
        "student_temperature": 1.0,
        "student_top_p": 1.0,
        "student_max_tokens": 4096,
        "student_reasoning_effort": "low",
        **tokens("teacher_", 100, 50),
        "teacher_dollars": 0.02,
        **tokens("student_", 800, 400),
        "student_dollars": 0.08,
    }


def problem_of(done: RoundDone) -> Row:
    """The row of a round's problem, as far as it is compared with others."""
    traits = done.traits
    assert traits is not None
    return problems()[0] | {
        "problem_id": f"{done.chain_number}/{done.number}",
        "chain_id": f"chain-{done.chain_number}",
        "chain_number": done.chain_number,
        "round": done.number,
        "environment": done.environment,
        "tier": done.tier,
        "code": traits.code,
        "content_hash": traits.content,
        "inputs": list(traits.inputs),
        "behaviour": traits.behaviour,
    }


def tokens(prefix: str, prompt: int, completion: int) -> Row:
    """Token counts of which a tenth were cached, and a fifth reasoning."""
    return {
        f"{prefix}prompt_tokens": prompt,
        f"{prefix}cached_tokens": prompt // 10,
        f"{prefix}completion_tokens": completion,
        f"{prefix}reasoning_tokens": completion // 5,
    }


def tier_of(solved: int) -> str:
    return ("unsolved", "hard", "hard", "medium", "medium", "medium", "easy", "easy", "trivial")[solved]


def attempts(of: list[Row]) -> list[Row]:
    """Eight attempts a problem, the solved ones first."""
    return [_attempt(problem, number) for problem in of for number in range(ATTEMPTS)]


def _attempt(problem: Mapping[str, object], number: int) -> Row:
    solved = number < int(str(problem["pass_count"]))
    taken = ("problem_id", "chain_id", "round", "environment")
    return {column: problem[column] for column in taken} | {
        "attempt": number,
        "completion": f"answer {number}",
        "reasoning": "",
        "answer": str(number),
        "verdict": "solved" if solved else "wrong",
        "detail": "",
        "reward": int(solved),
        "finish_reason": "stop",
        **tokens("", 100, 50),
    }


def rejections() -> list[Row]:
    """Chain 0 lost a proposal in round 2, chain 1 two in round 3."""
    reasons = [(0, 2, "timeout"), (1, 3, "timeout"), (1, 3, "exception")]
    return [
        {
            "rejection_id": f"rejection-{n}",
            "run_id": "run-a",
            "chain_id": f"chain-{chain}",
            "seed_id": f"seed-{chain}",
            "environment": ENVIRONMENTS[chain],
            "round": round_,
            "steer": "vary",
            "stage": "generate",
            "reason": reason,
            "detail": f"a {reason}",
            "tier": "",
            "reply": "no good",
            **tokens("", 100, 50),
            "dollars": 0.02,
        }
        for n, (chain, round_, reason) in enumerate(reasons)
    ]
