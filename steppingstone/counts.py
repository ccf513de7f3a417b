"""What this process has counted since it began: plain numbers, for whoever exports them.

Each stands under the run that it is about, then under its labels. Names and units are Prometheus's.
"""

import bisect
import threading
from dataclasses import dataclass, field

from steppingstone.logs import run as present_run

KEPT_RUNS = 8
"""So many of the last runs' numbers are kept; a worker may live for a year."""
_lock = threading.Lock()
_runs: list[str] = []


@dataclass(frozen=True, slots=True)
class Count:
    """A number that only grows: one for each run and each combination of label values."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: dict[tuple[str, ...], float] = field(default_factory=dict, compare=False)

    def add(self, *labels: str, by: float = 1) -> None:
        """Adds to the number with these label values."""
        key = (present_run(), *labels)
        with _lock:
            self.values[key] = self.values.get(key, 0) + by


@dataclass(frozen=True, slots=True)
class Level(Count):
    """A number that goes up and down."""

    def set(self, value: float, *labels: str) -> None:
        """The number with these label values from now on."""
        key = (present_run(), *labels)
        with _lock:
            self.values[key] = value


@dataclass(frozen=True, slots=True)
class Durations:
    """How often something took how many seconds: the counts of the buckets, the last without bound, then the sum."""

    name: str
    help: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = ()
    values: dict[tuple[str, ...], list[float]] = field(default_factory=dict, compare=False)

    def add(self, seconds: float, *labels: str) -> None:
        """Counts one."""
        key = (present_run(), *labels)
        with _lock:
            row = self.values.setdefault(key, [0.0] * (len(self.bounds) + 2))
            row[bisect.bisect_left(self.bounds, seconds)] += 1
            row[-1] += seconds


def begin() -> None:
    """Makes ready for the run that is counted now: lets go of the numbers of runs that this process worked at long ago.

    What happens seldom begins at 0: Prometheus sees no growth in a number that it meets at 1.
    """
    with _lock:
        if (run := present_run()) in _runs:
            return
        _runs.append(run)
        gone = {_runs.pop(0) for _ in range(len(_runs) - KEPT_RUNS)}
        for count in ALL:
            for key in [key for key in count.values if key[0] in gone]:
                del count.values[key]
    SANDBOX_FAULTS.add(by=0)
    BATCHES.add("failed", by=0)


COMPLETIONS = Count("steppingstone_completions_total", "Completions that models gave", ("role", "finish"))
REUSED = Count("steppingstone_completions_reused_total", "Completions that the journal had", ("role",))
TOKENS = Count(
    "steppingstone_tokens_total", "Tokens paid for; cached are part of prompt, reasoning of completion", ("role", "kind")
)
DOLLARS = Count("steppingstone_dollars_total", "Dollars spent, by the models' prices", ("role",))
REQUESTS = Count("steppingstone_requests_total", "Requests to model servers, by how they ended", ("server", "outcome"))
REQUEST_SECONDS = Durations(
    "steppingstone_request_duration_seconds",
    "Time from sending a request to its reply",
    (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
    ("server",),
)
SET_ASIDE = Count(
    "steppingstone_servers_set_aside_total", "Times that a model server was set aside, for it failed", ("server",)
)
BUSY_SLOTS = Level("steppingstone_busy_slots", "Requests in flight in this process")
SLOTS = Level("steppingstone_slots", "Requests that this process may have in flight")
LOOP_LAG = Level("steppingstone_event_loop_lag_seconds", "How late the engine's event loop last was")
VERDICTS = Count("steppingstone_verdicts_total", "Attempts graded, by verdict", ("environment", "verdict"))
EXECUTIONS = Count(
    "steppingstone_sandbox_executions_total",
    "Executions of untrusted code and readings of literals, by how they ended",
    ("verdict",),
)
SANDBOX_FAULTS = Count("steppingstone_sandbox_faults_total", "Fork servers of the sandbox that died")
ROUNDS = Count(
    "steppingstone_rounds_total", "Rounds that are over, by the problem's tier or `rejected`", ("environment", "outcome")
)
REJECTIONS = Count("steppingstone_rejections_total", "Proposals turned away, by reason", ("environment", "reason"))
CHAINS_RUNNING = Level("steppingstone_chains_running", "Chains on their way in this process", ("environment",))
CHAINS = Count("steppingstone_chains_total", "Chains that are over", ("environment",))
BATCHES = Count("steppingstone_batches_total", "Batches that are over: done, capped or failed", ("outcome",))
PROGRESS = Level("steppingstone_progress_ratio", "How far the run's batches are, from 0 to 1")
KEPT = Level("steppingstone_kept_problems", "Easy, medium and hard problems kept so far", ("environment", "tier"))
TARGET = Level("steppingstone_target_problems", "Problems wanted", ("environment", "tier"))
PUBLISHED = Level("steppingstone_version_published_timestamp_seconds", "When a version was last published")

ALL: tuple[Count | Durations, ...] = (
    COMPLETIONS,
    REUSED,
    TOKENS,
    DOLLARS,
    REQUESTS,
    REQUEST_SECONDS,
    SET_ASIDE,
    BUSY_SLOTS,
    SLOTS,
    LOOP_LAG,
    VERDICTS,
    EXECUTIONS,
    SANDBOX_FAULTS,
    ROUNDS,
    REJECTIONS,
    CHAINS_RUNNING,
    CHAINS,
    BATCHES,
    PROGRESS,
    KEPT,
    TARGET,
    PUBLISHED,
)
