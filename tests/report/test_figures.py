"""The report's figures: each says what the tables and the manifest say."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from steppingstone.curricula import write_curricula
from steppingstone.drafts import write_rows
from steppingstone.report import write_report
from steppingstone.report.page import dollars, percent, short
from steppingstone.settings import CurriculumSettings, TargetSettings
from steppingstone.tables import TABLES
from steppingstone.tiers import write_tiers
from tests.drafts import attempts, make_draft, problems, rejections
from tests.report.reading import MANIFEST, Page


def report(folder: Path, **told: Any) -> Page:
    write_tiers(folder, {})
    write_report(folder, MANIFEST | told)
    return Page.of(folder)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return report(make_draft(tmp_path_factory.mktemp("data") / "v=00002"))


def test_it_says_what_the_version_is(tmp_path: Path) -> None:
    told = report(make_draft(tmp_path / "new"), parent=1, kind="regrade", version=7).words["title"]
    assert "Dataset version 7" in told
    for fact in (
        "2026-11-23 06:00:14 UTC",
        "regrade run",
        "run-a",
        "version 1",
        "teacher",
        "student",
        "prompts-1",
        '"rounds": 4',
    ):
        assert fact in told


def test_it_counts_the_problems_and_what_was_kept(page: Page) -> None:
    assert "40 problems in 10 chains, 30 of them" in page.words["title"]


def test_the_yield_is_told_stage_by_stage(tmp_path: Path) -> None:
    stages = ("proposed", "valid", "solved", "new", "uncontaminated", "kept")
    waterfall = [
        {"environment": name, **dict(zip(stages, counts, strict=True))}
        for name, counts in (("deduction", (60, 50, 40, 30, 20, 10)), ("fuzzing", (40, 30, 20, 10, 10, 5)))
    ]
    rows = report(make_draft(tmp_path / "new"), waterfall=waterfall).rows["yield"]
    assert rows[1][2:] == ["100", "100.0%", "", "0", "60", "40", "0"]
    assert rows[6][:1] + rows[6][2:] == ["kept", "15", "15.0%", "15", "0", "10", "5", "0"]


def test_a_manifest_without_a_yield_is_said_to_have_none(page: Page) -> None:
    assert "tells no yield" in page.words["yield"]


def test_tiers_are_counted_by_environment(page: Page) -> None:
    # Chains 2 and 6 are of fuzzing: 8, 4, 0, 5 and 0, 3, 6, 1 solved of eight.
    assert page.row("difficulty", "fuzzing")[2:] == ["8", "2", "1", "3", "1", "1", "0", "7", "5"]


def test_the_numbers_behind_the_plots_are_there(page: Page) -> None:
    assert ["abduction", "1", "3", "0.500", "0.312", "0.500", "0.688", "0", "0"] in page.rows["difficulty"]


def test_each_environment_has_a_plot_with_named_axes(page: Page) -> None:
    plots = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("class") == "panel"]
    assert [plot["aria-label"] for plot in plots] == [
        f"mean p by round, {name}" for name in ("abduction", "deduction", "fuzzing", "induction")
    ]
    assert page.words["difficulty"].count("round\n") >= 4


def test_each_steer_shows_p_before_and_after(page: Page) -> None:
    assert page.row("steering", "easier")[2:] == ["4", "0.000", "0.500", "+0.500"]
    assert page.row("steering", "harder")[2:] == ["10", "0.900", "0.450", "−0.450"]


def test_cost_is_told_with_what_was_turned_away(page: Page) -> None:
    assert page.row("cost", "all")[1:] == ["6k", "48k", "450", "54.5k", "$4.06", "30", "1.81k", "$0.1353"]


def test_what_was_turned_away_is_told_by_reason(page: Page) -> None:
    assert [row[:2] + row[3:] for row in page.rows["turned-away"][1:]] == [
        ["timeout", "generate", "2", "66.7%", "·"],
        ["exception", "generate", "1", "33.3%", "·"],
    ]


def test_duplicates_of_earlier_versions_are_counted(tmp_path: Path) -> None:
    old = {"stage": "deduplicate", "reason": "duplicate", "partner_id": "p", "partner_version": 1}
    page = report(make_draft(tmp_path / "new", rejections=[rejections()[0] | old, *rejections()[1:]]))
    assert page.row("turned-away", "duplicate")[3:] == ["1", "33.3%", "1"]


def test_gates_are_told_by_table_and_a_failed_one_is_unfolded(tmp_path: Path) -> None:
    gate = {"suite": "tiers", "table": "easy", "scope": "run", "expectation": "p_is_easy", "level": "row"}
    gate |= {"checked": 8, "unexpected": 0}
    failed = gate | {"expectation": "p_is_there", "ok": False, "unexpected": 3, "seen": "a, b, c"}
    page = report(make_draft(tmp_path / "new"), gates=[gate | {"ok": True, "seen": ""}, failed])
    assert "1 of 2 held" in page.words["gates"]
    assert [row[0] for row in page.rows["gates"]] == ["Expectation", "p_is_there", "p_is_easy"]
    assert "this run's rows" in page.words["gates"]
    assert page.row("gates", "p_is_there") == ["p_is_there", "row", "✗ failed", "8", "3", "a, b, c"]
    assert [attributes for tag, attributes in page.elements if tag == "details" and "open" in attributes] == [
        {"class": "suite", "open": None}
    ]


def test_the_quarantine_is_told_by_expectation(tmp_path: Path) -> None:
    row = {"table": "problems", "expectation": "p_is_there", "column": "pass_rate", "row": "{}"}
    quarantine = [row | {"row_id": "b"}, row | {"row_id": "a"}, row | {"row_id": "c", "expectation": "other"}]
    page = report(make_draft(tmp_path / "new", quarantine=quarantine))
    assert page.row("gates", "p_is_there") == ["p_is_there", "problems", "pass_rate", "2", "a"]


def test_a_curriculum_says_what_it_is_short_of(tmp_path: Path) -> None:
    folder = make_draft(tmp_path / "new")
    write_tiers(folder, {})
    wanted = CurriculumSettings(kind="easy-to-hard", budgets={"fuzzing": TargetSettings(hard=5000)}, control=True)
    write_curricula(folder, {"mix": wanted}, 0)
    page = report(folder, curricula={name: {"file": f"curricula/{name}.parquet"} for name in ("mix", "mix_control")})
    # Of eight problems of fuzzing five are in a tier, and one of them is hard.
    assert page.row("curricula", "mix") == ["mix", "easy-to-hard", "5", "1 → 3 → 1", "4,999 of 5,000 hard problems of fuzzing"]
    assert page.row("curricula", "mix_control") == ["mix_control", "control of mix", "5", "5", "nothing"]


def test_what_changed_since_the_parent_version_is_told(tmp_path: Path) -> None:
    before = problems()[:-1]
    before[0] |= {"pass_rate": 0.25, "tier": "hard"}
    gone = before[1] | {"problem_id": "gone", "tier": "trivial"}
    make_draft(tmp_path / "v=00001", problems=[*before, gone])
    page = report(make_draft(tmp_path / "v=00002"), parent=1)
    assert "1 problems were added, 1 are gone, and 1 moved" in page.words["moved"]
    assert page.row("moved", "hard")[:4] == ["hard", "10", "·", "1"]
    assert page.rows["moved"][-1][1:] == ["abduction", "1", "0.250", "0.875", "hard → easy"]


def test_a_parent_that_was_pruned_is_left_out(tmp_path: Path) -> None:
    assert "moved" not in report(make_draft(tmp_path / "new"), parent=1).words


def test_a_version_without_rows_has_a_page(tmp_path: Path) -> None:
    for table in TABLES:
        write_rows(tmp_path / "new", table, [])
    page = report(tmp_path / "new")
    assert page.chains == []
    assert "holds no problems" in page.words["difficulty"]


def test_problems_that_nobody_attempted_have_a_page(tmp_path: Path) -> None:
    nothing = {"pass_rate": None, "pass_rate_low": None, "pass_rate_high": None, "parent_pass_rate": None}
    ungraded = [row | nothing | {"tier": "ungraded", "straddles": False, "environment": "real"} for row in problems()]
    page = report(make_draft(tmp_path / "new", problems=ungraded, attempts=[]))
    assert page.row("difficulty", "real")[2:] == ["40", "0", "0", "0", "0", "0", "40", "0", "0"]
    assert "No problem of this version was graded" in page.words["steering"]
    assert len(page.chains) == 10


def test_attempts_that_a_version_does_not_hold_are_no_fault(tmp_path: Path) -> None:
    page = report(make_draft(tmp_path / "new", attempts=attempts(problems())[:8]))
    assert sum("attempts" in round_ for chain in page.chains for round_ in chain["rounds"]) == 1


def test_the_page_brings_all_that_it_needs(page: Page) -> None:
    loaded = [
        value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "href", "srcset")
    ]
    assert loaded
    assert all(value and value.startswith("#") for value in loaded)
    assert "@import" not in page.text
    assert "url(" not in page.text


def test_only_its_own_script_and_styles_are_allowed(page: Page) -> None:
    policy = next(
        attributes["content"] or ""
        for _, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search("<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    for text in (page.scripts[1], style[1]):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not any(name == "style" or name.startswith("on") for _, attributes in page.elements for name in attributes)


@pytest.mark.parametrize(("value", "told"), [(999, "999"), (1234, "1.23k"), (999_600, "1,000k"), (5.4e9, "5.4G"), (None, "–")])
def test_large_counts_are_short(value: float | None, told: str) -> None:
    assert short(value) == told


@pytest.mark.parametrize(("value", "told"), [(0, "$0.00"), (1234.5, "$1,234.50"), (0.0109, "$0.0109"), (0.00001, "$0.000010")])
def test_small_amounts_keep_their_digits(value: float, told: str) -> None:
    assert dollars(value) == told


def test_amounts_of_a_column_have_as_many_decimals() -> None:
    assert (dollars(2.5, like=0.004), dollars(0.004, like=2.5)) == ("$2.500000", "$0.00")


def test_a_share_of_nothing_is_a_dash() -> None:
    assert percent(0, 0) == "–"
