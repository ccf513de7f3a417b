"""What a person is told of a generation while it runs."""

from collections.abc import Iterator
from dataclasses import asdict

from steppingstone.batches import Batch, BatchDone, Pulse
from steppingstone.duplicates import Traits
from steppingstone.generation import Job, RoundDone
from steppingstone.plan import Plan
from steppingstone.records import Seed
from steppingstone.settings import CapSettings, GenerationSettings, Settings, TargetSettings
from steppingstone.spending import Spent
from tasks.generate import Generation
from tests.duplicates.made import EXACT


def seeds() -> Iterator[Seed]:
    return (Seed(f"s{n}", "corpus", "text", "here") for n in range(10))


def progress(**changed: object) -> Generation:
    generation = GenerationSettings(rounds=2, requests_in_flight=4)
    settings = Settings(environments=("induction", "fuzzing"), generation=generation, duplicates=EXACT, **changed)  # type: ignore[arg-type]
    made = Plan(seeds, 10, settings, at_once=2, agree=lambda one, other: True, published=lambda name: ())
    return Generation(made, settings, hit=lambda *texts: None)


def done(number: int, round_: int, tier: str, name: str) -> dict[str, object]:
    """A round of induction, with a problem of this name, as it is reported."""
    return asdict(RoundDone(number, "induction", round_, tier, Traits("induction", name, name, ())))


def pulse(batch: Batch[Job], done: int, process: str = "a:1", busy: int = 2, **changed: object) -> Pulse:
    given: dict[str, object] = {
        "jobs_waiting": 0,
        "completions": 8,
        "spent": Spent(prompt=500, dollars=0.25),
        "complaints": (),
        "attempt": "a",
    }
    return Pulse(batch.name, process=process, jobs=len(batch.jobs), jobs_done=done, busy=busy, slots=2, **(given | changed))  # type: ignore[arg-type]


def begun(told: Generation) -> tuple[Batch[Job], Batch[Job]]:
    one, other = told.plan.next_batch(), told.plan.next_batch()
    assert one
    assert other
    return one, other


def test_chains_are_done_running_or_waiting() -> None:
    told = progress()
    one, other = begun(told)
    told.add_pulse(pulse(one, done=3))
    told.add_pulse(pulse(other, done=0, jobs_waiting=1))
    assert told.figures()["chains"] == "3 done, 4 running, 13 waiting at most"
    told.plan.over(one, BatchDone("folder", 8, 0, Spent(), False))
    told.over(one, BatchDone("folder", 8, 0, Spent(), False))
    assert told.figures()["chains"] == "4 done, 3 running, 13 waiting at most"


def test_batches_of_one_process_tell_of_the_same_slots() -> None:
    told = progress()
    one, other = begun(told)
    told.add_pulse(pulse(one, done=0, busy=1))
    told.add_pulse(pulse(other, done=0, busy=2))
    assert told.figures()["requests"] == "2 of 2 slots busy"
    told.add_pulse(pulse(other, done=0, process="b:1", busy=2))
    assert told.figures()["requests"] == "3 of 4 slots busy"


def test_what_was_spent_is_counted_once_when_a_batch_is_over() -> None:
    told = progress(caps=CapSettings(tokens=100_000))
    one, _ = begun(told)
    told.add_pulse(pulse(one, done=1))
    assert told.figures()["spent"] == "500 of 100,000 tokens, $0.25"
    done = BatchDone("folder", 8, 0, Spent(prompt=600, completion=200, dollars=0.5), False)
    told.plan.over(one, done)
    told.over(one, done)
    assert told.figures()["spent"] == "800 of 100,000 tokens, $0.50"
    assert told.figures()["completions"].startswith("8, ")


def test_what_an_attempt_spent_whose_worker_died_is_spent_all_the_same() -> None:
    told = progress(caps=CapSettings(tokens=100_000))
    one, _ = begun(told)
    told.add_pulse(pulse(one, done=1))
    told.add_pulse(pulse(one, done=0, attempt="b", completions=2, spent=Spent(prompt=100)))
    assert told.figures()["spent"] == "600 of 100,000 tokens, $0.25"
    assert told.figures()["completions"].startswith("10, ")
    assert told.plan.budget.spent.tokens == 500


def test_a_server_that_was_set_aside_is_told_with_what_it_said() -> None:
    told = progress()
    one, _ = begun(told)
    assert "servers" not in told.figures()
    told.add_pulse(pulse(one, done=0, complaints=("http://a/v1, set aside for 4 s: 503 overloaded",)))
    assert told.figures()["servers"] == "http://a/v1, set aside for 4 s: 503 overloaded"


def test_kept_stands_beside_what_is_wanted() -> None:
    told = progress(targets={"induction": TargetSettings(hard=4, total=9)})
    told.add(done(0, 1, "hard", "a"))
    told.add(done(0, 2, "easy", "b"))
    told.add(done(0, 2, "easy", "b"))
    told.add(asdict(RoundDone(2, "induction", 1, "", None)))
    row = told.rows()[0]
    assert (row["rounds"], row["rejected"], row["hard"], row["easy"], row["kept"]) == (3, 1, "1 of 4", "1", "2 of 9")


def test_how_far_a_run_is_goes_by_the_nearest_end() -> None:
    told = progress()
    assert (told.share(), told.figures()["time"]) == (0, "0 s gone, time left not known yet")
    for number in range(20):
        told.add(done(number, 1, "easy", str(number)))
    assert told.share() == 0.5
    capped = progress(caps=CapSettings(tokens=100))
    one, _ = begun(capped)
    capped.plan.over(one, BatchDone("folder", 1, 0, Spent(prompt=90), False))
    assert capped.share() == 0.9
