"""What stopping early saves and costs: `python -m tests.benchmarks.stop_early [DATA_ROOT] [--steps 4 8] [--confidences 0.9]`.

Replays the attempts of the latest version, which is to have been made without stopping, each problem's in several orders: they
are exchangeable. A line for each step and confidence says what share was saved of all attempts, of the tokens of their answers,
and of the student's tokens with the prompts: `cached` if the server's cache holds a problem's prompt after the first request,
`paid` if each further request pays for it again. `tier`, `steer` and `both` say how often these are as all attempts have them.

The offline student answers in some 17 tokens: its prompts weigh more than those of a model that reasons, which `--longer 30`
makes up for.
"""

import argparse
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from steppingstone.catalog import open_catalog
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.stopping import decided

THRESHOLDS = Thresholds()
FULL = """
    SELECT sum(prompt_tokens)::BIGINT, list(reward ORDER BY attempt), list(completion_tokens ORDER BY attempt) FROM attempts
    GROUP BY problem_id, chain_id, round ORDER BY problem_id, chain_id, round
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One problem's attempts: their rewards (None: ungraded), their completions' tokens, and the one prompt's tokens."""

    prompt: int
    rewards: tuple[int | None, ...]
    completions: tuple[int, ...]

    def shuffled(self, draw: random.Random) -> "Recorded":
        """The same attempts in another order."""
        order = draw.sample(range(len(self.rewards)), len(self.rewards))
        return Recorded(self.prompt, tuple(self.rewards[i] for i in order), tuple(self.completions[i] for i in order))

    def rate(self, made: int) -> PassRate:
        """The pass rate of the first attempts."""
        graded = [reward for reward in self.rewards[:made] if reward is not None]
        return PassRate(sum(graded), len(graded))


@dataclass(frozen=True, slots=True)
class Replay:
    """One problem's attempts, stopped early: what was spent, and whether tier and steer are those of all."""

    made: int
    requests: int
    completion: int
    tier: bool
    steer: bool


def recorded(data_root: str, longer: int = 1) -> list[Recorded]:
    """The problems of the latest version, each answer taken to be `longer` times as long."""
    with open_catalog(data_root) as tables:
        rows = tables.execute(FULL).fetchall()
    return [Recorded(prompt, tuple(rewards), tuple(longer * spent for spent in tokens)) for prompt, rewards, tokens in rows]


@cache
def sure(rate: PassRate, attempts: int, confidence: float) -> bool:
    return decided(rate, attempts, THRESHOLDS, confidence)


def replay(problem: Recorded, step: int, confidence: float) -> Replay:
    """Asks for `step` attempts at a time until tier and steer are decided, or all are made."""
    attempts = len(problem.rewards)
    made = requests = 0
    while made < attempts:
        made, requests = min(made + step, attempts), requests + 1
        rate = problem.rate(made)
        if sure(rate, attempts, confidence):
            break
    full = problem.rate(attempts)
    return Replay(
        made,
        requests,
        sum(problem.completions[:made]),
        THRESHOLDS.tier(rate) is THRESHOLDS.tier(full),
        THRESHOLDS.steer(rate) is THRESHOLDS.steer(full),
    )


def lines(problems: list[Recorded], orders: int, steps: list[int], confidences: list[float]) -> Iterator[str]:
    """A line for each step and confidence."""
    draw = random.Random(0)
    shuffled = [[problem.shuffled(draw) for _ in range(orders)] for problem in problems]
    for step in steps:
        for confidence in confidences:
            yield f"{step:4} {confidence:10} " + told(
                [[replay(each, step, confidence) for each in of] for of in shuffled], problems
            )


def told(replays: list[list[Replay]], problems: list[Recorded]) -> str:
    """The figures of one step and confidence; `replays` has a list for each problem."""
    every = [(problem, each) for problem, of in zip(problems, replays, strict=True) for each in of]
    attempts = sum(len(problem.rewards) for problem, _ in every)
    tokens = sum(problem.prompt + sum(problem.completions) for problem, _ in every)
    cached = sum(problem.prompt + each.completion for problem, each in every)
    paid = sum(problem.prompt * each.requests + each.completion for problem, each in every)
    both = [statistics.fmean(each.tier and each.steer for each in of) for of in replays]
    shares = [
        1 - sum(each.made for _, each in every) / attempts,
        1 - sum(each.completion for _, each in every) / sum(sum(problem.completions) for problem, _ in every),
        1 - cached / tokens,
        1 - paid / tokens,
        statistics.fmean(each.tier for _, each in every),
        statistics.fmean(each.steer for _, each in every),
        statistics.fmean(both),
    ]
    error = statistics.stdev(both) / len(both) ** 0.5
    requests = statistics.fmean(each.requests for _, each in every)
    return f"{requests:8.1f}  " + " ".join(f"{share:8.1%}" for share in shares) + f" ± {error:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_root", nargs="?", default="data", metavar="DATA_ROOT")
    parser.add_argument("--steps", nargs="+", type=int, default=[2, 4, 8], help="attempts asked for at once")
    parser.add_argument("--confidences", nargs="+", type=float, default=[0.8, 0.88, 0.9, 0.92, 0.95], help="to stop at")
    parser.add_argument("--orders", type=int, default=20, help="orders in which each problem's attempts are replayed")
    parser.add_argument("--longer", type=int, default=1, help="times as long as recorded each answer is taken to be")
    options = parser.parse_args()
    problems = recorded(options.data_root, options.longer)
    print(f"{len(problems):,} problems, {sum(len(problem.rewards) for problem in problems):,} attempts")
    print(f"{'':23} {'saved, of':<40} as with all attempts")
    print("step confidence requests  attempts  answers   cached     paid     tier    steer     both")
    for line in lines(problems, options.orders, options.steps, options.confidences):
        print(line, flush=True)


if __name__ == "__main__":
    main()
