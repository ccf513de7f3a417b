"""Opens what kernel exploits start from: io_uring, bpf, userfaultfd, perf events, keyrings, fanotify, AIO.
Seen: sandbox.md; CVE-2022-0185, CVE-2021-3490, CVE-2022-2602, CVE-2016-0728; kCTF closes io_uring for this.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
CALLS = \"\"\"io_uring_setup io_uring_enter io_uring_register bpf userfaultfd perf_event_open add_key request_key keyctl
fanotify_init io_setup splice vmsplice copy_file_range pkey_mprotect remap_file_pages set_mempolicy mlock mlockall mlock2
init_module finit_module kexec_load modify_ldt ioperm iopl process_mrelease
pidfd_getfd open_by_handle_at landlock_create_ruleset\"\"\".split()
def f():
    zeros = bytes(256)
    return [name for name in CALLS if name in NUMBERS and any(
        call(name, *arguments)[1] != 1 for arguments in ((0, 0, 0, 0, 0, 0), (1, zeros, 8, zeros, 0, 0),
                (8, zeros, zeros, 0, 0, 0)))]
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
