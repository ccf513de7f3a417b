import json
from pathlib import Path
from typing import Any

import pytest

from steppingstone.seeds import draw_seeds, own_solved_problems

PROBLEMS = {
    record["problem_id"].removeprefix("steppingstone/"): record
    for line in Path(own_solved_problems().paths[0]).read_text(encoding="utf-8").splitlines()
    for record in [json.loads(line)]
}

# Arguments and the right answer, written by hand from the statements.
EXAMPLES: dict[str, list[tuple[tuple[Any, ...], Any]]] = {
    "rotate": [
        (([1, 2, 3, 4], 1), [4, 1, 2, 3]),
        (([1, 2, 3, 4], -1), [2, 3, 4, 1]),
        (([], 3), []),
        (([1, 2], 5), [2, 1]),
    ],
    "run_lengths": [
        (("aabccc",), [("a", 2), ("b", 1), ("c", 3)]),
        (("",), []),
        (("aba",), [("a", 1), ("b", 1), ("a", 1)]),
    ],
    "merge_intervals": [
        (([(5, 7), (1, 3), (2, 4)],), [(1, 4), (5, 7)]),
        (([(1, 2), (2, 3)],), [(1, 3)]),
        (([(1, 9), (2, 3)],), [(1, 9)]),
    ],
    "is_balanced": [(("a[(b)]{}",), True), (("(]",), False), (("((",), False), ((")",), False), (("",), True)],
    "longest_distinct_stretch": [(("abcabcbb",), 3), (("bbbb",), 1), (("abba",), 2), (("",), 0)],
    "fewest_coins": [(([1, 5, 10], 27), 5), (([2], 3), -1), (([1, 3, 4], 6), 2), (([5], 0), 0)],
    "largest_stretch_sum": [(([-2, 1, -3, 4, -1, 2, 1, -5, 4],), 6), (([-3, -1, -2],), -1), (([5],), 5)],
    "evaluate": [(("1 + 2 * 3",), 7), (("(1+2)*3",), 9), (("2-3-4",), -5), (("-(2+3)*2",), -10), (("7",), 7)],
    "count_islands": [((["##.", "..#", "#.#"],), 3), ((["..", ".."],), 0), ((["###", "#.#", "###"],), 1)],
    "shortest_path": [
        ((["...", ".#.", "..."],), 4),
        ((["..", "##"],), -1),
        ((["."],), 0),
        ((["..#.", "#.#.", "#..."],), 5),
    ],
    "spiral": [
        (([[1, 2, 3], [4, 5, 6], [7, 8, 9]],), [1, 2, 3, 6, 9, 8, 7, 4, 5]),
        (([[1, 2]],), [1, 2]),
        (([[1], [2]],), [1, 2]),
    ],
    "primes_up_to": [((20,), [2, 3, 5, 7, 11, 13, 17, 19]), ((2,), [2]), ((1,), []), ((0,), [])],
    "factorize": [((360,), {2: 3, 3: 2, 5: 1}), ((97,), {97: 1}), ((49,), {7: 2})],
    "to_roman": [((1994,), "MCMXCIV"), ((4,), "IV"), ((3999,), "MMMCMXCIX"), ((40,), "XL")],
    "from_roman": [(("MCMXCIV",), 1994), (("IX",), 9), (("MMXXVI",), 2026)],
    "in_base": [((255, 16), "ff"), ((5, 2), "101"), ((0, 7), "0"), ((35, 36), "z")],
    "group_anagrams": [((["tea", "dog", "eat", "god", "ate"],), [["tea", "eat", "ate"], ["dog", "god"]]), (([],), [])],
    "most_frequent_words": [(("The cat, the dog; a CAT!", 2), ["cat", "the"]), (("b a", 1), ["a"]), (("", 3), [])],
    "pair_with_sum": [(([1, 3, 4, 8], 7), (1, 2)), (([1, 2], 9), None), (([], 1), None), (([-2, 0, 5], 3), (0, 2))],
    "trapped_water": [(([0, 1, 0, 2, 1, 0, 1, 3, 2, 1, 2, 1],), 6), (([3, 0, 3],), 3), (([1, 2, 3],), 0), (([],), 0)],
    "edit_distance": [(("kitten", "sitting"), 3), (("", "abc"), 3), (("same", "same"), 0), (("ab", "ba"), 2)],
    "longest_common_subsequence": [(("abcde", "ace"), "ace"), (("abc", "xyz"), ""), (("aggtab", "gxtxayb"), "gtab")],
    "longest_rising": [(([10, 9, 2, 5, 3, 7, 101, 18],), 4), (([3, 3, 3],), 1), (([],), 0)],
    "best_load": [(([(2, 3), (3, 4), (4, 5), (5, 6)], 5), 7), (([(9, 10)], 5), 0), (([(1, 1), (1, 1)], 5), 2)],
    "task_order": [
        (({"cook": ["shop"], "eat": ["cook", "lay"], "shop": []},), ["lay", "shop", "cook", "eat"]),
        (({"a": ["b"], "b": ["a"]},), []),
    ],
    "parse_settings": [
        (("; top\n[a]\nx = 1\n\n[b]\ny=2=3",), {"a": {"x": "1"}, "b": {"y": "2=3"}}),
        (("z = 0",), {"": {"z": "0"}}),
    ],
    "split_csv_line": [(('a,"b,c",d',), ["a", "b,c", "d"]), (('"say ""hi""",',), ['say "hi"', ""]), (("",), [""])],
    "seconds_of": [(("1h30m",), 5400), (("2d 5s",), 172805), (("",), 0), (("10m",), 600)],
    "caesar": [(("Hello, xyz!", 3), "Khoor, abc!"), (("abc", -1), "zab"), (("é9", 5), "é9")],
    "passes_luhn": [
        (("4539 3195 0343 6467",), True),
        (("8273 1232 7352 0569",), False),
        (("0",), False),
        (("059",), True),
    ],
    "flatten": [(({"a": {"b": 1, "c": {"d": 2}}, "e": {}},), {"a.b": 1, "a.c.d": 2, "e": {}}), (({},), {})],
    "changes": [(({"a": 1, "b": 2}, {"b": 3, "c": 4}), {"added": ["c"], "removed": ["a"], "changed": ["b"]})],
    "subsets_with_sum": [(([1, 2, 3, 4], 5), [[1, 4], [2, 3]]), (([1, 2, 3], 6), [[1, 2, 3]]), (([5], 4), [])],
    "count_queens": [((1,), 1), ((3,), 0), ((4,), 2), ((6,), 4)],
    "median": [(([3, 1, 2],), 2), (([4, 1, 3, 2],), 2.5), (([7],), 7)],
    "moving_average": [(([1, 2, 3, 4], 2), [1.5, 2.5, 3.5]), (([1, 2], 3), []), (([5], 1), [5.0])],
    "days_until_warmer": [
        (([73, 74, 75, 71, 69, 72, 76, 73],), [1, 1, 4, 2, 1, 1, 0, 0]),
        (([],), []),
        (([3, 3],), [0, 0]),
    ],
    "most_meetings": [(([(1, 3), (2, 4), (3, 5), (0, 6)],), 2), (([],), 0), (([(0, 1), (1, 2), (2, 3)],), 3)],
    "next_generation": [
        ((["...", "###", "..."],), [".#.", ".#.", ".#."]),
        ((["##", "##"],), ["##", "##"]),
        ((["#"],), ["."]),
    ],
    "wrap": [
        (("the quick brown fox", 10), ["the quick", "brown fox"]),
        (("incomprehensible it", 5), ["incomprehensible", "it"]),
        (("", 5), []),
    ],
    "multiply_polynomials": [(([1, 1], [1, -1]), [1, 0, -1]), (([], [1]), []), (([2], [3, 4]), [6, 8])],
    "run_stack_program": [(("2 3 + 4 *",), [20]), (("5 dup -",), [0]), (("1 2 swap -",), [1]), (("1 2 drop",), [1])],
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_own_solution_gives_the_right_answers(name: str) -> None:
    scope: dict[str, Any] = {}
    exec(PROBLEMS[name]["solution"], scope)
    for arguments, answer in EXAMPLES[name]:
        assert scope[name](*arguments) == answer


def test_every_example_has_its_problem() -> None:
    assert EXAMPLES.keys() == PROBLEMS.keys()


def test_every_own_problem_gives_a_seed_under_the_projects_license() -> None:
    draw = draw_seeds([own_solved_problems()], 1000, 0)
    assert len(draw.seeds) == len(PROBLEMS) >= 40
    assert {seed.license for seed in draw.seeds} == {"Apache-2.0"}
