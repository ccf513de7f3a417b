"""One chain through its rounds, against a model server whose answers are given."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone.attempting import Student
from steppingstone.behaviour import behaviour
from steppingstone.chains import Chain, Round
from steppingstone.chat import Chat
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.environments import environment
from steppingstone.errors import CapReached
from steppingstone.journal import Journal
from steppingstone.records import Reason, Seed, Steer, Verdict
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.servers import Fleets, Slots
from steppingstone.settings import StudentSettings, TeacherSettings
from steppingstone.spending import Allowance, Purse
from tests.model_server import Body, Said, choices, serving

SEED = Seed("s", "corpus", "def half(n):\n    return n // 2", "repo:path#L1-L2")


def proposal(number: int) -> str:
    return f"```python\ndef f(x):\n    return x * {number + 2} + 1\n```\n```input\n{number + 3}\n```"


def answer(number: int) -> str:
    return f"so\n```answer\n{(number + 3) * (number + 2) + 1}\n```"


def run(
    sandbox: Sandbox, folder: Path, rounds: int, teacher: Callable[[int], str], solved: Callable[[int], int]
) -> tuple[list[Round], list[str]]:
    """A deduction chain of 4 attempts: in round k the teacher says `teacher(k)`, and `solved(k)` attempts are right."""
    prompts: list[str] = []

    def say(body: Body) -> Said | Body:
        if body["model"] == "teacher":
            prompts.append(body["messages"][-1]["content"])
            return choices(teacher(len(prompts) - 1))
        number = len(prompts) - 1
        return choices(*[answer(number) if i < solved(number) else "```answer\n-1\n```" for i in range(4)])

    with serving(say) as server:
        return asyncio.run(drive(sandbox, folder, server.base_url, rounds)), prompts


async def drive(sandbox: Sandbox, folder: Path, base_url: str, rounds: int, purse: Purse | None = None) -> list[Round]:
    teacher = TeacherSettings(base_urls=(base_url,), model="teacher")
    student = StudentSettings(base_urls=(base_url,), model="student")
    fleets, journal = Fleets(Slots(4)), Journal(folder)
    chats = [Chat(model, journal, fleets.of(model), purse=purse) for model in (teacher, student)]
    chain = Chain(0, SEED, environment("deduction"), chats[0], Student(chats[1], sandbox, Thresholds(), attempts=4))
    try:
        return [done async for done in chain.rounds(rounds)]
    finally:
        await fleets.close()


def test_the_next_prompt_is_steered_by_the_pass_rate(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds, prompts = run(sandbox, tmp_path, 5, proposal, lambda number: [4, 3, 2, 0, 1][number])
    assert [done.steer for done in rounds] == [Steer.FIRST, Steer.HARDER, Steer.HARDER, Steer.VARY, Steer.EASIER]
    assert [done.rate for done in rounds] == [PassRate(solved, 4) for solved in (4, 3, 2, 0, 1)]
    assert "Pass rate p = 0.000: 0 of 4" in prompts[4]


def test_a_problem_names_its_parent(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds, _ = run(sandbox, tmp_path, 3, proposal, lambda number: 2)
    ids = [done.problem.problem_id for done in rounds if done.problem]
    assert [done.parent_id for done in rounds] == [None, *ids[:2]]


def test_a_round_sees_the_one_before_and_nothing_older(sandbox: Sandbox, tmp_path: Path) -> None:
    _, prompts = run(sandbox, tmp_path, 3, proposal, lambda number: 2)
    assert "x * 3 + 1" in prompts[2]
    assert "x * 2 + 1" not in prompts[2]
    assert SEED.text in prompts[0]
    assert SEED.text not in prompts[1] + prompts[2]


def test_an_invalid_proposal_is_repaired_under_the_same_request(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds, prompts = run(
        sandbox, tmp_path, 4, lambda number: "no blocks" if number == 1 else proposal(number), lambda number: 4
    )
    assert [done.steer for done in rounds] == [Steer.FIRST, Steer.HARDER, Steer.REPAIR, Steer.HARDER]
    assert rounds[1].rejection is not None
    assert rounds[1].rejection.reason is Reason.MISSING_BLOCK
    assert rounds[2].parent_id == rounds[1].parent_id
    assert "x * 2 + 1" in prompts[2]
    assert "missing_block" in prompts[2]
    assert "no blocks" in prompts[2]
    assert "no blocks" not in prompts[3]


def test_the_previous_problem_again_is_no_new_one(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds, _ = run(sandbox, tmp_path, 2, lambda number: proposal(0), lambda number: 1)
    assert rounds[1].rejection is not None
    assert rounds[1].rejection.reason is Reason.SAME_AS_BEFORE


def test_a_problem_whose_prompt_the_student_cannot_take_is_rejected(sandbox: Sandbox, tmp_path: Path) -> None:
    refusal = Said({"error": {"message": "longer than the context"}}, 400)
    with serving(lambda body: choices(proposal(0)) if body["model"] == "teacher" else refusal) as server:
        (done,) = asyncio.run(drive(sandbox, tmp_path, server.base_url, 1))
    assert done.rejection is not None
    assert done.rejection.reason is Reason.PROMPT_REFUSED
    assert done.reply.text == proposal(0)


def test_every_attempt_has_a_verdict(sandbox: Sandbox, tmp_path: Path) -> None:
    (done,), _ = run(sandbox, tmp_path, 1, proposal, lambda number: 1)
    assert [attempt.grade.verdict for attempt in done.attempts] == [Verdict.SOLVED, *[Verdict.WRONG] * 3]
    assert [attempt.index for attempt in done.attempts] == [0, 1, 2, 3]


def test_a_round_says_what_its_problem_does(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds, _ = run(sandbox, tmp_path, 2, proposal, lambda number: 2)
    expected = [behaviour(f"def f(x):\n    return x * {number} + 1", ("f",), sandbox, Limits()) for number in (2, 3)]
    assert [done.behaviour for done in rounds] == expected


def test_a_chain_ends_where_the_cap_is_reached_and_that_is_no_rejection(sandbox: Sandbox, tmp_path: Path) -> None:
    with serving(lambda body: choices(proposal(0))) as server, pytest.raises(CapReached):
        asyncio.run(drive(sandbox, tmp_path, server.base_url, 1, Purse(Allowance(tokens=1))))
    assert [body["model"] for body in server.requests] == ["teacher"]
