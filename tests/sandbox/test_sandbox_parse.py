import pytest

from steppingstone.sandbox import ExecutionVerdict, Sandbox


def test_literals_are_read(sandbox: Sandbox) -> None:
    texts = ["[1, 'a', (2.5,)]", "  {'k': {1, 2}}\n", "-3", "None", "b'x'", "1+2j", "set()"]
    shown = ["[1, 'a', (2.5,)]", "{'k': {1, 2}}", "-3", "None", "b'x'", "(1+2j)", "set()"]
    assert [outcome.text for outcome in sandbox.parse(texts)] == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "f(1)",
        "[1, 2",
        "1 + 1",
        "__import__('os')",
        "[x for x in []]",
        "(" * 500,
        "-" * 90_000 + "1",
        "9" * 5000,
        "\0",
        "\ud800",
        "{[]: 1}",
    ],
)
def test_what_is_no_literal_is_said_to_be_none(sandbox: Sandbox, text: str) -> None:
    hostile, honest = sandbox.parse([text, "7"])
    assert hostile.verdict is ExecutionVerdict.NOT_A_LITERAL
    assert honest.text == "7"


def test_a_text_beyond_the_cap_is_no_literal(sandbox: Sandbox) -> None:
    long, short = sandbox.parse(["1" + " " * 100_000, "'" + "x" * 90_000 + "'"])
    assert long.verdict is ExecutionVerdict.NOT_A_LITERAL
    assert short.verdict is ExecutionVerdict.OK


def test_a_literal_nested_too_deeply_to_compare_is_too_large(sandbox: Sandbox) -> None:
    (outcome,) = sandbox.parse(["[" * 90 + "]" * 90])
    assert outcome.verdict is ExecutionVerdict.OUTPUT_TOO_LARGE


def test_the_same_text_fails_in_the_same_words(sandbox: Sandbox) -> None:
    assert sandbox.parse(["f(x)"])[0].detail == sandbox.parse(["f(x)"])[0].detail


def test_no_texts_give_no_outcomes(sandbox: Sandbox) -> None:
    assert sandbox.parse([]) == []
