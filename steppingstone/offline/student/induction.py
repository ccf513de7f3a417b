"""Induction: search over rows of building blocks for one that reproduces the visible pairs."""

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from steppingstone.offline.student.blocks import Block, blocks, sort_of
from steppingstone.offline.student.distance import rough_distance
from steppingstone.offline.student.fits import Vector, fit
from steppingstone.offline.student.task import Task

BUDGET = 200.0
SPREAD = 1.2
COMPARED = 3
"""Pairs by which the sort and the gap of a node are judged."""
DEPTH = 4
NOTICED = 0.88
"""How often an attempt sees a last line that would fit."""
HINTED = 6.0
"""How much likelier a block is tried first if the hint speaks of it."""
_NUMBER = re.compile(r"-?\d+")


@dataclass(slots=True)
class Node:
    """What some lines make of the visible inputs. `finish` is the last line, if one fits; `gap` how far the outputs are."""

    values: Vector
    lines: tuple[str, ...]
    sort: str
    finish: str
    gap: float
    children: dict[int, "Node | None"] = field(default_factory=dict)


class Space:
    """The programs over one task's pairs; a node is worked out once and then known to every attempt of the request."""

    def __init__(self, task: Task) -> None:
        self.outputs: Vector = tuple(output for _, output in task.pairs)
        shown = repr(task.pairs)
        numbers = sorted({int(n) for n in _NUMBER.findall(task.hint)} | {10, 13})
        letters = sorted({c for c in shown if c in " ,-_.:/"} | set(_frequent(shown)))
        self.blocks = blocks([n for n in numbers if 1 < n < 10_000], letters)
        said = {word.rstrip("s") for word in re.findall(r"[a-z]+", task.hint.lower())}
        self.goals = [repr(output) for output in self.outputs]
        self.facts: dict[str, tuple[str, str, float] | None] = {}
        self.likely = {b.text for row in self.blocks.values() for b in row if {word.rstrip("s") for word in b.about} & said}
        inputs = tuple(value for value, _ in task.pairs)
        self.root = self.node(inputs, ()) or Node(inputs, (), "", "", 0.0)

    def node(self, values: Vector, lines: tuple[str, ...]) -> Node | None:
        """A node with its sort, its fitted last line and its gap; None if no further line can lead to the outputs."""
        keys = [repr(value) for value in values]
        name = "\n".join(keys)
        if name not in self.facts:
            self.facts[name] = self._judge(values, keys)
        facts = self.facts[name]
        return Node(values, lines, *facts) if facts else None

    def _judge(self, values: Vector, keys: list[str]) -> tuple[str, str, float] | None:
        known: dict[str, str] = {}
        if any(known.setdefault(key, goal) != goal for key, goal in zip(keys, self.goals, strict=True)):
            return None
        sort = sort_of(values[:COMPARED])
        compared = list(zip(values, self.outputs, strict=True))[:COMPARED]
        gap = sum(min(40.0, rough_distance(v, o)) for v, o in compared) / len(compared)
        return sort, fit(values, self.outputs, sort), gap

    def child(self, node: Node, index: int) -> Node | None:
        """What one more line makes of a node; None if it fails or changes nothing."""
        if index not in node.children:
            node.children[index] = self._apply(node, self.blocks[node.sort][index])
        return node.children[index]

    def _apply(self, node: Node, block: Block) -> Node | None:
        try:
            values = tuple([block.apply(value) for value in node.values])
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError):
            return None
        return self.node(values, (*node.lines, block.text)) if values != node.values else None


def induce(task: Task, sources: Sequence[Random], patience: float) -> list[str]:
    """A function an attempt."""
    if not task.pairs:
        return ["def f(x):\n    return x" for _ in sources]
    space = Space(task)
    return [_written(_search(space, source, patience)) for source in sources]


def _search(space: Space, source: Random, patience: float) -> Node:
    """The first node found that fits, in an order of this attempt's own; else the nearest one."""
    budget = BUDGET * patience * source.lognormvariate(0, SPREAD)
    if space.root.finish and source.random() < NOTICED:
        return space.root
    nearest = space.root
    queue: list[tuple[float, int, Node, list[int] | None]] = [(0.0, 0, space.root, None)]
    count = 0
    while queue and budget > 0:
        priority, _, node, order = heapq.heappop(queue)
        order = _order(space, node, source) if order is None else order
        if not order:
            continue
        budget -= 1
        child = space.child(node, order.pop())
        count += 1
        heapq.heappush(queue, (priority + 0.3, -count, node, order))
        if child is None:
            continue
        if child.finish and source.random() < NOTICED:
            return child
        if child.gap < nearest.gap:
            nearest = child
        if len(child.lines) < DEPTH:
            cost = 4.0 * len(child.lines) + child.gap * 0.25 + source.random() * 6
            heapq.heappush(queue, (cost, count, child, None))
    return nearest


def _order(space: Space, node: Node, source: Random) -> list[int]:
    """The blocks that can be applied, the first to try last: at random, those that the hint speaks of rather first."""
    row = space.blocks.get(node.sort, [])
    draw = source.random
    weights = [draw() ** (1 / HINTED) if block.text in space.likely else draw() for block in row]
    return sorted(range(len(row)), key=weights.__getitem__)


def _written(node: Node) -> str:
    lines = ["from itertools import accumulate", ""] if any("accumulate" in line for line in node.lines) else []
    body = [f"    x = {line}" for line in node.lines]
    return "\n".join([*lines, "def f(x):", *body, f"    return {node.finish or 'x'}"])


def _frequent(shown: str) -> list[str]:
    counts = {c: shown.count(c) for c in sorted(set(shown)) if c.islower()}
    return sorted(counts, key=lambda c: (-counts[c], c))[:4]
