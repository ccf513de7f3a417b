"""Linux by ctypes: what the sandbox asks of the kernel and Python's standard library does not offer."""

import ctypes
import os
import signal
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

from steppingstone.sandbox import syscalls

NEW_NAMESPACE = {
    "user": 0x10000000,
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "net": 0x40000000,
    "cgroup": 0x02000000,
}
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_SECCOMP_SET_MODE_FILTER = 1
_READ_AND_RUN = 5
_MAP_PRIVATE = 2
_MAP_FIXED = 0x10
_MAP_FAILED = ctypes.c_void_p(-1).value
_MADV_COLLAPSE = 25
_LANDLOCK_VERSION = 1
_LANDLOCK_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI: number of file rights that it knows
_LANDLOCK_RULESET = struct.Struct("<QQQ")


class _FilterProgram(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _prctl(option: int, *arguments: int) -> int:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_libc().prctl(option, *padded), f"prctl {option}")


def _syscall(name: str, *arguments: object) -> int:
    number = syscalls.number(name)
    if number is None:
        raise OSError(f"{name}: no such system call here")
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments), name)


def set_undumpable() -> None:
    """No ptrace of, and no core file or /proc/<pid>/mem from, this process."""
    _prctl(_PR_SET_DUMPABLE, 0)


def set_no_new_privileges() -> None:
    """Forbid gaining privileges by exec, for good. Raises OSError if the kernel does not keep to it."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if _prctl(_PR_GET_NO_NEW_PRIVS) != 1:
        raise OSError("no_new_privs was set, and reads back as unset")


def drop_capabilities() -> None:
    """Empty every capability set of this process; the bounding set as far as one may."""
    for capability in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break
    with suppress(OSError):
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _syscall("capset", struct.pack("<Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def unshare(names: Sequence[str]) -> None:
    """Enter new namespaces. Raises OSError where the machine does not let one."""
    flags = 0
    for name in names:
        flags |= NEW_NAMESPACE[name]
    _syscall("unshare", ctypes.c_int(flags))


def landlock_deny_all() -> int:
    """Refuse every file and, from ABI 4 and 6 on, TCP and abstract sockets and signals. Returns the ABI's version."""
    abi = _syscall("landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(_LANDLOCK_VERSION))
    files = (1 << _LANDLOCK_RIGHTS.get(abi, 16)) - 1
    rules = _LANDLOCK_RULESET.pack(files, 3, 3)
    size = 8 if abi < 4 else 16 if abi < 6 else 24  # the struct grew with these versions
    ruleset = _syscall("landlock_create_ruleset", rules, ctypes.c_size_t(size), ctypes.c_uint(0))
    try:
        _syscall("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
    finally:
        os.close(ruleset)
    return abi


def map_code(start: int, length: int, descriptor: int, offset: int) -> int:
    """Map a file, to be read and run, in place of what is at `start`, or at any free place if that is 0. Raises OSError."""
    call = _libc().mmap
    call.restype = ctypes.c_void_p
    flags = _MAP_PRIVATE | (_MAP_FIXED if start else 0)
    place: int | None = call(
        ctypes.c_void_p(start), ctypes.c_size_t(length), _READ_AND_RUN, flags, descriptor, ctypes.c_long(offset)
    )
    if place is None or place == _MAP_FAILED:
        raise OSError(ctypes.get_errno(), "mmap")
    return place


def unmap(start: int, length: int) -> None:
    """Undo that. Raises OSError."""
    _checked(_libc().munmap(ctypes.c_void_p(start), ctypes.c_size_t(length)), "munmap")


def collapse(start: int, length: int) -> None:
    """Put what is mapped there into large pages. Raises OSError."""
    _checked(_libc().madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_COLLAPSE), "madvise")


def c_function(name: str) -> Callable[..., int]:
    """A function of the C library, for a process with one thread: it holds the interpreter's lock and leaves errno alone.

    `fork`, since `os.fork` would run every module's hooks in the child (new locks, a new random seed), which touch 200 pages
    more; `syscall` for what a child does to itself.
    """
    return ctypes.PyDLL(None)[name]


def readiness(program: bytes | None) -> tuple[tuple[object, ...], ...]:
    """The system calls of a child right after its fork, with every argument made before it, as each page counts there.

    It dies with its parent, leads a session of its own, and adds the filter, if any.
    """
    argument = ctypes.byref(_FilterProgram(len(program or b"") // 8, program))
    return (
        (syscalls.number("prctl"), _PR_SET_PDEATHSIG, int(signal.SIGKILL)),
        (syscalls.number("setsid"),),
        (syscalls.number("seccomp"), _SECCOMP_SET_MODE_FILTER, 0, argument),
    )[: 3 if program else 2]


def no_readiness() -> tuple[tuple[object, ...], ...]:
    """As many system calls, to no effect."""
    return ((syscalls.number("getpid"), 0, 0, ctypes.byref(_FilterProgram())),) * 3


def seccomp(program: bytes) -> None:
    """Add a BPF program to this thread's system call filters, for good."""
    argument = _FilterProgram(len(program) // 8, program)
    _syscall("seccomp", ctypes.c_uint(_SECCOMP_SET_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(argument))
