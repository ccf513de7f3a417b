"""Servers under fault: killed, abandoned, forked, refused what they need."""

import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox
from steppingstone.sandbox.connection import Connection

ROOT = Path(__file__).parents[2]
Own = tuple[Sandbox, list[int]]
SLOW = "import time\ndef f(x):\n    time.sleep(0.6)\n    return x"


def parents() -> dict[int, int]:
    """Parent of every process there is, zombies left out."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = status.read_text().rsplit(") ", 1)
        except OSError:
            continue
        if rest[0] != "Z":
            found[int(name.split()[0])] = int(rest.split()[1])
    return found


def descendants(pid: int) -> list[int]:
    tree = parents()
    return [child for child, parent in tree.items() if parent == pid for child in (child, *descendants(child))]


def children_of(pid: int) -> list[int]:
    return [child for child, parent in parents().items() if parent == pid]


@pytest.fixture
def own() -> Iterator[Own]:
    """A sandbox of this test's own, started, and the processes of its servers."""
    known = children_of(os.getpid())
    with Sandbox() as sandbox:
        yield sandbox, [pid for pid in children_of(os.getpid()) if pid not in known]


def kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(condition, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def script(body: str, *prefix: str, python: str = sys.executable) -> subprocess.Popen[str]:
    text = f"import os, sys, time\nfrom steppingstone.sandbox import *\nfrom steppingstone.errors import *\n{body}"
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    return subprocess.Popen([*prefix, python, "-c", text], stdout=subprocess.PIPE, text=True, env=environment, cwd="/")


def output(body: str, *prefix: str, python: str = sys.executable) -> str:
    with script(body, *prefix, python=python) as process:
        return process.communicate(timeout=60)[0].strip()


def test_a_server_killed_in_the_middle_of_a_call_is_replaced_and_the_call_run_again(own: Own) -> None:
    sandbox, servers = own
    outcomes: list[Outcome] = []
    caller = threading.Thread(target=lambda: outcomes.extend(sandbox.call(SLOW, "f", [[7]])))
    caller.start()
    assert wait_until(lambda: any(len(children_of(pid)) == 2 for pid in servers))
    kill(pid for pid in servers if len(children_of(pid)) == 2)
    caller.join()
    assert outcomes[0].text == "7"
    assert [sandbox.call(SLOW, "f", [[x]])[0].text for x in (8, 9)] == ["8", "9"]


def test_a_server_killed_over_and_over_is_a_fault_and_no_verdict(own: Own) -> None:
    sandbox, servers = own
    others = set(children_of(os.getpid())) - set(servers)
    faults: list[Exception] = []

    def call() -> None:
        try:
            sandbox.call(SLOW, "f", [[7]], Limits(seconds=30))
        except SandboxUnavailable as error:
            faults.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    while caller.is_alive():
        kill(set(children_of(os.getpid())) - others)
        caller.join(0.3)
    assert "is gone" in str(faults[0])


def test_a_thread_that_is_interrupted_while_it_waits_keeps_no_other_from_a_server() -> None:
    with Sandbox(1) as sandbox:
        callers = []
        ended: list[int] = []

        def call(number: int) -> None:
            with suppress(SystemExit):
                sandbox.call(SLOW, "f", [[number]])
                ended.append(number)

        for number in range(3):  # the first has the server, the others wait in this order
            callers.append(threading.Thread(target=call, args=[number]))
            callers[-1].start()
            time.sleep(0.1)
        interrupted = ctypes.c_ulong(callers[1].ident or 0)
        assert ctypes.pythonapi.PyThreadState_SetAsyncExc(interrupted, ctypes.py_object(SystemExit)) == 1
        for caller in callers:
            caller.join(10)
        assert ended == [0, 2]


def test_threads_that_wait_for_a_server_learn_that_none_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(connection: Connection) -> None:
        raise SandboxUnavailable("no server can be started")

    known = children_of(os.getpid())
    with Sandbox(1) as sandbox, ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(sandbox.call, SLOW, "f", [[1]], Limits(seconds=30)) for _ in range(4)]
        time.sleep(0.2)
        monkeypatch.setattr(Connection, "open", refused)
        kill(pid for pid in children_of(os.getpid()) if pid not in known)
        try:
            assert [str(call.exception(20)) for call in calls] == ["no server can be started"] * 4
        finally:
            sandbox.close()


