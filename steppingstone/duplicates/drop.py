"""Takes the duplicates out of a draft: each becomes a rejection that names the problem it is the same as."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa

from steppingstone import drafts
from steppingstone.duplicates.agreement import agreement
from steppingstone.duplicates.distinct import Distinct, Match
from steppingstone.duplicates.reading import Place, of_draft, of_latest
from steppingstone.records import Reason
from steppingstone.sandbox import Sandbox
from steppingstone.settings import DuplicateSettings

DUPLICATE = pa.schema(
    [(name, pa.string()) for name in ("problem_id", "chain_id", "reason", "partner_id", "told")]
    + [(name, pa.int64()) for name in ("round", "partner_version")]
    + [("again", pa.bool_())]
)
KEY = "(problem_id, chain_id, round)"

REJECTED = """
SELECT
    'deduplicate-' || left(sha256(concat_ws('/', problem_id, chain_id, round)), 16) AS rejection_id,
    run_id, chain_id, seed_id, environment, round, steer,
    'deduplicate' AS stage, reason,
    format('{}; this one was solved {} of {} times', told, pass_count, graded_count) AS detail,
    problem_id, partner_id, partner_version, tier, code AS reply,
    teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
    teacher_cached_tokens + student_cached_tokens AS cached_tokens,
    teacher_completion_tokens + student_completion_tokens AS completion_tokens,
    teacher_reasoning_tokens + student_reasoning_tokens AS reasoning_tokens,
    teacher_dollars + student_dollars AS dollars
FROM problems JOIN duplicate USING (problem_id, chain_id, round)
WHERE NOT again
"""


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """How many problems stayed, how many left by the reason why, and how many of these were published by an earlier run."""

    kept: int
    dropped: Mapping[str, int]
    again: int = 0


def drop_duplicates(draft: drafts.Folder, settings: DuplicateSettings, data_root: drafts.Folder | None = None) -> Deduplicated:
    """Moves all but the first of each set of duplicates, with their attempts, out of a draft; rejections name the partner.

    The problems that `data_root` has published come first, then the chain that was drawn earlier, and its earliest round:
    so the same draft always keeps the same problems, and chains that were begun later take nothing from those before
    them. A problem is compared with those that stay: what is nearly the same as one that left, and as no other, stays.

    What stands in the published version already, because the same chain was run again, leaves without a rejection.

    Killed half-way it can be done again: problems are the last to be rewritten, and rejections are not added twice.
    """
    with drafts.connect(draft) as tables:
        found = pa.Table.from_pylist([_row(*each) for each in _found(tables, settings, data_root)], schema=DUPLICATE)
        tables.register("duplicate", found)
        if found.num_rows:
            rejected = f"FROM rejections WHERE rejection_id NOT IN (SELECT rejection_id FROM ({REJECTED}))"
            drafts.rewrite(tables, draft, "rejections", f"({rejected}) UNION ALL BY NAME ({REJECTED} ORDER BY rejection_id)")
            for table in ("attempts", "problems"):
                drafts.rewrite(tables, draft, table, f"FROM {table} WHERE {KEY} NOT IN (SELECT {KEY} FROM duplicate)")
    dropped, again = Counter(found["reason"].to_pylist()), sum(found["again"].to_pylist())
    return Deduplicated(drafts.count_rows(draft, "problems"), dropped, again)


def _found(
    tables: "drafts.Connection", settings: DuplicateSettings, data_root: drafts.Folder | None
) -> Iterator[tuple[Place, Match[Place]]]:
    """The problems that are the same as others, with these; one environment after the other, which bounds the memory."""
    with closing(Sandbox(1)) as sandbox:
        for environment in _values(tables, "environment"):
            distinct = Distinct[Place](settings, agreement(sandbox))
            if data_root is not None:
                for traits, place in of_latest(data_root, environment):
                    distinct.add(traits, place)
            for traits, place in of_draft(tables, environment):
                if match := distinct.take(traits, place):
                    yield place, match


def _values(tables: "drafts.Connection", column: str) -> list[str]:
    return [value for (value,) in tables.sql(f"SELECT DISTINCT {column} FROM problems ORDER BY 1").fetchall()]


def _row(place: Place, match: Match[Place]) -> dict[str, object]:
    return {
        "problem_id": place.problem_id,
        "chain_id": place.chain_id,
        "round": place.round,
        "reason": str(match.reason),
        "partner_id": match.name.problem_id,
        "partner_version": match.name.version,
        "told": _told(match),
        "again": (match.name.problem_id, match.name.chain_id, match.name.round)
        == (place.problem_id, place.chain_id, place.round),
    }


def _told(match: Match[Place]) -> str:
    partner = f"round {match.name.round} of chain {match.name.chain_id}"
    where = partner if match.name.version is None else f"{partner} in version {match.name.version}"
    how = {
        Reason.DUPLICATE: "the same as",
        Reason.NEAR_DUPLICATE: f"alike by {match.similarity:.3f} to",
        Reason.SAME_BEHAVIOUR: "answers all inputs as does",
    }
    return f"{how[match.reason]} {where}"
