"""Near duplicates: MinHash sketches of texts, made by `datasketch`, and an index that finds those that are alike.

The index is ours: it takes 1 kB a text, where datasketch's own takes 6, so that it can hold all that was ever published.
"""

from array import array
from functools import cache
from typing import TYPE_CHECKING, Any

from steppingstone.duplicates.tokens import MIX

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sketch = NDArray[np.uint32]

PERMUTATIONS = 256
"""Numbers of a sketch. The standard error of a similarity is then 0.014 at 0.95, and 0.022 at 0.85."""
FEATURES_AT_ONCE = 4_096
RECALL = 0.99
"""How many of the pairs just at the threshold the index finds, at the least; of those above it more."""
TAIL = 8_192


def sketch(features: "NDArray[np.uint32]") -> "Sketch":
    """As many numbers as there are `PERMUTATIONS`: two texts share as large a part of them as of their features, nearly."""
    made = _empty().copy()
    for start in range(0, len(features), FEATURES_AT_ONCE):
        made.update_batch(features[start : start + FEATURES_AT_ONCE])
    return made.hashvalues  # type: ignore[no-any-return]


@cache
def _empty() -> Any:
    from datasketch import MinHash

    return MinHash(PERMUTATIONS, seed=1, hashfunc=int)


def rows_a_band(least: float) -> int:
    """How many numbers of a sketch make a band, of which two texts that are alike by `least` share one or more."""
    fit = (rows for rows in (16, 8, 4, 2) if 1 - (1 - least**rows) ** (PERMUTATIONS // rows) >= RECALL)
    return next(fit, 1)


class NearIndex:
    """Texts by their sketches, numbered from 0 as they are added."""

    def __init__(self, least: float) -> None:
        """Texts are alike if their similarity is `least` or more, by the sketches; above 0, at most 1."""
        import numpy as np

        self.least = least
        self._count = 0
        self._bands = PERMUTATIONS // rows_a_band(least)
        # The last byte of each number is enough to compare sketches by: by chance one in 256 is the same.
        self._marks = np.empty((TAIL, PERMUTATIONS), dtype=np.uint8)
        self._keys = np.empty(0, dtype=np.uint64)
        self._owners = np.empty(0, dtype=np.uint32)
        self._tail: dict[int, array[int]] = {}
        # Each place of a sketch has another factor, so that bands of other places have other keys.
        self._factors = np.arange(1, PERMUTATIONS + 1, dtype=np.uint64) * np.uint64(MIX) | np.uint64(1)

    def nearest(self, sketch: "Sketch") -> tuple[int, float] | None:
        """The text that is most like this one, the first of several, and their similarity; None if none is alike."""
        import numpy as np

        found = self._sharing(self._keys_of(sketch))
        if not len(found):
            return None
        same = self._marks[found] == sketch.astype(np.uint8)
        # Eight at a time: none of the eight counts of a row is more than a byte holds.
        shares = same.view(np.uint64).sum(axis=1).view(np.uint8).reshape(len(found), -1).sum(axis=1) / PERMUTATIONS
        best = int(np.argmax(shares))
        return (int(found[best]), float(shares[best])) if shares[best] >= self.least else None

    def add(self, sketch: "Sketch") -> int:
        """Adds a text, and returns its number."""
        import numpy as np

        number, self._count = self._count, self._count + 1
        if number == len(self._marks):
            self._marks = np.concatenate([self._marks, np.empty_like(self._marks)])
        self._marks[number] = sketch.astype(np.uint8)
        for key in self._keys_of(sketch).tolist():
            self._tail.setdefault(key, array("I")).append(number)
        if self._count % TAIL == 0:
            self._sort_tail_in()
        return number

    def _keys_of(self, sketch: "Sketch") -> "NDArray[np.uint64]":
        """A hash of each band and its place."""
        import numpy as np

        keys = (sketch * self._factors).reshape(self._bands, -1).sum(axis=1, dtype=np.uint64)
        return keys ^ (keys >> np.uint64(32))  # type: ignore[no-any-return]

    def _sharing(self, keys: "NDArray[np.uint64]") -> "NDArray[np.intp]":
        """The numbers of the texts that share a band, in order."""
        import numpy as np

        first, last = np.searchsorted(self._keys, keys, "left"), np.searchsorted(self._keys, keys, "right")
        sorted_in = [self._owners[start:end] for start, end in zip(first, last, strict=True) if start < end]
        tail = [np.asarray(self._tail[key]) for key in keys.tolist() if key in self._tail]
        if not (sorted_in or tail):
            return np.empty(0, dtype=np.intp)
        # Marked, not sorted: a teacher that says the same again and again has thousands share each band.
        sharing = np.zeros(self._count, dtype=np.bool_)
        for owners in (*sorted_in, *tail):
            sharing[owners] = True
        return np.flatnonzero(sharing)

    def _sort_tail_in(self) -> None:
        """Moves the tail's keys into the sorted arrays, which take a tenth of a dictionary's memory."""
        import numpy as np

        keys = np.fromiter((key for key, owners in self._tail.items() for _ in owners), dtype=np.uint64)
        owners = np.fromiter((owner for owners in self._tail.values() for owner in owners), dtype=np.uint32)
        keys, owners = np.concatenate([self._keys, keys]), np.concatenate([self._owners, owners])
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], owners[order]
        self._tail = {}
