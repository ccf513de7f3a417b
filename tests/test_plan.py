"""The plan of a run: which chains are begun, and what ends it."""

import time
from collections.abc import Iterator
from itertools import islice

import pytest

from steppingstone.batches import Batch, BatchDone
from steppingstone.generation import Job, RoundDone
from steppingstone.plan import Plan
from steppingstone.records import Seed
from steppingstone.settings import CapSettings, GenerationSettings, SeedSettings, Settings, TargetSettings
from steppingstone.spending import Spent

ENVIRONMENTS = ("induction", "deduction")


def seeds(count: int) -> Iterator[Seed]:
    return (Seed(f"s{n}", "corpus", f"text {n}", "here") for n in range(count))


def plan(count: int = 100, at_once: int = 2, requests: int = 4, rounds: int = 2, **changed: object) -> Plan:
    settings = Settings(
        environments=ENVIRONMENTS,
        seeds=SeedSettings(count=count),
        generation=GenerationSettings(rounds=rounds, requests_in_flight=requests),
        **changed,  # type: ignore[arg-type]
    )
    return Plan(lambda: seeds(count), count, settings, at_once)


def batches(made: Plan) -> Iterator[Batch[Job]]:
    while batch := made.next_batch():
        yield batch


def ran(made: Plan, batch: Batch[Job], tier: str = "easy", spent: int = 0, capped: bool = False) -> None:
    """Every round of the batch's chains gives a problem of its own, in this tier."""
    for job in batch.jobs:
        for number in (1, 2):
            made.heard(RoundDone(job.number, job.environment, number, tier, f"{job.number}/{number}"))
    made.over(batch, BatchDone("folder", 1, 0, Spent(completion=spent), capped))


def test_without_targets_every_seed_goes_through_every_environment_once() -> None:
    jobs = [job for batch in batches(plan(count=9)) for job in batch.jobs]
    assert sorted((job.seed.seed_id, job.environment) for job in jobs) == sorted(
        (f"s{n}", environment) for n in range(9) for environment in ENVIRONMENTS
    )
    assert sorted(job.number for job in jobs) == list(range(18))


def test_a_small_run_is_spread_over_all_that_can_run_at_once() -> None:
    assert [len(batch.jobs) for batch in batches(plan(count=4, at_once=4, requests=256))] == [2, 2, 2, 2]


def test_batches_together_hold_two_chains_for_each_request_in_flight() -> None:
    assert {len(batch.jobs) for batch in islice(batches(plan(count=1000, at_once=4, requests=64)), 4)} == {32}


def test_an_environment_without_a_target_is_not_run_where_others_have_one() -> None:
    made = plan(targets={"induction": TargetSettings(total=1000)})
    assert {job.environment for batch in batches(made) for job in batch.jobs} == {"induction"}


def test_no_more_chains_are_begun_than_the_target_is_expected_to_need() -> None:
    made = plan(requests=64, targets={"induction": TargetSettings(easy=3)})
    assert sum(len(batch.jobs) for batch in batches(made)) == 3


def test_chains_are_begun_until_the_target_is_met_and_no_longer() -> None:
    made = plan(requests=64, targets={"induction": TargetSettings(easy=7)})
    while batch := made.next_batch():
        ran(made, batch, tier="easy" if batch.jobs[0].number % 4 else "hard")
    assert made.targets.met(made.kept)
    assert made.ended_by() == "targets"
    assert made.begun < 100


def test_seeds_that_give_out_before_the_target_end_the_run() -> None:
    made = plan(count=5, targets={"deduction": TargetSettings(hard=99)})
    while batch := made.next_batch():
        ran(made, batch, tier="easy")
    assert (made.begun, made.ended, made.ended_by()) == (5, 5, "seeds")


def test_a_problem_that_came_twice_counts_once_and_by_the_chain_that_was_drawn_first() -> None:
    made = plan()
    made.heard(RoundDone(6, "induction", 1, "easy", "same"))
    made.heard(RoundDone(4, "induction", 2, "hard", "same"))
    made.heard(RoundDone(8, "induction", 1, "medium", "same"))
    assert +made.kept.counts == {("induction", "hard"): 1}


def test_a_round_that_is_reported_twice_counts_once() -> None:
    made = plan()
    done = RoundDone(6, "induction", 1, "easy", "c")
    assert [made.heard(done), made.heard(done), made.rounds] == [True, False, 1]


