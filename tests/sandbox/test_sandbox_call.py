import ast
import asyncio
import dis
import inspect
import math
import threading
from types import CodeType, ModuleType

import pytest

from steppingstone import values
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox, children, graph, program, solution, stdio, testing


def one(sandbox: Sandbox, source: str, *arguments: object, limits: Limits | None = None) -> Outcome:
    return sandbox.call(source, "f", [list(arguments)], limits)[0]


def test_the_value_of_a_call_comes_back(sandbox: Sandbox) -> None:
    outcome = one(sandbox, "def f(a, b):\n    return {a: [b, (1.5, None)], 'n': 2**70}", "k", b"x")
    assert outcome.verdict is ExecutionVerdict.OK
    assert outcome.text == "{'k': [b'x', (1.5, None)], 'n': 1180591620717411303424}"
    assert outcome.canonical == values.canonical({"n": 2**70, "k": [b"x", (1.5, None)]})


def test_a_function_may_be_any_object_that_can_be_called(sandbox: Sandbox) -> None:
    assert one(sandbox, "class F(tuple):\n    def __call__(self, x):\n        return len(self) + x\nf = F('ab')", 1).text == "3"


def test_nan_and_infinity_come_back_as_values(sandbox: Sandbox) -> None:
    value = one(sandbox, "def f(x):\n    return [x, float('nan')]", math.inf).decoded
    assert isinstance(value, list)
    assert value[0] == math.inf
    assert math.isnan(value[1])


def test_each_input_has_its_outcome_in_order(sandbox: Sandbox) -> None:
    outcomes = sandbox.call("def f(x):\n    return 10 // x", "f", [[1], [0], [5]])
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "exception", "ok"]
    assert [outcomes[0].text, outcomes[2].text] == ["10", "2"]


def test_no_inputs_give_no_outcomes(sandbox: Sandbox) -> None:
    assert sandbox.call("def f(): pass", "f", []) == []


def test_arguments_are_fresh_for_every_call(sandbox: Sandbox) -> None:
    outcomes = sandbox.call("def f(x):\n    x.append(1)\n    return x", "f", [[[]], [[]]])
    assert [outcome.text for outcome in outcomes] == ["[1]", "[1]"]


def test_an_input_that_ends_its_process_costs_the_others_nothing(sandbox: Sandbox) -> None:
    source = """
import os
def f(x):
    if x == 1: os._exit(0)
    if x == 2:
        while True: pass
    if x == 3: return [0] * 10**9
    return x
"""
    outcomes = sandbox.call(source, "f", [[x] for x in range(6)], Limits(seconds=0.3))
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "killed", "timeout", "memory", "ok", "ok"]


def test_an_exception_tells_type_message_function_and_line(sandbox: Sandbox) -> None:
    outcome = one(sandbox, "def g(x):\n    assert x > 1, 'too small'\n\ndef f(x):\n    g(x)", 0)
    assert outcome.verdict is ExecutionVerdict.EXCEPTION
    assert outcome.detail == "AssertionError: too small"
    assert (outcome.exception_type, outcome.exception_function, outcome.exception_line) == ("AssertionError", "g", 2)


def test_an_exception_raised_in_a_library_names_no_function(sandbox: Sandbox) -> None:
    outcome = one(sandbox, "import statistics\ndef f(x):\n    return statistics.mean(x)", [])
    assert (outcome.exception_type, outcome.exception_function, outcome.exception_line) == ("StatisticsError", "", 3)


def test_sys_exit_is_an_exception(sandbox: Sandbox) -> None:
    assert one(sandbox, "import sys\ndef f():\n    sys.exit(0)").exception_type == "SystemExit"


def test_endless_recursion_is_an_exception(sandbox: Sandbox) -> None:
    assert one(sandbox, "def f():\n    return f()").exception_type == "RecursionError"


@pytest.mark.parametrize(
    "source", ["def f(:", "def f(): return '\0'", "def f():\n return 1\n  return 2", "(" * 5000, "-" * 100_000 + "1"]
)
def test_a_source_that_does_not_compile_is_a_syntax_error(sandbox: Sandbox, source: str) -> None:
    assert one(sandbox, source).verdict is ExecutionVerdict.SYNTAX_ERROR


def test_a_source_that_fails_to_load_fails_for_every_input(sandbox: Sandbox) -> None:
    outcomes = sandbox.call("import pytest\ndef f(x): return x", "f", [[1], [2]])
    assert {outcome.exception_type for outcome in outcomes} == {"ModuleNotFoundError"}


def test_a_source_that_never_loads_times_out_once(sandbox: Sandbox) -> None:
    outcomes = sandbox.call("while True: pass", "f", [[x] for x in range(50)], Limits(seconds=0.2))
    assert {outcome.verdict for outcome in outcomes} == {ExecutionVerdict.TIMEOUT}


@pytest.mark.parametrize("source", ["def g(): pass", "f = 3", ""])
def test_a_function_that_is_not_there_is_missing(sandbox: Sandbox, source: str) -> None:
    assert one(sandbox, source).verdict is ExecutionVerdict.MISSING_FUNCTION


