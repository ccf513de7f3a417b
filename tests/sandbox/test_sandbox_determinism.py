import threading

import pytest

from steppingstone.sandbox import ExecutionVerdict, Limits, Sandbox

WHO_CHANGES = {
    "the order of a set": "list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})",
    "the text of a set": "str({'a', 'b', 'c', 'd', 'e', 'f', 'g'})",
    "the first of a set": "next(iter({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', str(x)}))",
    "the order of two strings": "list({'abc', 'xyz'})",
    "the text of two strings": "str({'yes', 'no'})",
    "the first of two strings": "next(iter({'up', 'down'}))",
    "the last of two strings": "{'red', 'green'}.pop()",
    "two strings, joined": "'-'.join({'one', 'two'})",
    "the difference of two sets": "list({'a', 'b', 'c'} - {'b'})[0]",
    "the order of a frozenset": "''.join(frozenset('abcdefg'))",
    "an address": "id(object())",
    "the hash of a string": "hash('x')",
    "the hash of bytes": "hash(b'x')",
    "the hash of a date": "hash(__import__('datetime').date(2024, 1, 2))",
    "the hash of an object": "hash(object())",
    "the default repr": "repr(object())",
    "the repr of a function": "str(f)",
    "random numbers": "__import__('random').random()",
    "a shuffle": "__import__('random').sample(range(1000), 5)",
    "a random generator of its own": "__import__('random').Random().random()",
    "the system's random generator": "__import__('random').SystemRandom().random()",
    "a secret": "__import__('secrets').token_hex()",
    "numpy's random numbers": "__import__('numpy').random.rand()",
    "numpy's generator": "float(__import__('numpy').random.default_rng().random())",
    "random bytes": "__import__('os').urandom(4)",
    "a uuid": "str(__import__('uuid').uuid4())",
    "a uuid of time": "str(__import__('uuid').uuid1())",
    "the time": "__import__('time').time()",
    "today's date": "__import__('datetime').date.today().isoformat()",
    "the weekday": "__import__('datetime').datetime.now().weekday()",
    "the year": "__import__('datetime').datetime.utcnow().year",
    "the local time": "__import__('time').strftime('%H:%M')",
    "the time as text": "__import__('time').ctime()",
    "the calendar's today": "__import__('datetime').datetime.today().isoformat()[:10]",
    "a stopwatch": "__import__('time').perf_counter_ns()",
    "the time of the process": "__import__('time').process_time()",
    "the process": "__import__('os').getpid()",
    "the thread": "__import__('threading').get_ident()",
    "the time of a thread": "__import__('time').thread_time_ns()",
    "a count of calls": "counted.append(1) or len(counted)",
    "a mutable default": "g(x)",
}
SOURCE = """
counted = []
def g(x, seen=[]):
    seen.append(x)
    return seen
def f(x):
    return {}
"""


@pytest.mark.parametrize("expression", WHO_CHANGES.values(), ids=list(WHO_CHANGES))
def test_a_program_is_nondeterministic_by(sandbox: Sandbox, expression: str) -> None:
    if "numpy" in expression:
        pytest.importorskip("numpy")
    outcomes = sandbox.call_repeatedly(SOURCE.replace("{}", expression), "f", [[1], [2], [3]])
    assert {outcome.verdict for outcome in outcomes} == {ExecutionVerdict.NONDETERMINISTIC}, outcomes


@pytest.mark.parametrize(
    "expression", ["(counted.append(x), counted[-2:-1])[1]", "counted.append(1) or len(counted) % 2", "x in g(x)[:-1] or id(f)"]
)
def test_a_program_with_a_memory_is_caught_by_one_input_at_least(sandbox: Sandbox, expression: str) -> None:
    outcomes = sandbox.call_repeatedly(SOURCE.replace("{}", expression), "f", [[1], [2], [3]])
    assert ExecutionVerdict.NONDETERMINISTIC in {outcome.verdict for outcome in outcomes}


@pytest.mark.parametrize("count", range(1, 8))
def test_a_count_of_calls_shows_at_every_input(sandbox: Sandbox, count: int) -> None:
    source = "calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)"
    outcomes = sandbox.call_repeatedly(source, "f", [[x] for x in range(count)])
    assert [outcome.verdict for outcome in outcomes] == [ExecutionVerdict.NONDETERMINISTIC] * count