def test_trivial_and_unsolved_problems_meet_no_target() -> None:
    made = plan(targets={"induction": TargetSettings(total=1)})
    for number, tier in enumerate(("trivial", "unsolved", "ungraded", ""), 1):
        made.heard(RoundDone(0, "induction", number, tier, str(number)))
    assert not made.targets.met(made.kept)


@pytest.mark.parametrize("cap", [1_000, 77, 1])
def test_allowances_and_what_was_spent_never_add_up_to_more_than_the_cap(cap: int) -> None:
    made = plan(count=1000, at_once=8, caps=CapSettings(tokens=cap))
    running: list[Batch[Job]] = []
    for _ in range(10_000):
        running += islice(batches(made), 8 - len(running))
        if not running:
            break
        assert made.budget.spent.tokens + sum(batch.allowance.tokens or 0 for batch in running) <= cap + len(running)
        batch = running.pop(0)
        ran(made, batch, spent=batch.allowance.tokens or 0, capped=True)
    assert made.ended_by() == "tokens"
    assert 0.99 * cap <= made.budget.spent.tokens <= cap + 8


def test_what_a_batch_did_not_spend_is_handed_out_again() -> None:
    made = plan(count=50, caps=CapSettings(dollars=1.0))
    while batch := made.next_batch():
        assert batch.allowance.dollars
        ran(made, batch)
    assert made.ended_by() == "seeds"


def test_chains_that_an_allowance_cut_short_are_run_again_while_there_is_something_left() -> None:
    made = plan(caps=CapSettings(tokens=1000))
    first = made.next_batch()
    assert first
    ran(made, first, spent=5, capped=True)
    again = made.next_batch()
    assert again
    assert (again.name, again.jobs) == (first.name, first.jobs)
    assert made.ended == 0


def test_a_batch_that_fails_is_run_once_more_and_then_told() -> None:
    made = plan()
    batch = made.next_batch()
    assert batch
    assert made.over(batch, BatchDone("", 3, 0, Spent(prompt=5), False, failure="http://a/v1: 503")) == ""
    assert made.next_batch() == batch
    assert made.over(batch, BatchDone("", 3, 0, Spent(prompt=5), False, failure="http://a/v1: 503")) == "http://a/v1: 503"
    assert made.budget.spent.tokens == 10


def test_a_batch_that_fails_once_a_cap_is_reached_is_left_and_ends_nothing_else() -> None:
    made = plan(caps=CapSettings(tokens=100))
    batch = made.next_batch()
    assert batch
    assert made.over(batch, BatchDone("", 3, 0, Spent(prompt=100), False, failure="http://a/v1: 503")) == ""
    assert (made.next_batch(), made.ended, made.ended_by()) == (None, len(batch.jobs), "tokens")


def test_chains_cut_short_are_left_alone_once_all_they_could_help_is_met() -> None:
    made = plan(targets={"induction": TargetSettings(easy=1)}, caps=CapSettings(tokens=1000))
    batch = made.next_batch()
    assert batch
    ran(made, batch, spent=5, capped=True)
    assert made.next_batch() is None
    assert made.ended_by() == "targets"


def test_what_is_beyond_a_tiers_own_target_is_in_no_total() -> None:
    made = plan(targets={"induction": TargetSettings(easy=1, total=3)})
    for number in range(3):
        made.heard(RoundDone(number, "induction", 1, "easy", str(number)))
    assert made.targets.needs("induction", made.kept) == {"total": (1, 3)}


@pytest.mark.parametrize("target", [{}, {"easy": 3, "hard": 2, "total": 4}])
def test_a_target_that_can_not_be_meant_is_refused(target: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"name at least one|more than the total 4"):
        TargetSettings(**target)


def test_the_time_that_is_over_ends_the_run() -> None:
    made = plan(caps=CapSettings(hours=0.05 / 3600))
    batch = made.next_batch()
    assert batch
    assert batch.allowance.until
    time.sleep(0.06)
    ran(made, batch, capped=True)
    assert made.next_batch() is None
    assert made.ended_by() == "hours"


def test_how_far_a_run_is_follows_the_target_that_is_furthest() -> None:
    made = plan(targets={"induction": TargetSettings(easy=2, hard=4)})
    made.heard(RoundDone(0, "induction", 1, "easy", "a"))
    made.heard(RoundDone(0, "induction", 2, "hard", "b"))
    assert made.targets.share(made.kept) == 0.25
