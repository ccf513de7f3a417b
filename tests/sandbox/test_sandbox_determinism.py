import pytest

from steppingstone.sandbox import ExecutionVerdict, Sandbox

WHO_CHANGES = {
    "the order of a set": "list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})",
    "an address": "id(object())",
    "the hash of a string": "hash('x')",
    "the hash of an object": "hash(object())",
    "the default repr": "repr(object())",
    "random numbers": "__import__('random').random()",
    "random bytes": "__import__('os').urandom(4)",
    "a uuid": "str(__import__('uuid').uuid4())",
    "the time": "__import__('time').time()",
    "today's date": "__import__('datetime').date.today().isoformat()",
    "the weekday": "__import__('datetime').datetime.now().weekday()",
    "the local time": "__import__('time').strftime('%H:%M')",
    "a stopwatch": "__import__('time').perf_counter_ns()",
    "the process": "__import__('os').getpid()",
    "a count of calls": "counted.append(1) or len(counted)",
}


@pytest.mark.parametrize("expression", WHO_CHANGES.values(), ids=list(WHO_CHANGES))
def test_a_program_is_nondeterministic_by(sandbox: Sandbox, expression: str) -> None:
    outcomes = sandbox.call_twice(f"counted = []\ndef f(x):\n    return {expression}", "f", [[1], [2]])
    assert {outcome.verdict for outcome in outcomes} == {ExecutionVerdict.NONDETERMINISTIC}, outcomes


@pytest.mark.parametrize(
    "expression",
    ["{'b', 'a'}", "sorted('hello')", "{x: 1}", "float('nan')", "1 / x", "__import__('random').Random(x).random()"],
)
def test_a_deterministic_program_keeps_its_outcome(sandbox: Sandbox, expression: str) -> None:
    source = f"def f(x):\n    return {expression}"
    inputs = [[0], [1], [2]]
    once, twice = sandbox.call(source, "f", inputs), sandbox.call_twice(source, "f", inputs)
    assert [(end.verdict, end.value and end.canonical, end.detail) for end in once] == [
        (end.verdict, end.value and end.canonical, end.detail) for end in twice
    ]


def test_an_exception_of_another_type_is_nondeterministic(sandbox: Sandbox) -> None:
    source = "import os\ndef f():\n    raise type('E' + os.urandom(4).hex(), (Exception,), {})"
    assert sandbox.call_twice(source, "f", [[]])[0].verdict is ExecutionVerdict.NONDETERMINISTIC


def test_a_loop_that_waits_for_the_clock_ends(sandbox: Sandbox) -> None:
    source = "import time\ndef f():\n    start = time.time()\n    while time.time() < start + 0.5: pass\n    return 1"
    assert sandbox.call_twice(source, "f", [[]])[0].text == "1"


def test_only_the_inputs_that_differ_are_nondeterministic(sandbox: Sandbox) -> None:
    outcomes = sandbox.call_twice("def f(x):\n    return id(f) if x else 0", "f", [[0], [1], [0]])
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "nondeterministic", "ok"]