def test_a_sleeping_program_times_out(sandbox: Sandbox) -> None:
    outcome = one(sandbox, "import time\ndef f():\n    time.sleep(60)", limits=Limits(seconds=0.2))
    assert outcome.verdict is ExecutionVerdict.TIMEOUT


def test_each_call_has_the_whole_time(sandbox: Sandbox) -> None:
    source = "import time\ndef f(x):\n    time.sleep(0.15)\n    return x"
    outcomes = sandbox.call(source, "f", [[x] for x in range(4)], Limits(seconds=0.4))
    assert {outcome.verdict for outcome in outcomes} == {ExecutionVerdict.OK}


def test_a_memory_bomb_is_a_memory_verdict(sandbox: Sandbox) -> None:
    source = "def f():\n    kept = []\n    while True: kept.append(bytearray(10**6))"
    assert one(sandbox, source).verdict is ExecutionVerdict.MEMORY


def test_memory_within_the_limit_may_be_used(sandbox: Sandbox) -> None:
    source = "def f(mb):\n    return len(bytearray(mb << 20))"
    assert one(sandbox, source, 100, limits=Limits(memory_mb=128)).verdict is ExecutionVerdict.OK
    assert one(sandbox, source, 150, limits=Limits(memory_mb=128)).verdict is ExecutionVerdict.MEMORY


@pytest.mark.parametrize("memory_mb", [28, 36, 47, 52, 57, 60, 256])
def test_a_program_that_leaves_no_memory_at_all_ends_as_one(sandbox: Sandbox, memory_mb: int) -> None:
    source = "memo = {}\ndef f(row):\n    for i in range(row[0]):\n        memo[i] = [i] * 10\n    return len(memo)"
    assert one(sandbox, source, [10**7] + [7] * 1000, limits=Limits(10, memory_mb)).verdict is ExecutionVerdict.MEMORY


@pytest.mark.parametrize("part", [program, solution, testing, stdio, graph, values, children.Life])
def test_no_exception_needs_memory_to_be_handled(part: ModuleType | type) -> None:
    """Beyond a code's unit 256 CPython makes an integer for it, and without memory it tries that forever."""
    tree = ast.parse(inspect.getsource(part))
    pending = [compile(tree, part.__name__, "exec")]
    while pending:
        code = pending.pop()
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        handled = dis._parse_exception_table(code)  # type: ignore[attr-defined]
        assert not [entry for entry in handled if entry.lasti and entry.end // 2 > 256], code.co_qualname


def test_an_input_that_leaves_no_memory_costs_the_later_ones_nothing(sandbox: Sandbox) -> None:
    source = "from functools import cache\n@cache\ndef g(n): return [n] * 1000\n"
    source += "def f(n, row):\n    for i in range(n): g(i)\n    return sum(row)"
    outcomes = sandbox.call(source, "f", [[n, [7] * 30_000] for n in (1, 10**7, 1, 2, 3, 4)])
    assert [outcome.text for outcome in outcomes if outcome.value] == ["210000"] * 4
    assert outcomes[1].verdict is ExecutionVerdict.MEMORY


def test_what_the_source_is_made_of_is_gone_once_it_is_loaded(sandbox: Sandbox) -> None:
    source = f"T = len('{'a' * 8_000_000}')\ndef f(mb):\n    return len(bytes(mb << 20))"
    assert one(sandbox, source, 60, limits=Limits(memory_mb=64)).verdict is ExecutionVerdict.OK


def test_a_megabyte_is_a_megabyte(sandbox: Sandbox) -> None:
    limits = Limits(memory_mb=1)
    assert one(sandbox, "def f(n):\n    return len(set(range(n)))", 8_000, limits=limits).text == "8000"
    assert one(sandbox, "def f(x):\n    return x * 10", "x" * 9_000, limits=limits).verdict is ExecutionVerdict.OK


@pytest.mark.parametrize("expression", ["'a' * 2_000_000", "list(range(200_000))", "10 ** 1_500_000", "'a' * 200_000_000"])
def test_a_giant_value_is_too_large(sandbox: Sandbox, expression: str) -> None:
    assert one(sandbox, f"def f():\n    return {expression}").verdict is ExecutionVerdict.OUTPUT_TOO_LARGE


def test_the_cap_on_output_is_a_limit(sandbox: Sandbox) -> None:
    source = "def f(n):\n    return 'a' * n"
    outcomes = sandbox.call(source, "f", [[98], [99]], Limits(output_bytes=100))
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "output_too_large"]


@pytest.mark.parametrize("depth", ["10**5", "100"])
def test_a_deep_value_is_too_large(sandbox: Sandbox, depth: str) -> None:
    source = f"def f():\n    value = []\n    for _ in range({depth}): value = [value]\n    return value"
    assert one(sandbox, source).verdict is ExecutionVerdict.OUTPUT_TOO_LARGE


def test_a_cyclic_value_is_too_large(sandbox: Sandbox) -> None:
    assert one(sandbox, "def f():\n    x = []\n    x.append(x)\n    return x").verdict is ExecutionVerdict.OUTPUT_TOO_LARGE


