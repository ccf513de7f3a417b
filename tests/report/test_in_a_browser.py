"""The report in a real browser: its chains show, it asks for nothing, and no text of the dataset does anything but show."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from steppingstone.report import write_report
from steppingstone.tables import TABLES
from tests.drafts import attempts, make_draft, problems, rejections, seeds
from tests.report.browser import Seen, look, needs_browser
from tests.report.reading import MANIFEST, Page

pytestmark = needs_browser

HOSTILE = (
    "</script><script>document.title='owned';fetch('http://evil.test/fetched')</script>"
    "</pre></style><img src=http://evil.test/image onerror=\"document.title='owned'\"><svg onload=document.title='owned'>"
    "<!--<script>'\"`${document.title='owned'}{{7*7}}{% raw %}]]>&lt;b&gt;\u2028\u2029\x00\u202e\ufeff\\u003c"
)
KEYS = {"environment", "tier", "table", "problem_id", "parent_id", "verdict", "steer"}
"""Columns by which rows are found; they get a hostile text of their own in some rows."""


def opened(folder: Path, fragment: str = "", **told: Any) -> Seen:
    write_report(folder, MANIFEST | told)
    return look(folder / "report.html", fragment, folder / "profile")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    partner = {"stage": "deduplicate", "reason": "same_behaviour", "partner_id": "earlier", "partner_version": 1}
    turned_away = [*rejections(), rejections()[1] | partner | {"rejection_id": "duplicate"}]
    return opened(make_draft(tmp_path_factory.mktemp("data"), rejections=turned_away), "#chain=chain-1")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = make_draft(tmp_path_factory.mktemp("data"), **hostile_tables())
    hostile = HOSTILE + "\ud800"
    gate = {"suite": hostile, "table": hostile, "scope": hostile, "expectation": hostile, "level": hostile, "ok": False}
    told = {"run_id": hostile, "kind": hostile, "created": hostile, "prompts": [hostile], "teacher_models": [hostile]}
    told |= {"settings": {hostile: hostile}, "gates": [gate | {"checked": 1, "unexpected": 1, "seen": hostile}]}
    waterfall = dict.fromkeys(("proposed", "valid", "solved", "new", "uncontaminated", "kept"), 1)
    return opened(folder, f"#chain={quote(HOSTILE)}", **told, waterfall=[{"environment": hostile, **waterfall}])


def hostile_tables() -> dict[str, list[dict[str, object]]]:
    """The tables of the factory with the text in each column of texts, all of one chain."""
    quarantine = {"table": HOSTILE, "row_id": HOSTILE, "expectation": HOSTILE, "column": HOSTILE, "row": HOSTILE}
    made = {"seeds": seeds()[:1], "problems": problems()[:4], "attempts": attempts(problems()[:4])}
    made |= {"rejections": rejections(), "quarantine": [quarantine]}
    tables = {table: [spoilt(table, row) for row in rows] for table, rows in made.items()}
    for row in tables["problems"][1:]:
        row |= {"environment": HOSTILE, "tier": HOSTILE, "steer": HOSTILE}
    for row in tables["attempts"][::2]:
        row["verdict"] = HOSTILE
    return tables


def spoilt(table: str, row: dict[str, object]) -> dict[str, object]:
    texts = [field.name for field in TABLES[table] if str(field.type) == "string" and field.name not in KEYS]
    lists = {name: [HOSTILE] * 5 for name in ("inputs", "outputs") if table == "problems"}
    return row | dict.fromkeys(texts, HOSTILE) | lists


def test_the_chain_that_the_address_names_is_open(seen: Seen) -> None:
    shown = chain_of(seen)
    assert "deduction chain" in shown
    assert ">chain-1<" in shown
    assert "chain-2" not in shown


def test_a_chain_shows_its_seed_its_rounds_and_what_was_turned_away(seen: Seen) -> None:
    shown = chain_of(seen)
    for text in (
        "a.py:1",
        "Round 1",
        "p = 0.375",
        "3 of 8",
        "return x * 1 + 2",
        "asked for: easier",
        "a timeout",
        "at generate",
    ):
        assert text in shown, text


def test_a_duplicate_names_its_partner(seen: Seen) -> None:
    assert "Partner: <code>earlier</code> of version 1" in chain_of(seen)


def test_attempts_show_with_their_verdicts_and_completions(seen: Seen) -> None:
    shown = chain_of(seen)
    assert "Attempts: 5 wrong, 3 solved; 7 of 8 shown" in shown
    assert "✓ solved" in shown
    assert "answer 0" in shown


def test_without_a_chain_in_the_address_the_first_is_open(tmp_path: Path) -> None:
    folder = make_draft(tmp_path / "new")
    shown = chain_of(opened(folder))
    assert f">{Page.of(folder).chains[0]['chain_id']}<" in shown


def test_an_unknown_chain_is_said_to_be_none(tmp_path: Path) -> None:
    shown = chain_of(opened(make_draft(tmp_path / "new"), "#chain=nope"))
    assert "Chain nope is not among the chains of this page" in shown


def test_the_list_names_every_chain(seen: Seen) -> None:
    page = Page(seen.html)
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a" and "#chain=" in (attributes["href"] or "")]
    assert sorted(filter(None, links)) == [f"#chain=chain-{number}" for number in range(10)]


def test_the_browser_finds_nothing_to_complain_of(seen: Seen) -> None:
    assert seen.console == ()


def test_nothing_is_asked_of_the_network(seen: Seen) -> None:
    assert seen.asked == ()


def test_hostile_texts_run_nothing_and_load_nothing(attacked: Seen) -> None:
    assert "<title>Dataset version 2 · Steppingstone</title>" in attacked.html
    assert attacked.asked == ()
    assert attacked.console == ()


def test_hostile_texts_make_no_elements(attacked: Seen) -> None:
    tags = [tag for tag, _ in Page(attacked.html).elements]
    assert tags.count("script") == 2
    assert tags.count("style") == 1
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attributes in Page(attacked.html).elements for name in attributes)


def test_hostile_texts_are_shown_as_they_are(attacked: Seen) -> None:
    shown = chain_of(attacked)
    assert "&lt;img src=http://evil.test/image" in shown
    assert "{{7*7}}" in shown
    assert "Round 4" in shown


def test_what_runs_and_loads_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<script>console.error('seen')</script><img src='http://evil.test/image'>")
    seen = look(page, "", tmp_path / "profile")
    assert seen.asked == ("http://evil.test/image",)
    assert "seen" in seen.console[0]


def chain_of(seen: Seen) -> str:
    """The open chain as HTML."""
    return seen.html.partition('<article id="chain"')[2].partition("</article>")[0]


def used(folder: Path, script: str) -> Seen:
    """The page after somebody did something on it: a script in their place, in a copy that lets it."""
    write_report(folder, MANIFEST)
    text = (folder / "report.html").read_text("utf-8").replace("Content-Security-Policy", "nothing")
    copy = folder / "used.html"
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    return look(copy, "", folder / "profile")


def listed(seen: Seen) -> list[str]:
    """The chains of the list, by number, in order."""
    links = [attributes.get("href") or "" for tag, attributes in Page(seen.html).elements if tag == "a"]
    return sorted(link.partition("#chain=chain-")[2] for link in links if "#chain=" in link)


def test_chains_are_chosen_by_environment_and_tier(tmp_path: Path) -> None:
    chosen = "environment.value = 'abduction'; tier.value = 'trivial'; tier.dispatchEvent(new Event('input'));"
    seen = used(make_draft(tmp_path / "new"), chosen)
    # Chains 0, 4 and 8 are of abduction; of them 4 alone has a problem that all attempts solve.
    assert listed(seen) == ["4"]
    assert "1 of 10 chains" in seen.html
    assert ">chain-4<" in chain_of(seen)


def test_chains_are_found_by_their_texts(tmp_path: Path) -> None:
    found = "search.value = 'A.PY:3 return'; search.dispatchEvent(new Event('input'));"
    assert listed(used(make_draft(tmp_path / "new"), found)) == ["3", "8"]


def test_the_list_is_walked_by_keys(tmp_path: Path) -> None:
    pressed = (
        "list.firstChild.focus();"
        "list.firstChild.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}));"
        "document.title = document.activeElement === list.children[1] ? 'the second' : 'another';"
    )
    assert "<title>the second</title>" in used(make_draft(tmp_path / "new"), pressed).html


def test_a_chain_of_which_nothing_was_graded_has_no_empty_plot(tmp_path: Path, seen: Seen) -> None:
    nothing = {"pass_rate": None, "pass_rate_low": None, "pass_rate_high": None, "tier": "ungraded"}
    shown = chain_of(opened(make_draft(tmp_path / "new", problems=[row | nothing for row in problems()], attempts=[])))
    assert "not graded" in shown
    assert 'class="steps"' not in shown
    assert 'class="steps"' in chain_of(seen)
