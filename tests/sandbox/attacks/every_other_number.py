"""Tries every system call number there is, once, and counts those that an allowlist should not have.
Seen: found here.
"""

from steppingstone.sandbox import syscalls
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f(first):
    # Where every argument is bad, what is refused says EPERM (or ENOSYS), and what is let through says something else.
    return [number for number in range(first, first + 50) if number not in OPEN and call(number, *[-1] * 6)[1] not in (1, 38)]
""")
# What a program needs to compute, and the process may do to itself.
OPEN = """
    brk mmap munmap mremap mprotect madvise membarrier read readv write writev close lseek futex set_robust_list
    get_robust_list rseq set_tid_address sched_yield sched_getaffinity rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
    restart_syscall clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage getrandom getpid
    gettid getppid getuid geteuid getgid getegid getpgid getsid poll ppoll select pselect6 exit exit_group recvfrom prlimit64
"""
# Linux lets these through every filter from 6.14 on (seccomp.c, "uretprobe passthrough"): they check their caller themselves.
UNFILTERED = (335, 336)
ATTACK = Program(
    source=f"OPEN = {[*UNFILTERED, *(syscalls.number(name) for name in OPEN.split())]}\n" + SOURCE,
    ends="ok",
    value="[]",
    inputs=[[first] for first in range(0, 500, 50)],
)
