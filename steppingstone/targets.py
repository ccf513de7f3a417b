"""Targets: what is still wanted of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from steppingstone.kept import Kept
from steppingstone.settings import TargetSettings
from steppingstone.tables import TIERS


@dataclass(frozen=True, slots=True)
class Targets:
    """What is wanted, by environment; where nothing is, everything is welcome."""

    wanted: Mapping[str, TargetSettings]

    def needs(self, environment: str, kept: Kept) -> dict[str, tuple[int, int]]:
        """The unmet targets of an environment: how many are kept and how many wanted, by tier or `total`."""
        target = self.wanted.get(environment)
        if target is None:
            return {}
        asked = {name: count for name, count in target if count is not None}
        have = {tier: kept.counts[environment, tier] for tier in TIERS}
        # What is beyond a tier's own target is in no tier table, and so in no total.
        have["total"] = sum(min(count, asked.get(tier, count)) for tier, count in have.items())
        return {name: (have[name], count) for name, count in asked.items() if have[name] < count}

    def met(self, kept: Kept) -> bool:
        """Whether there are targets, and all of them are met."""
        return bool(self.wanted) and not any(self.needs(name, kept) for name in self.wanted)

    def share(self, kept: Kept) -> float:
        """How much is kept of what is wanted, from 0 to 1, by the target that is furthest; 0 without targets."""
        unmet = [have / wanted for name in self.wanted for have, wanted in self.needs(name, kept).values()]
        return min(unmet, default=1.0) if self.wanted else 0.0
