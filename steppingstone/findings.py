"""What was found when something was looked at before a run: fine, or what is wrong with it and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from steppingstone.errors import BadInput, InfrastructureError, SteppingstoneError


class State(StrEnum):
    """What a finding means for a run."""

    FINE = "fine"
    NOTE = "note"
    """A run is well with it; or nothing could be known."""
    WRONG = "wrong"
    """What the user gave can't be used."""
    FAILED = "failed"
    """A machine or a server failed, and may be well later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What `name` is the state of, in words; `to_do` says what mends it, where `said` does not."""

    name: str
    state: State
    said: str
    to_do: str = ""

    @property
    def stops(self) -> bool:
        """Whether no run should begin with it."""
        return self.state in (State.WRONG, State.FAILED)

    def __str__(self) -> str:
        return f"{self.name}: {self.said}" + (f"; {self.to_do}" if self.to_do else "")


def of_error(name: str, error: SteppingstoneError) -> Finding:
    """What an error says of `name`."""
    return Finding(name, State.FAILED if isinstance(error, InfrastructureError) else State.WRONG, str(error))


def tried(name: str, fine: str, *looks: Callable[[], object]) -> list[Finding]:
    """What each look that raises one of our errors says of `name`; that it is `fine` if none does."""
    found = []
    for look in looks:
        try:
            look()
        except SteppingstoneError as error:
            found.append(of_error(name, error))
    return found or [Finding(name, State.FINE, fine)]


def stop_if_wrong(findings: Sequence[Finding]) -> None:
    """Raises one error that lists all that stops a run: `BadInput`, or `InfrastructureError` if nothing given is wrong."""
    stopping = [finding for finding in findings if finding.stops]
    if not stopping:
        return
    message = str(stopping[0])
    if stopping[1:]:
        message = "\n- ".join([f"{len(stopping)} things have to be mended first:", *map(str, stopping)])
    wrong = any(finding.state is State.WRONG for finding in stopping)
    raise BadInput(message) if wrong else InfrastructureError(message)
