"""The chains that a report shows: the widest, each environment in turn, and never more than a page can hold."""

from pathlib import Path
from typing import Any

import pytest

from steppingstone.drafts import connect
from steppingstone.report import chains
from tests.drafts import attempts, make_draft, problems, rejections


def chosen(folder: Path) -> tuple[list[dict[str, Any]], int]:
    import json

    with connect(folder) as tables:
        found = chains.chosen_chains(tables)
    told = json.loads(found.text)
    assert found.shown == len(told)
    return told, found.total


def test_each_environment_is_shown_before_a_second_chain_of_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "CHAINS", 4)
    told, total = chosen(make_draft(tmp_path))
    assert {chain["environment"] for chain in told} == {"abduction", "deduction", "fuzzing", "induction"}
    assert total == 10


def test_the_widest_chains_come_first(tmp_path: Path) -> None:
    told, _ = chosen(make_draft(tmp_path))
    of_fuzzing = [chain["span"] for chain in told if chain["environment"] == "fuzzing"]
    assert of_fuzzing == sorted(of_fuzzing, reverse=True)
    assert told[0]["span"] == 1.0


def test_chains_that_would_not_fit_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "BYTES", 30_000)
    told, total = chosen(make_draft(tmp_path))
    assert 0 < len(told) < total


def test_a_chain_has_its_seed_and_its_rounds_in_order_with_what_was_turned_away(tmp_path: Path) -> None:
    told, _ = chosen(make_draft(tmp_path))
    chain = next(chain for chain in told if chain["chain_id"] == "chain-1")
    assert chain["seed"]["origin"] == "a.py:1"
    assert [(each["round"], each.get("reason", each.get("tier"))) for each in chain["rounds"]] == [
        (1, "unsolved"), (2, "medium"), (3, "timeout"), (3, "exception"), (3, "easy"), (4, "hard"),
    ]  # fmt: skip


def test_a_few_solved_and_a_few_other_attempts_stand_for_all(tmp_path: Path) -> None:
    told, _ = chosen(make_draft(tmp_path))
    chain = next(chain for chain in told if chain["chain_id"] == "chain-0")
    shown = [(each["attempt"], each["verdict"], each["alike"]) for each in chain["rounds"][0]["attempts"]]
    # Seven of eight are solved.
    assert shown == [*((number, "solved", 7) for number in range(4)), (7, "wrong", 1)]


def test_a_rare_verdict_is_shown(tmp_path: Path) -> None:
    made = attempts(problems())
    made[-1] |= {"verdict": "timeout"}
    told, _ = chosen(make_draft(tmp_path, attempts=made))
    last = next(chain for chain in told if chain["chain_id"] == "chain-9")["rounds"][-1]
    assert "timeout" in {each["verdict"] for each in last["attempts"]}


def test_long_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    long = problems()
    long[0] |= {"statement": "x" * 100_000, "inputs": ["'" + "y" * 50_000 + "'"] * 30}
    told, _ = chosen(make_draft(tmp_path, problems=long, attempts=[], rejections=rejections()[:1]))
    problem = next(chain for chain in told if chain["chain_id"] == "chain-0")["rounds"][0]
    assert problem["statement"].endswith("x […] (94000 more characters)")
    assert (len(problem["inputs"]), problem["input_count"]) == (20, 30)
    assert all(len(text) < 350 for text in problem["inputs"])


def test_the_page_stays_small_whatever_the_texts_hold(tmp_path: Path) -> None:
    # Each of these letters takes six in the page.
    heavy = [row | {"statement": "<" * 6000, "code": "&" * 6000, "summary": ">" * 5000} for row in problems()]
    copies = [
        row | {"chain_id": f"{row['chain_id']}-{copy}", "problem_id": f"{row['problem_id']}-{copy}"}
        for copy in range(15)
        for row in heavy
    ]
    with connect(make_draft(tmp_path, problems=copies)) as tables:
        found = chains.chosen_chains(tables)
    assert len(found.text.encode()) <= chains.BYTES + 1000
    assert 0 < found.shown < found.total
