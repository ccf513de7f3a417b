"""Which pages a child is going to write to, learned from a rehearsal: a fault taken in advance, in one system call, is cheap.

A child shares its server's pages until it writes to them, and then takes a fault for each, a few hundred in all.
"""

import os
import struct
from contextlib import suppress

_ENTRY = struct.Struct("<Q")
_PRESENT = 1 << 63
_OURS_ALONE = 1 << 56  # mapped once: since the fork, this process or its child has made a copy


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


class Pages:
    """A look at this process's own pages. Opened before files are out of reach, closed before a program runs."""

    def __init__(self) -> None:
        self.descriptors: list[int] = []
        with suppress(OSError):
            self.descriptors = [os.open(f"/proc/self/{name}", os.O_RDONLY) for name in ("maps", "pagemap")]

    def written(self) -> list[int]:
        """Addresses of the pages that are not shared with the one child there is; none where the kernel does not tell."""
        if not self.descriptors:
            return []
        with suppress(OSError):
            return [page for line in self._maps() for page in self._alone(*line)]
        return []

    def close(self) -> None:
        """Let go of the descriptors."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []

    def _maps(self) -> list[tuple[int, int]]:
        parts = []
        while part := os.read(self.descriptors[0], 1 << 16):
            parts.append(part)
        lines = [line.split(None, 2)[:2] for line in b"".join(parts).decode().splitlines()]
        return [
            (int(start, 16), int(end, 16)) for span, rights in lines if rights == "rw-p" for start, end in [span.split("-")]
        ]

    def _alone(self, start: int, end: int) -> list[int]:
        size = os.sysconf("SC_PAGE_SIZE")
        os.lseek(self.descriptors[1], start // size * _ENTRY.size, os.SEEK_SET)
        data = os.read(self.descriptors[1], (end - start) // size * _ENTRY.size)
        both = _PRESENT | _OURS_ALONE
        return [start + index * size for index, (entry,) in enumerate(_ENTRY.iter_unpack(data)) if entry & both == both]
