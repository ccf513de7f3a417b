"""Keeps what a child makes together in memory: it takes a fault for each page that it is the first to write to."""

_POOL = 16_384  # bytes of a pool of CPython's small objects, which are all of one size
_FIRST_IN_POOL = 48
_MOST_IN_POOLS = 20_000


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
