"""Keeps the interpreter's machine code in large pages, for which a child takes a fault or two and no longer forty.

A fork copies no page tables for code, so that each child would take a fault for every 64 KiB that it runs. A copy in a memory
file can lie in large pages, whatever the machine's settings for them are; it takes the place of the code itself.
"""

import ctypes
import os
from contextlib import suppress

from steppingstone.sandbox import kernel

_LARGE = 2 << 20


def enlarge() -> None:
    """Does nothing where the kernel offers no such pages (before Linux 6.1), or lets no memory file be run."""
    start, end = _interpreter()
    lead = start % _LARGE  # a large page is one in the file, too
    with suppress(OSError):
        descriptor = os.memfd_create("interpreter", os.MFD_CLOEXEC)
        try:
            os.truncate(descriptor, lead + end - start)
            os.pwrite(descriptor, ctypes.string_at(start, end - start), lead)
            _collapse(descriptor, -(-lead // _LARGE) * _LARGE, lead + end - start)
            kernel.map_code(start, end - start, descriptor, lead)
        finally:
            os.close(descriptor)


def _collapse(descriptor: int, first: int, end: int) -> None:
    """Put all of the file that fills large pages into such: where it is mapped for that alone, as small ones are of no use."""
    place = kernel.map_code(0, end + _LARGE, descriptor, 0)
    try:
        whole = kernel.map_code(-(-place // _LARGE) * _LARGE, end, descriptor, 0)
        kernel.collapse(whole + first, (end - first) // _LARGE * _LARGE)
    finally:
        kernel.unmap(place, end + _LARGE)


def _interpreter() -> tuple[int, int]:
    """Where the interpreter's code and constants lie: mappings side by side, of one file and in its order."""
    code = ctypes.cast(ctypes.pythonapi.PyEval_EvalCode, ctypes.c_void_p).value or 0
    runs: list[tuple[int, int, int]] = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            where, mode, offset, _, inode, *_ = line.split()
            start, end = (int(address, 16) for address in where.split("-"))
            base = start - int(offset, 16)
            if inode != "0" and mode in ("r--p", "r-xp"):
                follows = bool(runs) and runs[-1][1:] == (start, base)
                runs.append((runs.pop()[0] if follows else start, end, base))
    return next((start, end) for start, end, _ in runs if start <= code < end)
