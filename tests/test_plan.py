"""The plan of a run: which chains are begun, and what ends it."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from steppingstone import drafts
from steppingstone.batches import Batch, BatchDone
from steppingstone.duplicates import Traits, drop_duplicates
from steppingstone.generation import Job, RoundDone
from steppingstone.plan import Plan
from steppingstone.records import Seed
from steppingstone.settings import CapSettings, DuplicateSettings, GenerationSettings, SeedSettings, Settings, TargetSettings
from steppingstone.spending import Spent
from steppingstone.tiers import write_tiers
from tests.drafts import make_draft, problem_of
from tests.duplicates.made import EXACT, code, traits

ENVIRONMENTS = ("induction", "deduction")


def seeds(count: int) -> Iterator[Seed]:
    return (Seed(f"s{n}", "corpus", f"text {n}", "here") for n in range(count))


def plan(count: int = 100, at_once: int = 2, requests: int = 4, rounds: int = 2, **changed: object) -> Plan:
    settings = Settings(
        environments=ENVIRONMENTS,
        duplicates=changed.pop("duplicates", EXACT),
        seeds=SeedSettings(count=count),
        generation=GenerationSettings(rounds=rounds, requests_in_flight=requests),
        **changed,  # type: ignore[arg-type]
    )
    return Plan(lambda: seeds(count), count, settings, at_once, agree=lambda one, other: True, published=lambda name: ())


def done(number: int, environment: str, round_: int, tier: str, name: str) -> RoundDone:
    """A round with a problem of this name, or without one if the tier is empty."""
    return RoundDone(number, environment, round_, tier, Traits(environment, name, name, ()) if tier else None)


def batches(made: Plan) -> Iterator[Batch[Job]]:
    while batch := made.next_batch():
        yield batch


def ran(made: Plan, batch: Batch[Job], tier: str = "easy", spent: int = 0, capped: bool = False) -> None:
    """Every round of the batch's chains gives a problem of its own, in this tier."""
    for job in batch.jobs:
        for number in (1, 2):
            made.heard(done(job.number, job.environment, number, tier, f"{job.number}/{number}"))
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


def test_once_a_batch_is_over_a_third_chain_for_each_request_stands_by() -> None:
    made = plan(count=1000, at_once=4, requests=64)
    first = made.next_batch()
    assert first
    ran(made, first)
    assert {len(batch.jobs) for batch in islice(batches(made), 4)} == {48}


@pytest.mark.parametrize(("easy", "chains"), [(10_000, 48), (184, 32)])
def test_chains_stand_by_only_while_their_target_is_far(easy: int, chains: int) -> None:
    made = plan(count=1000, at_once=4, requests=64, targets={"induction": TargetSettings(easy=easy)})
    first = made.next_batch()
    assert first
    ran(made, first)
    second = made.next_batch()
    assert second
    assert len(second.jobs) == chains


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
    made = plan(count=5, at_once=1)
    batch = made.next_batch()
    assert batch
    made.heard(done(6, "induction", 1, "easy", "same"))
    made.heard(done(4, "induction", 2, "hard", "same"))
    made.heard(done(8, "induction", 1, "medium", "same"))
    made.over(batch, BatchDone("folder", 1, 0, Spent(), False))
    assert +made.kept.counts == {("induction", "hard"): 1}


def test_a_round_that_is_reported_twice_counts_once() -> None:
    made = plan()
    heard = done(6, "induction", 1, "easy", "c")
    assert [made.heard(heard), made.heard(heard), made.rounds] == [True, False, 1]


def test_trivial_and_unsolved_problems_meet_no_target() -> None:
    made = plan(targets={"induction": TargetSettings(total=1)})
    for number, tier in enumerate(("trivial", "unsolved", "ungraded", ""), 1):
        made.heard(done(0, "induction", number, tier, str(number)))
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
        made.heard(done(number, "induction", 1, "easy", str(number)))
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
    made.heard(done(0, "induction", 1, "easy", "a"))
    made.heard(done(0, "induction", 2, "hard", "b"))
    assert made.targets.share(made.kept) == 0.25


FAMILIES = [code(*Random(family).choices(range(8), k=6)) for family in range(60)]


def proposed(job: Job) -> list[RoundDone]:
    """Two rounds of one chain, edits of a few programs that other chains come upon as well."""
    dice = Random(job.number)
    codes = [dice.choice(FAMILIES).replace("97", str(97 + dice.randrange(3))) for _ in range(2)]
    tiers = [dice.choice(("easy", "hard", "unsolved")) for _ in codes]
    return [
        RoundDone(job.number, job.environment, number, tier, traits(written, environment=job.environment))
        for number, (written, tier) in enumerate(zip(codes, tiers, strict=True), 1)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_targets_that_are_met_by_the_count_are_met_in_the_tier_tables(tmp_path: Path, seed: int) -> None:
    targets = {"induction": TargetSettings(easy=12, hard=9), "deduction": TargetSettings(total=14)}
    made = plan(count=400, at_once=3, requests=4, targets=targets, duplicates=DuplicateSettings(behaviour=False))
    running, heard, dice = list[Batch](), list[RoundDone](), Random(seed)
    while running := [*running, *islice(batches(made), 3 - len(running))]:
        batch = running.pop(dice.randrange(len(running)))
        reports = [report for job in batch.jobs for report in proposed(job)]
        for report in dice.sample(reports, len(reports)):
            heard.append(report)
            made.heard(report)
        made.over(batch, BatchDone("folder", 1, 0, Spent(), False))
    assert made.ended_by() == "targets"
    assert made.begun < 400
    draft = make_draft(tmp_path, problems=list(map(problem_of, heard)), attempts=[])
    assert drop_duplicates(draft, DuplicateSettings(behaviour=False)).dropped.keys() == {"duplicate", "near_duplicate"}
    write_tiers(draft, targets)
    with drafts.connect(draft) as tables:
        rows = tables.sql("SELECT environment, tier FROM (FROM easy UNION ALL FROM hard)").fetchall()
    assert Counter(row for row in rows if row[0] == "induction") == {("induction", "easy"): 12, ("induction", "hard"): 9}
    assert sum(row[0] == "deduction" for row in rows) == 14
