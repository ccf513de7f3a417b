"""A batch of chains, whatever the models reply."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone.drafts import read_table
from steppingstone.generation import Job, RoundDone, run_batch
from steppingstone.records import Seed
from steppingstone.settings import GenerationSettings, Settings, StudentSettings, TeacherSettings
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


def run(folder: Path, answer: Callable[[Body], Said | Body], rounds: int = 2) -> tuple[list[RoundDone], Path]:
    reported: list[RoundDone] = []
    with serving(answer, models=("t", "s")) as server:
        settings = Settings(
            data_root=str(folder),
            environments=("deduction",),
            teacher=TeacherSettings(base_urls=(server.base_url,), model="t"),
            student=StudentSettings(base_urls=(server.base_url,), model="s"),
            generation=GenerationSettings(rounds=rounds, attempts=4),
        )
        seed = Seed("s", "corpus", "def half(n):\n    return n // 2", "here")
        done = run_batch([Job(seed, "deduction")], settings, "run", str(folder / "batch"), 4, reported.append)
    return reported, Path(done.folder)


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
