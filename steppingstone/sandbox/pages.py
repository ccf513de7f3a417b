"""Keeps what a child makes together in memory: it takes a fault for each page that it is the first to write to."""

_POOL = 16_384  # bytes of a pool of CPython's small objects, which are all of one size
_FIRST_IN_POOL = 48
_MOST_IN_POOLS = 20_000
_FROM_THE_TOP = 100_000  # bytes of a block for which the heap has no gap, and which is not mapped by itself


def fill_pools() -> list[object]:
    """Objects, to be kept, that take what is free in the pools in use.

    What a child makes then lies side by side in pools of its own, and not in gaps on a hundred shared pages.
    """
    kept: list[object] = []
    for size in range(48, 513, 16):
        for _ in range(_MOST_IN_POOLS):
            kept.append(bytes(size - b"".__sizeof__()))
            if id(kept[-1]) % _POOL == _FIRST_IN_POOL:
                break
    return kept


def fill_heap() -> list[object]:
    """The same of the C library's heap, for larger objects: what a child makes then comes from its top."""
    top = id(bytes(_FROM_THE_TOP))
    kept: list[object] = []
    for size in (*range(60_000, 4_096, -4_096), *range(4_096, 512, -16)):
        while id(block := bytes(size)) < top:
            kept.append(block)
    return kept