@pytest.mark.parametrize(
    "expression",
    ["{'b', 'a'}", "sorted('hello')", "{x: 1}", "float('nan')", "1 / x", "__import__('random').Random(x).random()"],
)
def test_a_deterministic_program_keeps_its_outcome(sandbox: Sandbox, expression: str) -> None:
    source = f"def f(x):\n    return {expression}"
    inputs = [[0], [1], [2]]
    once, again = sandbox.call(source, "f", inputs), sandbox.call_repeatedly(source, "f", inputs)
    assert [(end.verdict, end.value and end.canonical, end.detail) for end in once] == [
        (end.verdict, end.value and end.canonical, end.detail) for end in again
    ]


def test_an_exception_of_another_type_is_nondeterministic(sandbox: Sandbox) -> None:
    source = "import os\ndef f():\n    raise type('E' + os.urandom(4).hex(), (Exception,), {})"
    assert sandbox.call_repeatedly(source, "f", [[]])[0].verdict is ExecutionVerdict.NONDETERMINISTIC


def test_a_loop_that_waits_for_the_clock_ends(sandbox: Sandbox) -> None:
    source = "import time\ndef f():\n    start = time.time()\n    while time.time() < start + 0.5: pass\n    return 1"
    assert sandbox.call_repeatedly(source, "f", [[]])[0].text == "1"


def test_only_the_inputs_that_differ_are_nondeterministic(sandbox: Sandbox) -> None:
    outcomes = sandbox.call_repeatedly("def f(x):\n    return id(f) if x else 0", "f", [[0], [1], [0]])
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "nondeterministic", "ok"]


GRADED = """
import datetime, random, time
def f():
    return [list({"north", "south", "east", "west"}), hash("x"), random.random(), time.time(), str(datetime.datetime.now())]
"""


def test_what_a_program_gives_does_not_depend_on_its_server_nor_on_the_process() -> None:
    given = []
    for _ in range(2):
        with Sandbox(servers=3) as own:  # idle servers take turns
            given += [own.call(GRADED, "f", [[]])[0].value for _ in range(3)]
    assert None not in given
    assert len(set(given)) == 1


def test_numpys_random_numbers_do_not_depend_on_the_server_either(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy")
    source = "import numpy\ndef f(): return float(numpy.random.rand())"
    first, second = (sandbox.call(source, "f", [[]])[0].value for _ in range(2))
    assert first is not None
    assert first == second


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many inputs each server was given, in order."""
    counted: list[int] = []
    run = Sandbox._run

    def counting(self, job, *seed):
        counted.append(len(job.inputs))
        return run(self, job, *seed)

    monkeypatch.setattr(Sandbox, "_run", counting)
    return counted


def test_three_witnesses_are_asked_if_they_agree_and_none_after_the_first_that_does_not(
    sandbox: Sandbox, runs: list[int]
) -> None:
    sandbox.call_repeatedly("def f(x): return x", "f", [[1], [2]])
    assert runs == [2, 2, 2, 2]
    runs.clear()
    sandbox.call_repeatedly("def f(x): return id(f)", "f", [[1], [2]])
    assert runs == [2, 2]


def test_what_took_too_long_is_not_run_again(sandbox: Sandbox, runs: list[int]) -> None:
    outcomes = sandbox.call_repeatedly("def f(x):\n    while x == 1: pass", "f", [[0], [1], [2]], Limits(seconds=0.3))
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "timeout", "ok"]
    assert runs == [3, 2, 2, 2]


def test_many_threads_prove_at_once_with_one_server() -> None:
    texts: list[str] = []
    with Sandbox(servers=1) as own:
        source = "def f(x): return sorted({x, 'b', 'a'})"
        threads = [
            threading.Thread(target=lambda: texts.append(own.call_repeatedly(source, "f", [["c"]])[0].text)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts == ["['a', 'b', 'c']"] * 8


def test_what_is_told_of_a_program_holds_no_address_that_differs_in_each_process(sandbox: Sandbox) -> None:
    (differs,) = sandbox.call_repeatedly("def f(): return str(object())", "f", [[]])
    (raises,) = sandbox.call("def f(): raise ValueError(object())", "f", [[]])
    assert "object at 0x…" in differs.detail
    assert raises.detail == "ValueError: <object object at 0x…>"