def test_more_threads_than_servers_all_have_their_turn(own: Own) -> None:
    sandbox, _ = own
    code = "def f(x):\n    return x"
    with ThreadPoolExecutor(12) as threads:
        once = [threads.submit(sandbox.call, code, "f", [[x]]) for x in range(60)]
        often = [threads.submit(sandbox.call_repeatedly, code, "f", [[x]]) for x in range(60)]
        assert [future.result(30)[0].text for future in (*once, *often)] == [str(x) for x in range(60)] * 2


def test_servers_killed_while_idle_are_replaced(own: Own) -> None:
    sandbox, servers = own
    kill(servers)
    assert sandbox.call_repeatedly("def f(): return 1", "f", [[]])[0].text == "1"


def test_witnesses_start_at_the_first_use_and_are_replaced_when_killed(own: Own) -> None:
    sandbox, servers = own
    others = set(children_of(os.getpid())) - set(servers)
    source = "def f(x): return x"
    sandbox.call(source, "f", [[1]])
    assert set(children_of(os.getpid())) - others == set(servers)
    for _ in range(2):
        assert sandbox.call_repeatedly(source, "f", [[1]])[0].text == "1"
        witnesses = set(children_of(os.getpid())) - others - set(servers)
        assert len(witnesses) == 3
    kill(witnesses)
    assert sandbox.call_repeatedly(source, "f", [[1]])[0].text == "1"
    assert sandbox.call_repeatedly("def f(x): return hash('x')", "f", [[1]])[0].verdict is ExecutionVerdict.NONDETERMINISTIC


def test_a_spare_child_killed_from_outside_costs_no_verdict(own: Own) -> None:
    sandbox, servers = own
    for _ in range(3):
        kill(child for pid in servers for child in children_of(pid))
        outcomes = sandbox.call("def f(x): return x", "f", [[1], [2]])
        assert [outcome.text for outcome in outcomes] == ["1", "2"]


@pytest.mark.parametrize(
    "work",
    [
        lambda sandbox: sandbox.call(SLOW, "f", [[7]]),
        lambda sandbox: sandbox.run_program("import time\ntime.sleep(0.6)"),
        lambda sandbox: sandbox.run_tests(SLOW, "assert f(7) == 7"),
    ],
    ids=["call", "program", "tests"],
)
def test_a_program_killed_from_outside_time_and_again_is_a_fault_and_no_verdict(
    own: Own, work: Callable[[Sandbox], object]
) -> None:
    sandbox, servers = own
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(work(sandbox))
        except SandboxUnavailable as error:
            ends.append(str(error))

    caller = threading.Thread(target=run)
    caller.start()
    while caller.is_alive():
        kill(child for pid in servers for child in children_of(pid))
        caller.join(0.05)
    assert str(ends[0]).startswith("the process of a program was killed from outside, 3 times")
    assert sandbox.call(SLOW, "f", [[8]])[0].text == "8"


def test_a_program_killed_from_outside_once_is_run_again(own: Own) -> None:
    sandbox, servers = own
    outcomes: list[Outcome] = []
    spares = {child for pid in servers for child in children_of(pid)}
    caller = threading.Thread(target=lambda: outcomes.extend(sandbox.call(SLOW, "f", [[7], [8]])))
    caller.start()
    assert wait_until(lambda: any(len(children_of(pid)) == 2 for pid in servers))
    kill(spares)
    caller.join()
    assert [outcome.text for outcome in outcomes] == ["7", "8"]


OWN_LIMIT = """
import signal, sys
def resource():
    frame = sys._getframe()
    while type(frame.f_globals.get("resource")) is not type(sys): frame = frame.f_back
    return frame.f_globals["resource"]
def f(x):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    resource().setrlimit(resource().RLIMIT_CPU, (1, 1))
    while x: pass
    return x
"""


@pytest.mark.parametrize("inputs", [[[1]], [[0], [1], [0]]])
def test_a_program_that_has_the_kernel_kill_it_is_run_once(sandbox: Sandbox, inputs: list[list[object]]) -> None:
    outcomes = sandbox.call(OWN_LIMIT, "f", inputs, Limits(seconds=20))
    told = [(outcome.verdict.value, outcome.detail) for outcome in outcomes]
    assert told == [("timeout", "out of CPU time") if x else ("ok", "") for (x,) in inputs]


def test_a_whole_program_that_has_the_kernel_kill_it_is_run_once(sandbox: Sandbox) -> None:
    outcome = sandbox.run_program(OWN_LIMIT + "f(1)", limits=Limits(seconds=20))
    assert (outcome.verdict, outcome.detail) == (ExecutionVerdict.TIMEOUT, "out of CPU time")


