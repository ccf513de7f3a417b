"""What a run keeps is counted while it runs as it will be counted once it is over."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from steppingstone import drafts
from steppingstone.behaviour import behaviour
from steppingstone.duplicates import Traits, agreement, drop_duplicates
from steppingstone.generation import Job, RoundDone
from steppingstone.kept import Kept
from steppingstone.records import Seed
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.settings import DuplicateSettings
from tests.drafts import make_draft, problem_of
from tests.duplicates.made import code, ladder, traits

ALL = DuplicateSettings()
TIERS = ("hard", "medium", "easy", "unsolved")


def kept(*published: Traits, agree: bool = True) -> Kept:
    return Kept(ALL, lambda one, other: agree, lambda name: [each for each in published if each.environment == name])


def job(number: int, environment: str = "induction") -> Job:
    return Job(number, Seed(f"s{number}", "corpus", "x", "here"), environment)


def done(number: int, problem: Traits | None, tier: str = "easy", round_: int = 1) -> RoundDone:
    return RoundDone(number, problem.environment if problem else "induction", round_, tier if problem else "", problem)


def begun(count: int, *published: Traits, agree: bool = True) -> Kept:
    made = kept(*published, agree=agree)
    for number in range(count):
        made.begin(job(number))
    return made


FIRST, EDITED = (traits(code(0, 1, 2, 4, 6, 7, start=start)) for start in (0, 1))
OTHER = traits(code(3, 5, 0, 5))
SPARED = "spare = [x, 0]\n    a, b = spare\n    n = a\n    spare.clear()\n    n = n + b * 0\n    n = n"


@pytest.mark.parametrize("again", [FIRST, EDITED, traits(code(7, 3, 5), behaviour="b")], ids=["exact", "near", "behaviour"])
def test_a_problem_that_came_twice_counts_once(again: Traits) -> None:
    made = begun(2)
    first = traits(FIRST.code, behaviour="b") if again.behaviour else FIRST
    made.add(done(0, first))
    made.add(done(1, again, "hard"))
    assert +made.counts == {("induction", "easy"): 1}
    made.end([job(0), job(1)])
    assert +made.counts == {("induction", "easy"): 1}


def test_the_chain_that_was_drawn_first_has_it_whichever_came_first() -> None:
    made = begun(2)
    made.add(done(1, FIRST, "hard"))
    made.end([job(1)])
    assert +made.counts == {("induction", "hard"): 1}
    made.add(done(0, EDITED, "easy"))
    made.end([job(0)])
    assert +made.counts == {("induction", "easy"): 1}


def test_a_problem_that_counted_comes_back_once_what_stands_between_falls() -> None:
    one, between, other = ladder()
    made = begun(3)
    for number, problem in ((1, between), (2, other), (0, one)):
        made.add(done(number, problem))
        made.end([job(number)])
    assert +made.counts == {("induction", "easy"): 2}


def test_what_was_published_does_not_count() -> None:
    made = begun(3, FIRST, traits(OTHER.code, environment="deduction"))
    for number, problem in enumerate((FIRST, EDITED, OTHER)):
        made.add(done(number, problem))
    assert +made.counts == {("induction", "easy"): 1}


def test_a_behaviour_that_is_the_same_by_chance_counts_once_it_is_settled() -> None:
    made = begun(2, agree=False)
    for number, problem in enumerate((FIRST, OTHER)):
        made.add(done(number, traits(problem.code, behaviour="b")))
    assert made.counts["induction", "easy"] == 1
    made.end([job(0), job(1)])
    assert made.counts["induction", "easy"] == 2


def test_what_a_failed_batch_reported_does_not_count() -> None:
    made = begun(2)
    made.add(done(0, FIRST))
    made.add(done(1, OTHER))
    made.end([job(1)], delivered=False)
    made.end([job(0)])
    assert +made.counts == {("induction", "easy"): 1}


def test_a_rejected_proposal_counts_nothing() -> None:
    made = begun(1)
    made.add(done(0, None))
    assert not +made.counts


def scenery(sandbox: Sandbox, dice: Random) -> list[RoundDone]:
    """Rounds of 20 chains: edits of a dozen programs, some of them in other words that do the same."""
    rounds = []
    for number in range(20):
        environment = ("induction", "deduction")[number % 2]
        for round_ in range(1, 5):
            written = code(*Random(dice.randrange(12)).choices(range(8), k=5), start=dice.choice((0, 0, 1, 2)))
            written = written.replace("n = x", dice.choice(("n = x", SPARED)))
            did = behaviour(written, ("f",), sandbox, Limits())
            problem = traits(written, str(dice.randrange(2)), environment=environment, behaviour=did)
            rounds.append(done(number, problem, dice.choice(TIERS), round_))
    return rounds


def curated(folder: Path, rounds: Sequence[RoundDone]) -> Counter[tuple[str, str]]:
    """What curation keeps of these rounds."""
    draft = make_draft(folder, problems=list(map(problem_of, rounds)), attempts=[])
    assert len(drop_duplicates(draft, ALL).dropped) == 3, "every kind is there"
    return Counter((row["environment"], row["tier"]) for row in drafts.read_table(draft, "problems").to_pylist())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_once_all_is_over_the_counts_are_those_of_curation(tmp_path: Path, sandbox: Sandbox, seed: int) -> None:
    dice = Random(seed)
    rounds = scenery(sandbox, dice)
    made = Kept(ALL, agreement(sandbox), lambda name: [])
    jobs = [job(number, ("induction", "deduction")[number % 2]) for number in range(20)]
    for each in jobs:
        made.begin(each)
    # Chains are over in any order, and each one's rounds are reported by then.
    for each in dice.sample(jobs, len(jobs)):
        for report in rounds:
            if report.chain_number == each.number:
                made.add(report)
        made.end([each])
    expected = curated(tmp_path, rounds)
    assert +made.counts == {key: count for key, count in expected.items() if key[1] != "unsolved"}
