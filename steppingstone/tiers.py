"""The tables easy, medium and hard: the problems of each tier, and no more of them than were asked for."""

from collections.abc import Mapping, Sequence

from steppingstone import drafts
from steppingstone.settings import TargetSettings
from steppingstone.tables import TIERS

WANTED = "CREATE OR REPLACE TEMP TABLE wanted (environment VARCHAR, name VARCHAR, wanted BIGINT)"

KEPT = """
CREATE OR REPLACE TEMP TABLE kept AS
WITH placed AS (
    SELECT problem_id, environment, tier, chain_number, round,
        row_number() OVER (PARTITION BY environment, tier ORDER BY chain_number, round) AS place
    FROM problems WHERE tier IN ('easy', 'medium', 'hard') AND problem_id NOT IN (SELECT problem_id FROM left_out)
), in_tier AS (
    SELECT placed.*, row_number() OVER (
        PARTITION BY placed.environment ORDER BY of_tier.wanted IS NULL, chain_number, round
    ) AS place_of_all
    FROM placed LEFT JOIN wanted AS of_tier ON of_tier.environment = placed.environment AND of_tier.name = placed.tier
    WHERE of_tier.wanted IS NULL OR placed.place <= of_tier.wanted
)
SELECT in_tier.problem_id, in_tier.tier
FROM in_tier LEFT JOIN wanted AS of_all ON of_all.environment = in_tier.environment AND of_all.name = 'total'
WHERE of_all.wanted IS NULL OR in_tier.place_of_all <= of_all.wanted
"""


def write_tiers(draft: drafts.Folder, targets: Mapping[str, TargetSettings], left_out: Sequence[str] = ()) -> dict[str, int]:
    """Writes the tier tables of a draft without duplicates, and returns their row counts.

    Where an environment has a target, the problems that its first chains gave are taken until it is met, and a total is filled
    from tiers with a target of their own first. What chains gave beyond that stays in the problems table
    alone, and so does what is `left_out`.
    """
    with drafts.connect(draft) as tables:
        tables.execute(WANTED)
        for environment, target in targets.items():
            for name, count in target:
                tables.execute("INSERT INTO wanted VALUES (?, ?, ?)", [environment, name, count])
        tables.execute("CREATE TEMP TABLE left_out AS SELECT unnest(?::VARCHAR[]) AS problem_id", [list(left_out)])
        tables.execute(KEPT)
        chosen = "FROM problems WHERE problem_id IN (SELECT problem_id FROM kept WHERE tier = '{}')"
        return {tier: drafts.rewrite(tables, draft, tier, chosen.format(tier)) for tier in TIERS}
