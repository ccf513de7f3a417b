"""Chains through all rounds, teacher and student called directly, problems proved and graded in the real sandbox.

Run as a script it prints what the offline models come to: `python -m tests.offline.measuring --seeds 24`.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from steppingstone.difficulty import PassRate
from steppingstone.environments import Basis, Environment, Rejected, environment
from steppingstone.offline.answers import answer
from steppingstone.offline.protocol import STUDENT, TEACHER, ChatRequest
from steppingstone.records import Attempt, Completion, Message, Problem, Rejection, Seed, Steer
from steppingstone.sandbox import Sandbox
from steppingstone.seeds import draw_seeds, standard_library
from steppingstone.summaries import summarize

TIERS = ("unsolved", "hard", "medium", "easy", "trivial")
NAMES = ("induction", "abduction", "deduction", "fuzzing")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to. `before` and `rate` are pass rates, -1 where there is none."""

    environment: str
    chain: str
    number: int
    steer: str
    before: float
    rate: float
    reason: str
    teacher_seconds: float
    student_seconds: float
    code: str


def ask(model: str, messages: Sequence[Message], n: int, seed: int) -> tuple[list[str], float]:
    """Replies of an offline model and the processor time that they took."""
    request = ChatRequest(model, tuple((m.role, m.content) for m in messages), n, seed, None, "low")
    started = time.thread_time()
    return answer(request), time.thread_time() - started


def steer_for(rate: float) -> Steer:
    """What is asked for after a pass rate."""
    return Steer.HARDER if rate > 0.65 else Steer.EASIER if rate == 0 else Steer.VARY


def run_chain(
    seed: Seed, kind: Environment, sandbox: Sandbox, rounds: int = 6, attempts: int = 32, start: int = 0
) -> list[Round]:
    """One seed through the rounds of one environment."""
    made, steer, rate, summary = list[Round](), Steer.FIRST, -1.0, ""
    previous: Problem | None = None
    rejected: Rejected | None = None
    for number in range(rounds):
        basis = Basis(steer, None if previous else seed, previous, summary, rejected)
        (reply,), teacher = ask(TEACHER, kind.teacher_prompt(basis), 1, start + number)
        proposal = kind.parse(reply)
        found = proposal if isinstance(proposal, Rejection) else kind.prove(proposal, sandbox)
        if isinstance(found, Rejection):
            reason = f"{found.reason}: {found.detail}"
            made.append(Round(kind.name, seed.seed_id, number, steer, rate, -1, reason, teacher, 0, reply))
            rejected = Rejected(reply, found)
            continue
        texts, student = ask(STUDENT, kind.student_prompt(found), attempts, start + number)
        grades = kind.grade(found, texts, sandbox)
        after = sum(bool(grade.reward) for grade in grades) / attempts
        tried = [Attempt(i, Completion(t, "stop", 0, 0), g) for i, (t, g) in enumerate(zip(texts, grades, strict=True))]
        summary = summarize(PassRate(round(after * attempts), attempts), tried)
        made.append(Round(kind.name, seed.seed_id, number, steer, rate, after, "", teacher, student, found.code))
        previous, rejected, rate, steer = found, None, after, steer_for(after)
    return made


def run_chains(count: int, random_seed: int, names: Sequence[str] = NAMES) -> list[Round]:
    """Chains over seeds of the standard library."""
    seeds = draw_seeds([standard_library()], count, random_seed).seeds
    with Sandbox() as sandbox, ThreadPoolExecutor(2) as threads:
        jobs = [(seed, environment(name)) for seed in seeds for name in names]
        chains = threads.map(lambda job: run_chain(*job, sandbox, start=random_seed), jobs)
        return [made for chain in chains for made in chain]


def tier_of(rate: float) -> str:
    """The tier's name by pass rate."""
    if rate in (0, 1):
        return "unsolved" if rate == 0 else "trivial"
    return "hard" if rate <= 0.25 else "medium" if rate <= 0.65 else "easy"


def change_after(rounds: Sequence[Round], steer: str) -> list[float]:
    """The changes of the pass rate after a steer."""
    return [made.rate - made.before for made in rounds if made.steer == steer and made.rate >= 0 and made.before >= 0]


def mean(numbers: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(numbers) / len(numbers) if numbers else 0.0


def report(rounds: Sequence[Round]) -> str:
    """The figures by environment, and the costs."""
    lines = []
    for name in dict.fromkeys(made.environment for made in rounds):
        mine = [made for made in rounds if made.environment == name]
        valid = [made for made in mine if made.rate >= 0]
        tiers = Counter(tier_of(made.rate) for made in valid)
        shares = " ".join(
            f"{tier} {tiers[tier] / len(valid):.0%}" for tier in ("unsolved", "hard", "medium", "easy", "trivial")
        )
        lines.append(f"{name:10} yield {len(valid) / len(mine):.0%}  {shares}")
        changes = {steer: change_after(mine, steer) for steer in ("harder", "easier", "vary")}
        lines.append("           " + "  ".join(f"{steer} {mean(c):+.2f} ({len(c)})" for steer, c in changes.items()))
        asked, proposed = _cost(m.student_seconds for m in valid), _cost(m.teacher_seconds for m in mine)
        lines.append(f"           ms: request {asked}, teacher {proposed}")
    reasons: dict[str, int] = defaultdict(int)
    for made in rounds:
        if made.reason:
            reasons[f"{made.environment} {made.reason.partition(':')[0]}"] += 1
    lines.append(", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1])))
    codes = [made.environment + made.code for made in rounds if made.rate >= 0]
    total = sum(made.teacher_seconds + made.student_seconds for made in rounds)
    copies = 1 - len(set(codes)) / len(codes)
    lines.append(f"{total:.0f} s of processor time in the models; {copies:.1%} duplicates of {len(codes)} codes")
    return "\n".join(lines)


def _cost(seconds: Iterable[float]) -> str:
    times = [1000 * second for second in seconds]
    return f"{mean(times):.1f} (at most {max(times):.0f})"


def main() -> None:
    """Reads the options, runs, and prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--random-seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--environments", nargs="*", default=NAMES)
    parser.add_argument("--show", action="store_true", help="print each rejection")
    options = parser.parse_args()
    rounds = run_chains(options.seeds, options.random_seed, options.environments)
    for made in rounds if options.show else ():
        if made.reason:
            print(f"--- {made.environment} {made.chain} {made.number} {made.steer}: {made.reason}\n{made.code}\n")
    print(f"random seed {options.random_seed}\n{report(rounds)}")


if __name__ == "__main__":
    main()
