from random import Random

import pytest

from steppingstone.offline.student import replies
from steppingstone.replies import answer_of, last_block
from steppingstone.templates import Templates

LONG = "def f(x):\n" + "".join(f"    x = [n * {k} + i for i, n in enumerate(x)][::-1]\n" for k in range(2, 9)) + "    return x"


def asked(task: str, **values: str) -> list[str]:
    prompt = Templates().fill(f"student_{task}", **values)
    return replies(prompt, "low", [Random(seed) for seed in range(32)])


def answers(task: str, **values: str) -> list[str | None]:
    return [answer_of(text) for text in asked(task, **values)]


def test_deduction_follows_a_short_program_most_times():
    assert answers("deduction", code="def f(x):\n    return x[::-1] + 'z'", input="'abc'").count("'cbaz'") > 24


def test_deduction_of_a_long_program_fails_more_often():
    names: dict = {}
    exec(LONG, names)
    right = str(names["f"]([1, 2, 3, 4]))
    assert answers("deduction", code=LONG, input="[1, 2, 3, 4]").count(right) < 16


def test_deduction_guesses_where_it_cannot_follow():
    code = "class A:\n    pass\n\ndef f(x):\n    return 1"
    assert all(answers("deduction", code=code, input="[1, 2]"))


def test_abduction_finds_an_input():
    code = "def f(x):\n    return [n * 3 + 1 for n in x]"
    assert "[5, 2]" in answers("abduction", code=code, output="[16, 7]")


def test_fuzzing_finds_a_failing_input():
    code = (
        "def f(x):\n    return x - 1 if x > 40 else x\n\ndef test(x):\n    assert f(x) == x\n\n"
        "def is_valid(x):\n    return type(x) is int and 0 <= x <= 60"
    )
    found = [int(answer) for answer in answers("fuzzing", code=code) if answer]
    assert sum(40 < value <= 60 for value in found) > 16


def test_induction_reproduces_the_visible_pairs():
    pairs = "\n".join(f"f({[n, n + 2, 9]}) == {sum([n, n + 2, 9]) * 3 + 4}" for n in (1, 4, 5, 11, 30))
    texts = [last_block(text, "python") for text in asked("induction", hint="adds up", pairs=pairs)]
    names: dict = {}
    solved = 0
    for text in texts:
        exec(text, names)
        solved += names["f"]([1, 3, 9]) == 43
    assert solved > 8


def test_some_replies_have_words_before_the_block():
    texts = asked("deduction", code="def f(x):\n    return x + 1", input="3")
    assert 0 < sum(text.startswith("```") for text in texts) < 32


@pytest.mark.parametrize(
    "prompt", ["", "# Task: induction", "# Task: fuzzing\n```python\n(\n```", "# Task: abduction\n```output\n```"]
)
def test_a_spoilt_prompt_gets_a_reply(prompt):
    assert len(replies(prompt, "low", [Random(1), Random(2)])) == 2
