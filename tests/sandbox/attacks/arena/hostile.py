"""What hostile programs begin with: the way from their own frame to ctypes, to raw system calls, and to the channel."""

import os

from steppingstone.sandbox import frames

ON_X86 = os.uname().machine == "x86_64"
_COLUMN = {"x86_64": 0, "aarch64": 1}.get(os.uname().machine, 0)
_NUMBERS = """
    rt_sigprocmask 14 135,
    read 0 63, write 1 64, open 2 -, close 3 57, stat 4 -, mmap 9 222, ioctl 16 29, pipe 22 -, pipe2 293 59, dup 32 23,
   
    dup2 33 -, dup3 292 24, shmget 29 194, shmat 30 196, alarm 37 -, setitimer 38 103, getpid 39 172, socket 41 198,
    connect 42 203, accept 43 202, sendto 44 206, sendmsg 46 211, recvmsg 47 212, bind 49 200, listen 50 201,
    socketpair 53 199, clone 56 220, fork 57 -, vfork 58 -, execve 59 221, kill 62 129, semget 64 190, msgget 68 186,
    fcntl 72 25, truncate 76 45, getdents64 217 61, chdir 80 49, rename 82 -, mkdir 83 -, creat 85 -, link 86 -,
    unlink 87 -, chmod 90 -, umask 95 166, ptrace 101 117, setuid 105 146, setpgid 109 154, setsid 112 157,
    personality 135 92, getpriority 140 141, setpriority 141 140, sched_setparam 142 118, sched_setscheduler 144 119,
    mlock 149 228, mlockall 151 230, pivot_root 155 41, prctl 157 167, arch_prctl 158 -, setrlimit 160 164,
    chroot 161 51, sync 162 81, mount 165 40, umount2 166 39, reboot 169 142, sethostname 170 161, init_module 175 105,
    tkill 200 130, timer_create 222 107, timer_settime 223 110, sched_setaffinity 203 122, io_setup 206 0,
    epoll_create1 291 20, add_key 248 217, request_key 249 218, keyctl 250 219, inotify_init1 294 26, openat 257 56,
    mkdirat 258 34, unlinkat 263 35, readlinkat 267 78, faccessat 269 48, unshare 272 97, splice 275 76, vmsplice 278 75,
    signalfd4 289 74, eventfd2 290 19, timerfd_create 283 85, mq_open 240 180, rt_sigqueueinfo 129 138,
    rt_tgsigqueueinfo 297 240, tgkill 234 131, perf_event_open 298 241, fanotify_init 300 262, prlimit64 302 261,
    name_to_handle_at 303 264, open_by_handle_at 304 265, setns 308 268, process_vm_readv 310 270,
    process_vm_writev 311 271, kcmp 312 272, finit_module 313 273, seccomp 317 277, memfd_create 319 279,
    bpf 321 280, execveat 322 281, userfaultfd 323 282, mlock2 325 284, copy_file_range 326 285, pkey_mprotect 329 288,
    statx 332 291, io_pgetevents 333 292, pidfd_send_signal 424 424, io_uring_setup 425 425, io_uring_enter 426 426,
    io_uring_register 427 427, open_tree 428 428, move_mount 429 429, fsopen 430 430, fspick 433 433,
    pidfd_open 434 434, clone3 435 435, close_range 436 436, openat2 437 437, pidfd_getfd 438 438, faccessat2 439 439,
    process_madvise 440 440, mount_setattr 442 442, landlock_create_ruleset 444 444, memfd_secret 447 -,
    process_mrelease 448 448, set_mempolicy 238 237, migrate_pages 256 238, move_pages 279 239, syslog 103 116,
    quotactl 179 60, acct 163 89, swapon 167 224, kexec_load 246 104, clock_settime 227 112, settimeofday 164 170,
    adjtimex 159 171, vhangup 153 58, ioperm 173 -, iopl 172 -, modify_ldt 154 -, remap_file_pages 216 234
"""
NUMBERS = {
    name: int(columns[_COLUMN])
    for name, *columns in (entry.split() for entry in _NUMBERS.replace("\n", " ").split(","))
    if columns[_COLUMN] != "-"
}

# The harness lies a few frames up, and somewhere behind its modules lies ctypes, whatever may be imported
_CTYPES = (
    """
import sys
def _search():
    try:
        return __import__("cty" + "pes")  # so that the router does not take it for a program that needs the library
    except ImportError:
        pass
    spaces, seen, frame = [], set(), sys._getframe()
    while frame:
        spaces.append(frame.f_globals)
        frame = frame.f_back
    while spaces:
        for value in list(spaces.pop().values()):
            if type(value) is type(sys) and id(value) not in seen:
                if value.__name__ == "ctypes":
                    return value
                seen.add(id(value))
                spaces.append(vars(value))
    raise SystemError("no way to ctypes: this attack was not mounted")
ctypes = _search()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
NUMBERS = """
    + repr(NUMBERS)
    + """
def call(name, *arguments):
    number = NUMBERS.get(name, -1) if type(name) is str else name
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if type(a) is int else a for a in arguments))
    return [result, ctypes.get_errno() if result < 0 else 0]
def readable(page):
    return call("rt_sigprocmask", 99, page, 0, 8)[1] != 14
def executable(code):
    page = call("mmap", 0, 4096, 7, 0x22, -1, 0)[0]
    ctypes.memmove(page, code, len(code))
    return ctypes.CFUNCTYPE(ctypes.c_int)(page)
def got(name, *arguments):
    return call(name, *arguments)[0] >= 0
"""
)

_CHANNEL = """
import os
def descriptors():
    found = []
    for fd in range(3, 64):
        try:
            os.write(fd, b"")
            found.append(fd)
        except OSError:
            pass
    return found
def send(data):
    for fd in descriptors():
        try: os.write(fd, data)
        except OSError as error:
            if error.errno not in (1, 27): raise  # a sealed file is no channel
"""


def with_ctypes(text: str) -> str:
    """`ctypes`, `libc`, `call(name or number, …)` giving [result, errno], `got(…)`: whether the call succeeded,
    `readable(page)`, and `executable(bytes)`: a function of machine code."""
    return _CTYPES + text


def with_channel(text: str) -> str:
    """`descriptors()`: whatever may be written to; `send(data)` to all of them."""
    return _CHANNEL + text


def claim(index: int, value: bytes, kind: int = frames.OK) -> bytes:
    """A frame as the harness would write it."""
    return frames.pack_frame(kind, index, value)
