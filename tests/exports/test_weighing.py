"""What TRL's trainer is given to draw by weights. The trainer itself is in tests/real_trainers."""

from types import SimpleNamespace
from typing import Any

import pytest

from steppingstone.errors import BadInput
from steppingstone.exports import trl
from steppingstone.exports.sampling import Observed, WeightedGroups


class Rows(dict[str, list[str]]):
    """A data set of columns."""

    @property
    def column_names(self) -> list[str]:
        return [*self]


@pytest.fixture
def kept() -> trl._Kept:
    kept = trl._Kept()
    kept.groups = WeightedGroups(["easy", "hard"], {"easy": 1, "hard": 1}, batch_groups=2, repeats=1, seed=0)
    kept.observed = Observed()
    return kept


def begins(kept: trl._Kept, step: int, callbacks: dict[str, Any]) -> None:
    kept.on_train_begin(None, SimpleNamespace(global_step=step, stateful_callbacks=callbacks), None)


def test_a_checkpoint_keeps_what_drawing_goes_on_from(kept: trl._Kept) -> None:
    kept.groups.batch(3)
    kept.groups.set_weights({"easy": 0, "hard": 1})
    kept.observed.add(["hard"], [1.0])
    told = kept.state()
    begins(kept, 0, {})
    assert (kept.groups.changes, kept.observed.sums) == ([(0, {"easy": 0, "hard": 1})], {})
    begins(kept, 4, {"_Kept": told})
    assert (kept.groups.changes, kept.observed.means) == (told["changes"], {"hard": 1.0})


def test_a_checkpoint_of_training_without_weights_is_refused(kept: trl._Kept) -> None:
    with pytest.raises(BadInput, match="training without weighted groups"):
        begins(kept, 4, {})


def test_weights_by_a_column_that_is_not_there_are_refused() -> None:
    trainer = SimpleNamespace(train_dataset=Rows(tier=["easy"]))
    with pytest.raises(BadInput, match="data set is a stream, or has only tier"):
        trl.weigh_groups(trainer, {"easy": 1}, column="teir")


def test_a_rule_follows_our_reward_or_the_only_one() -> None:
    assert trl._place(["length", "steppingstone_reward"]) == 1
    assert trl._place(["a_wrapper_of_ours"]) == 0
    with pytest.raises(BadInput, match="not of length, style"):
        trl._place(["length", "style"])
