"""`python -m steppingstone.sandbox`, as a shell sees it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.test_sandbox_servers import output, refusing

ROOT = Path(__file__).parents[2]


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "steppingstone.sandbox", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
    )


def ask(**request: object) -> list[dict[str, Any]]:
    done = command(stdin=json.dumps(request))
    assert (done.returncode, done.stderr) == (0, "")
    results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    return results


def test_a_request_has_one_result_for_each_input() -> None:
    results = ask(source="def f(a, b):\n    return a / b", function="f", inputs=[[6, 3], [1, 0]], timeout_s=2, memory_mb=64)
    assert [(end["verdict"], end["value"], end["detail"]) for end in results] == [
        ("ok", 2.0, ""),
        ("exception", None, "ZeroDivisionError: division by zero"),
    ]


def test_limits_of_a_request_hold() -> None:
    source = "def f(x):\n    while x: pass\n    return len(bytearray(100 << 20))"
    results = ask(source=source, function="f", inputs=[[1], [0]], timeout_s=0.2, memory_mb=50)
    assert [end["verdict"] for end in results] == ["timeout", "memory"]


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("(1, [None, True])", [1, [None, True]], "(1, [None, True])"),
        ("{'a': {2, 1}}", {"a": [1, 2]}, "{'a': {1, 2}}"),
        ("{1: b'x'}", {"1": "b'x'"}, "{1: b'x'}"),
        ("float('nan')", "nan", ""),
    ],
)
def test_values_come_as_near_as_json_gets(expression: str, value: object, text: str) -> None:
    (end,) = ask(source=f"def f(): return {expression}", function="f", inputs=[[]])
    assert (end["value"], end["text"]) == (value, text)


@pytest.mark.parametrize(
    ("request_text", "complaint"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[1]", "must be an object"),
        ('{"source": 1}', "'source' must be a string"),
        ('{"source": "", "function": "f", "inputs": [1]}', "list of lists"),
        ('{"source": "", "function": "f"}', "list of lists"),
        ('{"source": "", "function": "f", "inputs": [], "timeout": 1}', "'timeout'"),
        ('{"source": "", "function": "f", "inputs": [], "timeout_s": NaN}', "timeout_s is nan"),
        ('{"source": "", "function": "f", "inputs": [], "timeout_s": true}', "timeout_s is True"),
        ('{"source": "", "function": "f", "inputs": [], "memory_mb": 0}', "memory_mb is 0"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_request_is_one_clear_error(request_text: str, complaint: str) -> None:
    done = command("-", stdin=request_text)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert complaint in done.stderr


def test_a_file_is_run_as_a_program(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("import sys\nprint(sys.stdin.read().upper())")
    done = command(str(file), "--stdin", "-", stdin="abc")
    (end,) = json.loads(done.stdout)["results"]
    assert (done.returncode, end["verdict"], end["value"]) == (0, "ok", "ABC\n")


def test_a_file_that_is_not_there_is_one_clear_error() -> None:
    done = command("/nowhere/program.py")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_doctor_says_what_can_be_enforced() -> None:
    done = command("doctor")
    assert done.returncode == 0, done.stdout
    assert all(word in done.stdout for word in ("seccomp", "no_new_privs", "landlock", "default", "stdlib"))


def test_the_doctor_fails_where_the_default_policy_cannot_run() -> None:
    body = "from steppingstone.sandbox import doctor\nprint(doctor.main())"
    told = output(refusing("seccomp") + body)
    assert told.endswith("\n1")
    assert "REFUSED: the sandbox does not start: seccomp is demanded by policy 'default'" in told
