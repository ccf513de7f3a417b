"""The journal of completions."""

import subprocess
import sys
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


def test_a_full_disk_is_told_and_tears_nothing_else(tmp_path: Path) -> None:
    program = f"""
import resource, signal
from steppingstone.errors import StorageError
from steppingstone.journal import Journal
from steppingstone.records import Completion
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal({str(tmp_path)!r})
journal.put("k", 0, Completion("kept", "stop", 1, 1))
resource.setrlimit(resource.RLIMIT_FSIZE, (250, resource.RLIM_INFINITY))
for text in ("x" * 100, "y" * 300):
    try:
        journal.put("k", 1, Completion(text, "stop", 1, 1))
    except StorageError as error:
        print("told")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.put("k", 2, Completion("after", "stop", 1, 1))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "told" in done.stdout
    again = Journal(tmp_path)
    kept = [again.get("k", index) for index in (0, 2)]
    assert [completion.text if completion else None for completion in kept] == ["kept", "after"]