@pytest.mark.parametrize(
    "expression",
    ["object()", "f", "range(3)", "(n for n in [])", "type('I', (int,), {})(3)", "__import__('collections').Counter('a')"],
)
def test_what_is_not_exactly_a_builtin_literal_is_none(sandbox: Sandbox, expression: str) -> None:
    assert one(sandbox, f"def f():\n    return {expression}").verdict is ExecutionVerdict.NOT_A_LITERAL


def test_a_large_value_comes_back_whole(sandbox: Sandbox) -> None:
    outcome = one(sandbox, "def f(text):\n    return text + text", "x" * 400_000)
    assert outcome.decoded == "x" * 800_000


def test_standard_modules_are_there(sandbox: Sandbox) -> None:
    source = """
from __future__ import annotations
import collections, datetime, decimal, heapq, json, logging, os.path, random, re, string, threading, typing
from dataclasses import dataclass
@dataclass(order=True)
class P:
    x: int
def f(x):
    random.seed(x)
    date = datetime.datetime.strptime("2024-02-28", "%Y-%m-%d") + datetime.timedelta(days=2)
    third = str(decimal.Decimal(x) / 3)
    return [third, random.randint(0, 9), json.dumps({"d": date.isoformat()}), P(1) < P(2), "é".encode("cp1252")]
"""
    (outcome,) = sandbox.call_repeatedly(source, "f", [[1]])
    assert outcome.text.endswith("""'{"d": "2024-03-01T00:00:00"}', True, b'\\xe9']"""), outcome


def test_deep_recursion_in_a_thread_of_its_own_works(sandbox: Sandbox) -> None:
    source = """
import sys, threading
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
def f(n):
    sys.setrecursionlimit(10**6)
    threading.stack_size(64 << 20)
    results = []
    thread = threading.Thread(target=lambda: results.append(depth(n)))
    thread.start()
    thread.join()
    return results
"""
    assert one(sandbox, source, 20_000).text == "[20000]"


def test_printing_costs_and_changes_nothing(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    source = "import sys\ndef f():\n    print('x' * 10**6)\n    sys.stderr.write('y')\n    return 1"
    assert one(sandbox, source).text == "1"
    assert capfd.readouterr() == ("", "")


def test_standard_input_is_empty(sandbox: Sandbox) -> None:
    assert one(sandbox, "import sys\ndef f():\n    return sys.stdin.read()").text == "''"
    assert one(sandbox, "def f():\n    return input()").exception_type == "EOFError"


def test_an_argument_that_is_no_literal_is_refused_before_anything_runs(sandbox: Sandbox) -> None:
    with pytest.raises(values.NotALiteral):
        sandbox.call("def f(x): return x", "f", [[object()]])


def test_threads_share_a_sandbox_and_none_gets_anothers_value(sandbox: Sandbox) -> None:
    got: dict[int, str] = {}

    def work(k: int) -> None:
        got[k] = "".join(one(sandbox, f"def f(x):\n    return x * {k}", x).text + "," for x in range(20))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {k: "".join(f"{x * k}," for x in range(20)) for k in range(8)}


def test_a_slow_program_holds_only_its_own_server(sandbox: Sandbox) -> None:
    ends: list[Outcome] = []
    limits = Limits(seconds=2)
    slow = threading.Thread(target=lambda: ends.append(one(sandbox, "def f():\n    while True: pass", limits=limits)))
    slow.start()
    quick = [one(sandbox, "def f(): return 1").text for _ in range(3)]
    assert (quick, ends) == (["1"] * 3, [])
    slow.join()
    assert ends[0].verdict is ExecutionVerdict.TIMEOUT


def test_calls_run_from_an_event_loop_by_way_of_threads(sandbox: Sandbox) -> None:
    async def main() -> list[Outcome]:
        return await asyncio.gather(*(asyncio.to_thread(one, sandbox, "def f(x): return x", x) for x in range(6)))

    assert [outcome.text for outcome in asyncio.run(main())] == [str(x) for x in range(6)]


def test_the_first_failure_may_end_a_call(sandbox: Sandbox) -> None:
    outcomes = sandbox.call("def f(x):\n    return 1 // x", "f", [[1], [2], [0], [3]], until_failure=True)
    assert [outcome.verdict for outcome in outcomes] == [ExecutionVerdict.OK, ExecutionVerdict.OK, ExecutionVerdict.EXCEPTION]


def test_a_time_out_may_end_a_call_and_its_repetition(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while x: pass\n    return x"
    outcomes = sandbox.call_repeatedly(source, "f", [[0], [1], [1], [0]], Limits(seconds=0.2), until_failure=True)
    assert [outcome.verdict for outcome in outcomes] == [ExecutionVerdict.OK, ExecutionVerdict.TIMEOUT]


def test_without_a_failure_such_a_call_runs_through(sandbox: Sandbox) -> None:
    outcomes = sandbox.call_repeatedly("def f(x):\n    return x", "f", [[0], [1], [2]], until_failure=True)
    assert [outcome.decoded for outcome in outcomes] == [0, 1, 2]
