import ast

import pytest

from steppingstone.seeds.cleaning import cleaned, printable


@pytest.mark.parametrize(
    "line",
    ["<reponame>a/b", "<filename>x.py", "<gh_stars>1-10", "<reponame>a/b<filename>c d.py<gh_stars>1000+"],
)
def test_marker_line_is_stripped(line: str) -> None:
    assert cleaned(f"{line}\nx = 1\n") == "x = 1\n"


def test_document_of_markers_alone_becomes_empty() -> None:
    assert cleaned("<reponame>a/b<gh_stars>0") == ""


def test_marker_inside_the_code_stays() -> None:
    assert cleaned('x = "<filename>"\n') == 'x = "<filename>"\n'


@pytest.mark.parametrize("token", ["<NAME>", "<EMAIL>", "<KEY>", "<PASSWORD>"])
@pytest.mark.parametrize("place", ["x = {}", "x = '{}'", "# by {} <{}>", "def f(a={}): return a"])
def test_redacted_code_parses(token: str, place: str) -> None:
    ast.parse(cleaned(place.replace("{}", token)))


def test_line_ends_and_byte_order_mark_are_unified() -> None:
    assert cleaned("\ufeffa = 1\r\nb = 2\rc = 3\n") == "a = 1\nb = 2\nc = 3\n"


def test_direction_marks_and_line_breaks_do_not_reach_an_origin() -> None:
    assert printable("a\u202eb\nc\ud800") == "a?b?c?"
