"""A sweep: each row of a table is handed out once."""

from steppingstone.batches import Batch, BatchDone
from steppingstone.dispatch import Sweep
from steppingstone.settings import CapSettings
from steppingstone.spending import Spent


def batches(sweep: Sweep) -> list[Batch[int]]:
    found = []
    while batch := sweep.next_batch():
        found.append(batch)
    return found


def test_every_number_is_handed_out_once_in_order() -> None:
    made = batches(Sweep(103, 40, 1_000, CapSettings(), at_once=4))
    assert [number for batch in made for number in batch.jobs] == list(range(103))
    assert [len(batch.jobs) for batch in made] == [10] * 10 + [3]


def test_few_numbers_are_spread_over_all_that_can_run_at_once() -> None:
    assert [len(batch.jobs) for batch in batches(Sweep(8, 512, 1_000, CapSettings(), at_once=4))] == [2, 2, 2, 2]


def test_no_batch_is_larger_than_it_may_be() -> None:
    assert {len(batch.jobs) for batch in batches(Sweep(100, 100, 5, CapSettings(), at_once=1))} == {5}


def test_what_an_allowance_cut_short_is_handed_out_again_until_the_cap_is_reached() -> None:
    sweep = Sweep(10, 10, 10, CapSettings(tokens=100), at_once=1)
    first = sweep.next_batch()
    assert first
    assert sweep.over(first, BatchDone("", 1, 0, Spent(prompt=50), capped=True)) == ""
    again = sweep.next_batch()
    assert again
    assert (again.name, again.jobs, sweep.ended) == (first.name, range(10), 0)
    assert sweep.over(again, BatchDone("", 1, 0, Spent(prompt=50), capped=True)) == ""
    assert (sweep.next_batch(), sweep.ended, sweep.budget.reached()) == (None, 10, "tokens")
