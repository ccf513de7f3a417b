"""The journal of completions."""

from pathlib import Path

from steppingstone.journal import Journal, request_key
from steppingstone.records import Completion, Message

SAID = Completion("said\nthis", "stop", 3, 5, "thought")


def test_what_was_stored_is_there_for_the_next_process(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    first.put("k", 0, SAID)
    assert Journal(tmp_path).get("k", 0) == first.get("k", 0) == SAID


def test_a_sample_that_was_never_stored_is_none(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.put("k", 0, SAID)
    assert journal.get("k", 1) is None
    assert journal.get("other", 0) is None


def test_a_line_torn_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.put("k", 0, SAID)
    journal.put("k", 1, SAID)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-20])
    again = Journal(tmp_path)
    assert (again.get("k", 0), again.get("k", 1)) == (SAID, None)
    again.put("k", 1, SAID)
    assert Journal(tmp_path).get("k", 1) == SAID


def test_a_request_is_known_by_its_messages_model_and_sampling_alone() -> None:
    messages = (Message("user", "hello"),)
    key = request_key(messages, "m", {"temperature": 1.0, "seed": 0})
    assert key == request_key(list(messages), "m", {"seed": 0, "temperature": 1.0})
    assert key != request_key(messages, "m", {"temperature": 0.5, "seed": 0})
    assert key != request_key(messages, "n", {"temperature": 1.0, "seed": 0})
    assert key != request_key((Message("system", "hello"),), "m", {"temperature": 1.0, "seed": 0})