def test_closing_ends_every_process_and_leaves_no_zombie() -> None:
    known = set(descendants(os.getpid()))
    sandbox = Sandbox(servers=3)
    sandbox.start()
    started = set(descendants(os.getpid())) - known
    assert len(started) >= 3
    sandbox.close()
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_a_forgotten_sandbox_ends_its_servers() -> None:
    known = set(children_of(os.getpid()))
    sandbox = Sandbox()
    sandbox.start()
    started = set(children_of(os.getpid())) - known
    assert len(started) == 2
    del sandbox
    gc.collect()
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_a_closed_sandbox_says_so() -> None:
    sandbox = Sandbox()
    sandbox.close()
    with pytest.raises(SandboxUnavailable, match="closed"):
        sandbox.call("def f(): return 1", "f", [[]])


def test_many_calls_leave_no_descriptor_and_no_process(own: Own) -> None:
    sandbox, servers = own

    def count() -> tuple[int, list[int]]:
        return len(os.listdir("/proc/self/fd")), [len(children_of(pid)) for pid in servers]

    source = "import os\ndef f(x):\n    if x == 1: os._exit(1)\n    if x == 2: os.closerange(3, 99)\n    return x"
    sandbox.call(source, "f", [[0]])
    descriptors, _ = count()
    for _ in range(30):
        sandbox.call(source, "f", [[0], [1], [2], [3]])
    assert wait_until(lambda: count() == (descriptors, [1, 1])), (descriptors, count())


@pytest.mark.parametrize("busy", [False, True])
def test_a_caller_killed_leaves_no_server(busy: bool) -> None:
    work = "s.call('def f():\\n while True: pass', 'f', [[]], Limits(seconds=60))" if busy else "time.sleep(60)"
    with script(f"s = Sandbox()\ns.start()\nprint('up', flush=True)\n{work}") as process:
        assert process.stdout.readline() == "up\n"
        time.sleep(0.2)
        started = descendants(process.pid)
        assert len(started) >= 4
        process.kill()
    assert wait_until(lambda: not set(started) & set(parents())), started


@pytest.mark.parametrize("reaped", [False, True])
def test_a_caller_killed_leaves_no_server_even_if_a_fork_of_it_lives_on(reaped: bool) -> None:
    body = """
s = Sandbox()
s.start()
if os.fork() == 0:
    os.close(1)
    time.sleep(20)
    os._exit(0)
print('up', flush=True)
time.sleep(60)
"""
    with script(body) as process:
        assert process.stdout.readline() == "up\n"
        servers = [child for child in children_of(process.pid) if children_of(child)]
        started = [pid for server in servers for pid in (server, *children_of(server))]
        copies = [pid for pid in children_of(process.pid) if not children_of(pid)]
        for pid in servers if reaped else ():
            os.kill(pid, signal.SIGSTOP)  # so that they look only when nothing is left of it
        process.kill()
        if reaped:
            process.wait()
        for pid in servers if reaped else ():
            os.kill(pid, signal.SIGCONT)
        assert wait_until(lambda: not set(started) & set(parents()))
        for pid in copies:
            os.kill(pid, signal.SIGKILL)


def test_a_fork_of_the_caller_starts_servers_of_its_own() -> None:
    body = """
s = Sandbox()
s.start()
pid = os.fork()
print(s.call_repeatedly('def f(): return 5', 'f', [[]])[0].text, flush=True)
if pid == 0: s.close(); os._exit(0)
os.waitpid(pid, 0)
print(s.call_repeatedly('def f(): return 6', 'f', [[]])[0].text, flush=True)
"""
    assert output(body).split() == ["5", "5", "6"]


def test_a_thread_that_started_the_servers_may_end() -> None:
    sandbox = Sandbox()
    thread = threading.Thread(target=sandbox.start)
    thread.start()
    thread.join()
    known = children_of(os.getpid())
    assert sandbox.call("def f(): return 1", "f", [[]])[0].text == "1"
    assert children_of(os.getpid()) == known
    sandbox.close()


CHECK = """
with Sandbox() as s:
    report = s.policy_report()
    a = s.call("def f(): return open('/etc/passwd').read()", 'f', [[]])[0]
    b = s.call("import os\\ndef f(): return os.fork()", 'f', [[]])[0]
    c = s.call_repeatedly("def f(x): return x + 1", 'f', [[1]])[0]
    print(a.exception_type, b.exception_type, c.text, report['user'], '|', report['namespaces'], '|', report['landlock'])
"""

