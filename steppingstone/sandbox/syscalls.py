"""Numbers of the system calls that the policy names, per architecture (Linux's unistd_64.h and asm-generic/unistd.h)."""

import platform

from steppingstone.errors import SandboxUnavailable

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000

_COLUMN = {"x86_64": 0, "aarch64": 1}
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "brk": (12, 214),
    "capset": (126, 91),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "clone": (56, 220),
    "clone3": (435, 435),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "fork": (57, None),
    "futex": (202, 98),
    "getegid": (108, 177),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getpgid": (121, 155),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "get_robust_list": (274, 100),
    "getsid": (124, 156),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "getuid": (102, 174),
    "kill": (62, 129),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    "lseek": (8, 62),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "poll": (7, None),
    "ppoll": (271, 73),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "pselect6": (270, 72),
    "read": (0, 63),
    "readv": (19, 65),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "seccomp": (317, 277),
    "select": (23, None),
    "sendmsg": (46, 211),
    "sendto": (44, 206),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "setsid": (112, 157),
    "sigaltstack": (131, 132),
    "socketpair": (53, 199),
    "tgkill": (234, 131),
    "time": (201, None),
    "times": (100, 153),
    "tkill": (200, 130),
    "unshare": (272, 97),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "write": (1, 64),
    "writev": (20, 66),
}


def machine() -> str:
    """This machine's architecture. Raises `SandboxUnavailable` where no table fits."""
    name = platform.machine()
    if name not in _COLUMN:
        raise SandboxUnavailable(f"no system call table for {name!r}; the sandbox runs on Linux, {' or '.join(_COLUMN)}")
    return name


def number(name: str) -> int | None:
    """The number of a system call here; None if this architecture has no such call."""
    return _NUMBERS[name][_COLUMN[machine()]]
