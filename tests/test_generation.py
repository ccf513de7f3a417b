"""A batch of chains, whatever the models reply."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steppingstone.batches import Batch
from steppingstone.drafts import read_table
from steppingstone.duplicates import Traits
from steppingstone.generation import Job, RoundDone, run_batch
from steppingstone.records import Seed
from steppingstone.settings import GenerationSettings, PriceSettings, Settings, StudentSettings, TeacherSettings
from steppingstone.spending import Allowance
from tests.faults.site import wait_until
from tests.listening import Listening
from tests.model_server import Body, Said, choices, serving

GOOD = "```python\ndef f(x):\n    return x * 3 + 1\n```\n```input\n7\n```"
REPLIES = {
    "nothing": "",
    "a lone surrogate": "\ud800" + GOOD,
    "NUL": GOOD.replace("7", "7\0"),
    "a deep expression": GOOD.replace("x * 3", "x" + "+1" * 900),
    "a deep literal": GOOD.replace("7", "[" * 900 + "]" * 900),
    "a huge number": GOOD.replace("7", "0x" + "f" * 4000),
    "a huge reply": GOOD + "y" * 3_000_000,
    "nested fences": "````\n" + GOOD + "\n````",
    "fences alone": "```\n" * 999,
    "control characters": "\x1b[2J\x07" + GOOD + "\u202e\x00",
    "a huge result": GOOD.replace("x * 3 + 1", "10 ** 5000"),
}


BOUNDLESS = Allowance()


def settings_for(url: str, folder: Path, **generation: object) -> Settings:
    prices = PriceSettings(prompt=1e6, completion=1e5)
    return Settings(
        data_root=str(folder),
        environments=("deduction",),
        teacher=TeacherSettings(base_urls=(url,), model="t", prices=prices),
        student=StudentSettings(base_urls=(url,), model="s"),
        generation=GenerationSettings(**({"rounds": 2, "attempts": 4} | generation)),  # type: ignore[arg-type]
    )


def batch(chains: int = 1, allowance: Allowance = BOUNDLESS) -> Batch[Job]:
    seeds = [Seed(f"s{n}", "corpus", f"def half(n):\n    return n // {n + 2}", "here") for n in range(chains)]
    return Batch("00000", tuple(Job(n, seed, "deduction") for n, seed in enumerate(seeds)), allowance)


def run(folder: Path, answer: Callable[[Body], Said | Body], rounds: int = 2) -> tuple[list[RoundDone], Path]:
    listening = Listening()
    with serving(answer, models=("t", "s")) as server:
        settings = settings_for(server.base_url, folder, rounds=rounds)
        done = run_batch(batch(), settings, "run", str(folder / "batch"), 4, listening)
    return listening.events, Path(done.folder)


@pytest.mark.parametrize("name", REPLIES)
def test_any_reply_of_a_teacher_leaves_a_row_a_round(tmp_path: Path, name: str) -> None:
    reported, folder = run(tmp_path, lambda body: choices(REPLIES[name] if body["model"] == "t" else "```answer\n22\n```"))
    rows = read_table(folder, "problems").num_rows + read_table(folder, "rejections").num_rows
    assert rows == len(reported) == 2
    assert "own_fault" not in read_table(folder, "rejections")["reason"].to_pylist()


@pytest.mark.parametrize("name", REPLIES)
def test_any_reply_of_a_student_is_an_attempt_with_a_verdict(tmp_path: Path, name: str) -> None:
    _, folder = run(tmp_path, lambda body: choices(GOOD if body["model"] == "t" else REPLIES[name]), rounds=1)
    assert read_table(folder, "attempts")["reward"].to_pylist() == [0, 0, 0, 0]


def test_a_fault_of_our_own_ends_its_chain_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppingstone.environments.deduction.Deduction.parse", lambda self, reply: 1 / 0)
    reported, folder = run(tmp_path, lambda body: choices(GOOD))
    (row,) = read_table(folder, "rejections").to_pylist()
    assert (len(reported), row["reason"], row["detail"]) == (1, "own_fault", "ZeroDivisionError: division by zero")


def test_a_teacher_whose_server_refuses_the_prompt_is_not_asked_again(tmp_path: Path) -> None:
    asked: list[Body] = []

    def answer(body: Body) -> Said:
        asked.append(body)
        return Said({"error": {"message": "longer than the context"}}, 400)

    _, folder = run(tmp_path, answer, rounds=6)
    assert len(asked) == 1
    assert read_table(folder, "rejections")["reason"].to_pylist() == ["prompt_refused"]


def test_what_a_problem_cost_stands_in_its_row(tmp_path: Path) -> None:
    _, folder = run(tmp_path, lambda body: choices(GOOD if body["model"] == "t" else "```answer\n22\n```"), rounds=1)
    (row,) = read_table(folder, "problems").to_pylist()
    assert row["teacher_dollars"] == pytest.approx(10 * 1.0 + len(GOOD) * 0.1)
    assert row["student_dollars"] == 0


def test_what_a_problem_is_compared_by_is_reported_and_stands_in_its_row(tmp_path: Path) -> None:
    (done, _), folder = run(tmp_path, lambda body: choices(GOOD if body["model"] == "t" else "```answer\n22\n```"))
    (row,) = read_table(folder, "problems").to_pylist()
    assert row["behaviour"]
    assert done.traits == Traits("deduction", row["content_hash"], row["code"], ("7",), row["behaviour"])


def test_a_batch_whose_allowance_is_spent_begins_nothing_more_and_keeps_what_it_has(tmp_path: Path) -> None:
    def answer(body: Body) -> Body:
        number = len(body["messages"][-1]["content"])
        return choices(GOOD.replace("7", str(number)) if body["model"] == "t" else "```answer\n22\n```")

    with serving(answer, models=("t", "s")) as server:
        settings = settings_for(server.base_url, tmp_path, rounds=20, attempts=1)
        first = run_batch(batch(3, Allowance(tokens=500)), settings, "run", str(tmp_path / "batch"), 4, Listening())
        asked = len(server.requests)
        again = run_batch(batch(3, Allowance(tokens=0)), settings, "run", str(tmp_path / "batch"), 4, Listening())
        assert len(server.requests) == asked
    assert first.capped
    assert again.capped
    in_flight = 4 * (10 + len(GOOD) + 10)
    assert 500 <= first.spent.tokens <= 500 + in_flight
    assert again.spent.tokens == again.asked == 0
    assert again.reused >= first.asked
    assert 0 < read_table(first.folder, "problems").num_rows <= read_table(again.folder, "problems").num_rows < 60


def test_a_batch_that_nobody_waits_for_stops_and_leaves_no_tables(tmp_path: Path) -> None:
    asked: list[Body] = []

    def answer(body: Body) -> Body:
        asked.append(body)
        time.sleep(0.3)
        return choices(GOOD if body["model"] == "t" else "```answer\n22\n```")

    with serving(answer, models=("t", "s")) as server:
        settings = settings_for(server.base_url, tmp_path, rounds=20)
        listening = Listening(lambda: len(asked) < 3)
        done = run_batch(batch(), settings, "run", str(tmp_path / "batch"), 4, listening)
    assert "nobody waits" in done.failure
    assert len(asked) < 12
    assert not list(tmp_path.glob("*batch*"))


def test_attempts_stop_once_tier_and_steer_are_certain(tmp_path: Path) -> None:
    def answer(body: Body) -> Body:
        return choices(*[GOOD if body["model"] == "t" else "```answer\n22\n```"] * body["n"])

    with serving(answer, models=("t", "s")) as server:
        settings = settings_for(server.base_url, tmp_path, rounds=1, attempts=64, attempts_step=4, stop_confidence=0.8)
        done = run_batch(batch(), settings, "run", str(tmp_path / "batch"), 4, Listening())
        asked = [body["n"] for body in server.requests if body["model"] == "s"]
    (row,) = read_table(done.folder, "problems").to_pylist()
    assert row["attempt_count"] == row["pass_count"] < 64
    assert (row["tier"], row["attempt_count"] % 4, sum(asked)) == ("trivial", 0, row["attempt_count"])


def test_batches_of_one_process_share_its_slots(tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def answer(body: Body) -> Body:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.1)
        with lock:
            now -= 1
        return choices(*[GOOD if body["model"] == "t" else "```answer\n22\n```"] * body["n"])

    with serving(answer, models=("t", "s")) as server, ThreadPoolExecutor() as pool:
        settings = settings_for(server.base_url, tmp_path)
        folders = [str(tmp_path / f"batch-{n}") for n in range(3)]
        heard = [Listening() for _ in folders]
        for _ in pool.map(lambda at: run_batch(batch(6), settings, "run", folders[at], 5, heard[at]), range(3)):
            pass
    assert most == 5
    assert {pulse.slots for listening in heard for pulse in listening.pulses} == {5}
    assert all(listening.pulses[-1].jobs_done == 6 for listening in heard)


def test_two_chains_a_slot_are_on_their_way_and_the_oldest_of_all_that_wait_is_next(tmp_path: Path) -> None:
    go_on = threading.Event()

    def answer(body: Body) -> Body:
        go_on.wait(60)
        return choices(*[GOOD if body["model"] == "t" else "```answer\n22\n```"] * body["n"])

    def waiting() -> list[int]:
        return [listening.pulses[-1].jobs_waiting if listening.pulses else -1 for listening in heard]

    heard = [Listening() for _ in range(2)]
    with serving(answer, models=("t", "s")) as server, ThreadPoolExecutor() as pool:
        settings = settings_for(server.base_url, tmp_path)
        try:
            first = pool.submit(run_batch, batch(10), settings, "run", str(tmp_path / "first"), 2, heard[0])
            wait_until(lambda: waiting() == [6, -1], "six of ten chains wait")
            second = pool.submit(run_batch, batch(7), settings, "run", str(tmp_path / "second"), 6, heard[1])
            wait_until(lambda: waiting() == [0, 5], "the younger chains wait")
        finally:
            go_on.set()
        done = [first.result(60), second.result(60)]
    assert waiting() == [0, 0]
    assert [read_table(each.folder, "rejections").num_rows for each in done] == [10, 7]


def test_a_server_that_is_gone_fails_the_batch_with_its_name_and_what_was_spent(tmp_path: Path) -> None:
    with serving(lambda body: choices(GOOD), models=("t", "s")) as server:
        student = StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="s", patience_s=0)
        settings = settings_for(server.base_url, tmp_path).model_copy(update={"student": student})
        done = run_batch(batch(), settings, "run", str(tmp_path / "batch"), 4, Listening())
    assert "http://127.0.0.1:9/v1, model s" in done.failure
    assert done.spent.tokens == 10 + len(GOOD)
    assert not list(tmp_path.glob("*batch*"))