# What a container's own profile may do to us: refuse some calls before the sandbox even starts
REFUSE = """
import errno
from steppingstone.sandbox import bpf, kernel
kernel.set_no_new_privileges()
kernel.seccomp(bpf.program({}, {}, bpf.ALLOW))
"""


def refusing(*names: str) -> str:
    rules = ", ".join(f"'{name}': bpf.refuse(errno.ENOSYS)" for name in names)
    return REFUSE.replace("bpf.program({}", f"bpf.program({{{rules}}}")


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
NO_CAPABILITIES = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become less than root")


def anybodys_python() -> str:
    """An interpreter that an unprivileged user may start, and start again from within."""
    probe = "import subprocess, sys\nassert sys.version_info >= (3, 11)\nsubprocess.check_call([sys.executable, '-c', ''])"
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        with suppress(FileNotFoundError):
            if subprocess.run([*NOBODY, python, "-c", probe], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return python
    pytest.skip("no interpreter here that an unprivileged user could run")


@as_root
def test_an_unprivileged_user_has_the_same_sandbox() -> None:
    told = output(CHECK, *NOBODY, python=anybodys_python())
    assert told.startswith("PermissionError PermissionError 2 the caller's |")


@as_root
def test_root_without_capabilities_has_the_same_sandbox() -> None:
    told = output(CHECK, *NO_CAPABILITIES)
    assert told.startswith("PermissionError PermissionError 2 root without capabilities |")


def test_without_namespaces_and_landlock_the_sandbox_still_holds() -> None:
    told = output(refusing("unshare", "landlock_create_ruleset") + CHECK)
    assert told.startswith("PermissionError PermissionError 2 ")
    assert told.endswith("| missing (not allowed here) | missing (Function not implemented)")


@pytest.mark.parametrize(
    ("mechanism", "setup"),
    [
        ("seccomp", refusing("seccomp")),
        ("no_new_privs", REFUSE.replace("program({}, {}", "program({}, {'prctl': bpf.Only(0, (1, 4, 22, 24, 39, 47))}")),
    ],
)
def test_a_missing_mechanism_is_named_and_nothing_runs(mechanism: str, setup: str) -> None:
    told = output(
        setup + "try:\n    Sandbox().call('def f(): return 1', 'f', [[]])\nexcept SandboxUnavailable as e:\n    print(e)"
    )
    assert f"{mechanism} is demanded by policy 'default'" in told


def policy_told(policy: str) -> str:
    body = f"""
try:
    print(Sandbox(policy={policy!r}).call('def f(): return 1', 'f', [[]])[0].policy)
except SandboxUnavailable as error:
    print(error)
"""
    return output(refusing("landlock_create_ruleset") + body)


def test_a_stricter_policy_refuses_to_start_and_says_what_to_do() -> None:
    told = policy_told("strict")
    assert "landlock is demanded by policy 'strict' and missing" in told
    assert "use policy 'default'" in told
    assert policy_told("default") == "default/bare"


def test_the_weak_policy_runs_without_seccomp_and_says_so() -> None:
    body = """
with Sandbox(policy='best_effort') as s:
    print(s.call_repeatedly('def f(): return 1', 'f', [[]])[0].policy, s.policy_report()['seccomp'])
"""
    assert output(refusing("seccomp") + body) == "best_effort/bare missing (Function not implemented)"


def test_the_report_says_what_is_enforced(sandbox: Sandbox) -> None:
    report = sandbox.policy_report()
    mechanisms = {"namespaces", "user", "capabilities", "no_new_privs", "landlock", "seccomp", "undumpable"}
    assert set(report) == {"policy", "tier"} | mechanisms
    assert (report["policy"], report["tier"]) == ("default", "bare")


def test_importing_the_package_starts_nothing() -> None:
    body = (
        "Sandbox()\nprint(len(os.listdir('/proc/self/task')), open('/proc/self/task/%d/children' % os.getpid()).read() or None)"
    )
    assert output(body) == "1 None"


@pytest.mark.parametrize("limits", [{"seconds": 0}, {"memory_mb": -1}, {"output_bytes": 2_000_000}])
def test_impossible_limits_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="limits"):
        Limits(**limits)


def test_more_servers_than_a_program_has_descriptors_all_live() -> None:
    with Sandbox(40) as sandbox:
        sandbox.call("def f(x):\n    return x", "f", [[1]])
        assert [connection.alive() for connection in sandbox._all_idle()] == [True] * 40
