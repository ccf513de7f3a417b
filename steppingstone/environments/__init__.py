"""The four environments, that of real problems, and any other that an installed package names by an entry point."""

from functools import cache
from importlib.metadata import entry_points

from steppingstone.environments.abduction import Abduction
from steppingstone.environments.base import Basis, Environment, Rejected
from steppingstone.environments.deduction import Deduction
from steppingstone.environments.fuzzing import Fuzzing
from steppingstone.environments.induction import Induction
from steppingstone.environments.real import Real
from steppingstone.errors import BadInput
from steppingstone.sandbox import Limits
from steppingstone.templates import Templates

__all__ = [
    "OWN",
    "Abduction",
    "Basis",
    "Deduction",
    "Environment",
    "Fuzzing",
    "Induction",
    "Real",
    "Rejected",
    "environment",
    "known",
]

OWN: dict[str, type[Environment]] = {kind.name: kind for kind in (Induction, Abduction, Deduction, Fuzzing)}
GROUP = "steppingstone.environments"


@cache
def known() -> tuple[str, ...]:
    """Names of the environments that a teacher can be asked for: our four, then those of installed packages."""
    return (*OWN, *sorted({point.name for point in entry_points(group=GROUP)} - set(OWN)))


def environment(name: str, prompts: str | None = None, limits: Limits | None = None) -> Environment:
    """The environment of this name, its templates stood in for by those of the folder `prompts`.

    Raises `BadInput` with the known names if there is none.
    """
    own: dict[str, type[Environment]] = {**OWN, Real.name: Real}
    kinds = [own[name]] if name in own else [point.load() for point in entry_points(group=GROUP, name=name)]
    for kind in kinds:
        made: Environment = kind(Templates(prompts, kind.prompts), limits)
        return made
    raise BadInput(f"unknown environment {name!r}; known are {', '.join(known())}")
