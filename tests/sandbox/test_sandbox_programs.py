"""Whole programs, from standard input to standard output."""

import asyncio

import pytest

from steppingstone.sandbox import ExecutionVerdict, Limits, Sandbox

TOTAL = "import sys\nprint(sum(map(int, sys.stdin.read().split())))"
BY_DESCRIPTOR = "import io, os\ndata = io.BytesIO(os.read(0, os.fstat(0).st_size))\nos.write(1, data.readline())"
LATE = "import atexit\natexit.register(lambda: print(line))\nline = input()"
IN_A_THREAD = "import threading\nthreading.stack_size(64 << 20)\nthreading.Thread(target=lambda: print(input())).start()"


@pytest.mark.parametrize(
    "source",
    [
        "print(input())",
        "import sys\nsys.stdout.write(sys.stdin.readline())",
        "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.readline())",
        "print(open(0).readline().strip())",
        "for line in open('/dev/stdin'):\n    print(line, end='')\n    break",
        "if __name__ == '__main__':\n    print(input())",
        "import os\nprint(input(), flush=True)\nos._exit(0)",
        "import sys\nprint(input())\nsys.exit()",
        BY_DESCRIPTOR,
        LATE,
        IN_A_THREAD,
    ],
)
def test_a_program_echoes_a_line_by(sandbox: Sandbox, source: str) -> None:
    outcome = sandbox.run_program(source, "1 é\n2\n")
    assert (outcome.verdict, outcome.stdout) == (ExecutionVerdict.OK, "1 é\n"), outcome


def test_each_input_has_its_own_fresh_run(sandbox: Sandbox) -> None:
    outcomes = sandbox.run_programs(TOTAL, ["1 2", "3 4", "x", "5"])
    assert [outcome.stdout for outcome in outcomes] == ["3\n", "7\n", "", "5\n"]
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "ok", "exception", "ok"]


@pytest.mark.parametrize(
    ("source", "verdict", "detail"),
    [
        ("import sys\nprint(1)\nsys.exit(3)", "exception", "SystemExit: 3"),
        ("print(1)\n1 / 0", "exception", "ZeroDivisionError: division by zero"),
        ("print(1)\ninput()\ninput()", "exception", "EOFError: EOF when reading a line"),
        ("print(1)\nkept = [0] * 10**10", "memory", "MemoryError"),
    ],
)
def test_what_was_written_before_a_failure_is_kept(sandbox: Sandbox, source: str, verdict: str, detail: str) -> None:
    outcome = sandbox.run_program(source, "a\n")
    assert (outcome.stdout, outcome.verdict.value, outcome.detail) == ("1\n", verdict, detail)


def test_a_flood_of_output_is_cut_at_its_limit(sandbox: Sandbox) -> None:
    outcome = sandbox.run_program("while True: print('x' * 999)", limits=Limits(output_bytes=5_000))
    assert (outcome.verdict, len(outcome.stdout)) == (ExecutionVerdict.OUTPUT_TOO_LARGE, 5_000)


@pytest.mark.parametrize("source", ["while True: pass", "import time\ntime.sleep(60)"])
def test_a_program_that_does_not_end_times_out(sandbox: Sandbox, source: str) -> None:
    assert sandbox.run_program(source, limits=Limits(seconds=0.3)).verdict is ExecutionVerdict.TIMEOUT


def test_a_program_that_is_none_is_a_syntax_error(sandbox: Sandbox) -> None:
    assert sandbox.run_program("print(").verdict is ExecutionVerdict.SYNTAX_ERROR


def test_a_program_sees_nothing_of_the_one_before(sandbox: Sandbox) -> None:
    sandbox.run_programs("import builtins\nbuiltins.print = None", [""] * 3)
    assert sandbox.run_program("print(1)").stdout == "1\n"


def test_the_methods_can_be_awaited() -> None:
    async def main() -> list[str]:
        async with Sandbox(2) as sandbox:
            outcomes = await asyncio.gather(*(sandbox.run_program(TOTAL, f"{n} 1") for n in range(5)))
            (again,) = await sandbox.call_repeatedly("def f(x): return x", "f", [[7]])
            tested = await sandbox.run_tests("def f(x): return x", "assert f(1) == 1")
            return [outcome.stdout for outcome in outcomes] + [again.text, tested.verdict]

    assert asyncio.run(main()) == ["1\n", "2\n", "3\n", "4\n", "5\n", "7", "ok"]
