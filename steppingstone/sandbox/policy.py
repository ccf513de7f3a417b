"""Policies: what the fork server gives up once, before it forks, and each child once more."""

import _socket  # not `socket`, whose pages would be copied for each child
import errno
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import bpf, kernel

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Policy:
    """All mechanisms are tried under each policy; these are the ones without which nothing runs."""

    name: str
    demands: frozenset[str]
    about: str


_ALWAYS = frozenset({"seccomp", "no_new_privs", "capabilities", "undumpable"})
POLICIES = {
    policy.name: policy
    for policy in (
        Policy("strict", _ALWAYS | {"landlock", "namespaces"}, "all walls, the second ones too"),
        Policy("default", _ALWAYS, "no files, sockets, processes or signals; holds in an ordinary container"),
        Policy("best_effort", frozenset(), "WEAK: whatever this kernel has, be it nothing; for programs that you trust"),
    )
}
_NOBODY = 65534
_THREAD = (0x3D0F00, 0x7D0F00)  # the flags of pthread_create in glibc and in musl
_COMPUTE = """
    brk mmap munmap mremap mprotect madvise membarrier
    read readv write writev close lseek
    futex set_robust_list get_robust_list rseq set_tid_address sched_yield sched_getaffinity
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage getrandom
    getpid gettid getppid getuid geteuid getgid getegid getpgid getsid
    poll ppoll select pselect6 exit exit_group
"""
_KERNEL = (
    "Run on Linux 5.10 or later outside of emulation, or in a container whose seccomp profile allows it (Docker's default "
    "does)."
)
_REMEDIES = dict.fromkeys(_ALWAYS, _KERNEL) | {
    "landlock": "Boot a kernel of 5.13 or later with landlock in its lsm= list, or use policy 'default'.",
    "namespaces": "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces; a "
    "container profile that allows unshare), or use policy 'default'.",
}
_SERVE = "kill tgkill wait4 waitid recvmsg sendmsg recvfrom sendto prctl prlimit64 seccomp setsid fork"


def confine(policy: Policy) -> dict[str, str]:
    """Give up everything for good; return what is enforced, by mechanism.

    Raises `SandboxUnavailable` if a mechanism that the policy demands cannot be had.
    """
    report = {"policy": policy.name}
    report["namespaces"], report["user"] = _enter_namespaces()
    _limit_resources()
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "no_new_privs": (kernel.set_no_new_privileges, "set"),
        "capabilities": (kernel.drop_capabilities, "all dropped"),
        "undumpable": (kernel.set_undumpable, "set"),
        "landlock": (kernel.landlock_deny_all, "every file denied"),
        "seccomp": (
            _enter_seccomp,
            f"allowlist of {len(_COMPUTE.split())} calls; no files, sockets, exec, processes or signals",
        ),
    }
    for name, (step, enforced) in steps.items():
        report[name] = _try(step, enforced)
    for name in sorted(policy.demands):
        _demand(policy, name, report[name])
    return report


def _try(step: Callable[[], object], enforced: str) -> str:
    try:
        step()
    except OSError as error:
        return f"{MISSING} ({os.strerror(error.errno) if error.errno else error})"
    return enforced


def _demand(policy: Policy, mechanism: str, state: str) -> None:
    if not state.startswith(MISSING):
        return
    raise SandboxUnavailable(f"{mechanism} is demanded by policy {policy.name!r} and {state}. {_REMEDIES[mechanism]}")


def _enter_seccomp() -> None:
    kernel.seccomp(server_filter())
    _prove()


def server_filter() -> bytes:
    """Computing, and what the server needs to fork, feed and end its children. Everything else is refused."""
    actions = dict.fromkeys([*_COMPUTE.split(), *_SERVE.split()], bpf.ALLOW)
    # glibc falls back from clone3, whose flags no filter can read, to clone
    actions["clone3"] = bpf.refuse(errno.ENOSYS)
    actions["clone"] = bpf.ALLOW
    return bpf.program(actions, {"socketpair": bpf.Only(0, (_socket.AF_UNIX,))}, default=bpf.refuse())


def child_filter() -> bytes:
    """On top of the server's: no process, signal, message or new channel. Threads pass; rlimits can only sink."""
    conditions = {"clone": bpf.Only(0, _THREAD), "prlimit64": bpf.Only(0, (0,))}
    actions = dict.fromkeys({*_SERVE.split(), "tkill", "socketpair"} - conditions.keys(), bpf.refuse())
    return bpf.program(actions, conditions, default=bpf.ALLOW)


def _enter_namespaces() -> tuple[str, str]:
    others = [name for name in kernel.NEW_NAMESPACE if name != "user"]
    entered = [name for name in others if os.geteuid() == 0 and _succeeds(partial(kernel.unshare, [name]))]
    user = _become_nobody()
    if not entered and _succeeds(partial(kernel.unshare, ["user", *others])):
        entered = ["user", *others]
    elif _succeeds(partial(kernel.unshare, ["user"])):
        entered.append("user")
    return " ".join(entered) or f"{MISSING} (not allowed here)", user


def _become_nobody() -> str:
    if os.geteuid() == 0 and _succeeds(_set_nobody):
        return "nobody"
    return "root without capabilities" if os.geteuid() == 0 else "the caller's"


def _set_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _limit_resources() -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        # A user's channels on their way, those of all servers' spare children, are held to this too; a child sinks it.
        resource.RLIMIT_NOFILE: resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


def _prove() -> None:
    """Try what is now forbidden: a kernel that accepts a filter and does not apply it must not pass."""
    attempts: dict[str, Callable[[], object]] = {"open a file": _open_null, "open a socket": _socket.socket}
    for what, attempt in attempts.items():
        if _succeeds(attempt):
            raise OSError(f"seccomp was accepted and lets the sandbox {what}; this kernel does not enforce it")


def _open_null() -> None:
    os.close(os.open("/dev/null", os.O_RDONLY))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True
