"""Problems that the sandbox does not rule as their source says, each with the reason."""

_THIRD_PARTY = "imports sortedcontainers, a package that no tier of the sandbox holds"
_WRITES = "its tests and its solution write files, which no tier lets a program do"
_DATABASE = "its tests and its solution keep an SQLite database in a file, which no tier lets a program write"
_FAR_OFF = "prints other whole numbers than its sample, and is let pass by its source because they are within 1e-6 of it"

EXPLAINED: dict[str, str] = {
    "ClassEval/14": _DATABASE,
    "ClassEval/25": _WRITES,
    "ClassEval/26": _WRITES,
    "ClassEval/60": _DATABASE,
    "ClassEval/67": "its tests append to a list that they read off the solution's object: a copy, as all data is",
    "ClassEval/83": _DATABASE,
    "ClassEval/84": _WRITES,
    "ClassEval/92": _DATABASE,
    "LeetCode/digit-operations-to-make-two-integers-equal": _THIRD_PARTY,
    "LeetCode/find-servers-that-handled-most-number-of-requests": _THIRD_PARTY,
    "LeetCode/find-the-original-typed-string-ii": _THIRD_PARTY,
    "LeetCode/frequencies-of-shortest-supersequences": _THIRD_PARTY,
    "LeetCode/longest-special-path": _THIRD_PARTY,
    "LeetCode/maximum-value-sum-by-placing-three-rooks-ii": _THIRD_PARTY,
    "LeetCode/minimum-operations-to-make-subarray-elements-equal": _THIRD_PARTY,
    "LeetCode/minimum-time-to-break-locks-i": _THIRD_PARTY,
    "LeetCode/paint-house-iv": _THIRD_PARTY,
    "LeetCode/sum-of-k-subarrays-with-length-at-least-m": _THIRD_PARTY,
    "LeetCode/zero-array-transformation-iii": _THIRD_PARTY,
    "TACO/test/946": _FAR_OFF,
}


def reason(name: str) -> str | None:
    """Why this problem, or a rollout of it (`problem#attempt@step`), is ruled otherwise; None if it must not be."""
    return EXPLAINED.get(name.partition("#")[0])
