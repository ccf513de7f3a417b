"""Draw seeds from sources: in an order fixed by the random seed, looking at no more documents than it takes."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from steppingstone.duplicates.near import NearIndex
from steppingstone.errors import BadInput
from steppingstone.records import Hit, Seed
from steppingstone.seeds.candidates import candidates
from steppingstone.seeds.opening import OpenSource, opened
from steppingstone.seeds.outcomes import Found, Outcome, outcome
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.sources import Source
from steppingstone.seeds.windows import Lengths

# Documents fetched together: half as many again as the seeds wanted, and some for small draws. With more, some would be
# parsed in vain; with fewer, files would be read more often.
SPARE = 8
# Chunks grow up to so many, so that a source in which nothing is usable is read a few times, not a thousand.
LARGEST_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Contaminated:
    """What would have become a seed, and the evaluation problem that it holds."""

    seed: Seed
    hit: Hit


@dataclass(frozen=True, slots=True)
class SeedDraw:
    """Seeds, and what the draw met before it had enough: `scanned` documents = seeds + those passed over, by reason.

    For solved problems, a problem with all its attempts counts as one document. The contaminated are passed over too.
    """

    seeds: tuple[Seed, ...]
    passed_over: Mapping[str, int]
    scanned: int
    contaminated: tuple[Contaminated, ...] = ()


def _never(text: str) -> Hit | None:
    return None


def check_sources(sources: Sequence[Source]) -> None:
    """Look at schemas and first records. BadInput names the file, the column or the line, and what to do."""
    for source in _listed(sources):
        opened(source)


def draw_seeds(
    sources: Sequence[Source],
    count: int,
    random_seed: int,
    min_lines: int = 25,
    max_lines: int = 50,
    near: float | None = 0.85,
    hit: Callable[[str], Hit | None] = _never,
) -> SeedDraw:
    """At most `count` seeds, in even shares from the sources; what one lacks the others fill. Documents and snippets that
    are alike by `near` or more count as one; by None, only those of the same text.

    `hit` names the evaluation problem that a text holds; lines that hold one become no seed.
    The same input and random seed give the same seeds in the same order. Memory grows with `count`, with the number of solved
    problems and with what is contaminated, not with the size of a corpus. BadInput if not one seed comes out.
    """
    _check_numbers(count, min_lines, max_lines)
    lengths, share = Lengths(min_lines, max_lines), -(-count // len(_listed(sources)))
    streams = [
        _outcomes(opened(source), f"{random_seed}/{index}", share, lengths) for index, source in enumerate(sources)
    ]  # fmt: skip
    draw = _merged(streams, count, NearIndex(near) if near else None, hit)
    if not draw.seeds:
        counts = ", ".join(f"{reason} {number}" for reason, number in draw.passed_over.items()) or "no documents"
        raise BadInput(f"no seed in {draw.scanned} documents ({counts}): give Python code of {min_lines} lines or more")
    return draw


def _listed(sources: Sequence[Source]) -> Sequence[Source]:
    if not sources:
        raise BadInput("no seed source is given: name a corpus, a rollout log or solved problems")
    return sources


def _check_numbers(count: int, min_lines: int, max_lines: int) -> None:
    if count < 1:
        raise BadInput(f"the number of seeds is {count}: ask for at least 1")
    if not 1 <= min_lines <= max_lines:
        raise BadInput(f"a seed of {min_lines} to {max_lines} lines cannot be cut: give 1 <= min_lines <= max_lines")


def _merged(
    streams: Sequence[Iterator[Outcome]], count: int, alike: NearIndex | None, hit: Callable[[str], Hit | None]
) -> SeedDraw:
    """One seed from each stream in turn; a stream that has run dry is left out."""
    seeds, waiting, taken = list[Seed](), deque(streams), set[str]()
    tally, contaminated = Counter[PassedOver](), list[Contaminated]()
    while waiting and len(seeds) < count:
        stream = waiting.popleft()
        while (found := _next_fresh(stream, taken, alike, tally)) and (held := hit(found.seed.text)):
            contaminated.append(Contaminated(found.seed, held))
            tally[PassedOver.CONTAMINATED] += 1
        if found is not None:
            seeds.append(found.seed)
            waiting.append(stream)
    counts = {reason.value: tally[reason] for reason in PassedOver if tally[reason]}
    return SeedDraw(tuple(seeds), counts, len(seeds) + tally.total(), tuple(contaminated))


def _next_fresh(
    stream: Iterator[Outcome], taken: set[str], alike: NearIndex | None, tally: Counter[PassedOver]
) -> Found | None:
    """The next seed whose problem and text, or one like it, were not taken before; what comes ahead of it is counted."""
    for found in stream:
        if isinstance(found, PassedOver):
            tally[found] += 1
        elif found.problem and found.problem in taken:
            tally[PassedOver.SAME_PROBLEM] += 1
        elif found.body in taken or found.seed.seed_id in taken:
            tally[PassedOver.DUPLICATE] += 1
        elif alike and any(map(alike.nearest, found.sketches)):
            tally[PassedOver.NEAR_DUPLICATE] += 1
        else:
            if alike:
                for sketch in found.sketches:
                    alike.add(sketch)
            taken.update((found.problem, found.body, found.seed.seed_id))
            return found
    return None


def _outcomes(source: OpenSource, salt: str, share: int, lengths: Lengths) -> Iterator[Outcome]:
    """What a source's documents come to, in drawn order; fetched in chunks, each by one pass over its files."""
    sizes = source.sizes()
    pool = candidates(source, sizes, Random(f"solved/{salt}"))
    order = _shuffled(len(pool), Random(f"order/{salt}"))
    chunk = min(share + share // 2 + SPARE, LARGEST_CHUNK)
    while drawn := [pool[index] for index in islice(order, chunk)]:
        numbers = sorted(number for number in drawn if not isinstance(number, PassedOver))
        columns = source.columns()
        met = {
            number: outcome(source.source, number, row, Random(f"window/{salt}/{number}"), lengths)
            for number, row in source.rows(numbers, sizes, columns)
        }
        yield from (one if isinstance(one, PassedOver) else met[one] for one in drawn)
        chunk = min(2 * chunk, LARGEST_CHUNK)


def _shuffled(size: int, random: Random) -> Iterator[int]:
    """The numbers below `size` in random order (Fisher and Yates), in memory that grows with those taken."""
    moved: dict[int, int] = {}
    for place in range(size):
        other = random.randrange(place, size)
        yield moved.get(other, other)
        moved[other] = moved.pop(place, place)
