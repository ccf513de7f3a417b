"""Each test is one attack; the `attack` fixture checks that the next honest program is not affected."""

import os
import signal
import socket
from pathlib import Path

import pytest

from steppingstone.sandbox import ExecutionVerdict, Limits, Sandbox

OK, EXCEPTION, KILLED, TIMEOUT = (
    ExecutionVerdict.OK,
    ExecutionVerdict.EXCEPTION,
    ExecutionVerdict.KILLED,
    ExecutionVerdict.TIMEOUT,
)

# The harness is a few frames up; by it an attacker has ctypes, whatever the list of modules says
CTYPES = """
import sys
def harness(name):
    frame = sys._getframe()
    while frame:
        if name in frame.f_globals:
            return frame.f_globals[name]
        frame = frame.f_back
def libc():
    kernel = harness("kernel")
    return kernel.ctypes.CDLL(None, use_errno=True), kernel.ctypes
def call(number, *arguments):
    c, ctypes = libc()
    result = c.syscall(ctypes.c_long(number), *arguments)
    return [result, ctypes.get_errno()]
"""


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/maps", "/proc/self/environ", "/proc/1/cmdline", "/dev/zero", "."])
def test_no_file_can_be_read(attack, path: str) -> None:
    assert attack(f"def f():\n    return open({path!r}).read()").exception_type in ("PermissionError", "IsADirectoryError")


def test_no_file_can_be_written(attack, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert attack(f"def f():\n    open({str(tmp_path / 'planted')!r}, 'w').write('x')").exception_type == "PermissionError"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "expression",
    [
        "os.stat('/etc/passwd')",
        "os.listdir('/')",
        "os.readlink('/proc/self/exe')",
        "os.access('/etc', 0) or 1 / 0",
        "os.getcwd()",
        "os.uname()",
    ],
)
def test_nothing_of_the_machine_can_be_seen(attack, expression: str) -> None:
    assert attack(f"import os\ndef f():\n    return {expression}").verdict is EXCEPTION


@pytest.mark.parametrize(
    "expression", ["os.unlink('/tmp/x')", "os.mkdir('/tmp/x')", "os.chmod('/tmp', 0)", "os.symlink('a', '/tmp/b')"]
)
def test_nothing_on_disk_can_be_changed(attack, expression: str) -> None:
    assert attack(f"import os\ndef f():\n    {expression}").exception_type == "PermissionError"


def test_the_environment_is_empty(attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    assert attack("import os, sys\ndef f():\n    return [dict(os.environ), sys.argv, sys.path]").text == "[{}, [''], []]"


@pytest.mark.parametrize("name", ["ctypes", "_ctypes", "steppingstone", "pytest"])
def test_modules_of_no_use_to_a_pure_function_are_not_found(attack, name: str) -> None:
    assert attack(f"import {name}\ndef f(): pass").exception_type == "ModuleNotFoundError"


def test_no_socket_can_be_opened(attack) -> None:
    source = CTYPES + "def f():\n    c, _ = libc()\n    return [c.socket(2, 1, 0), c.socket(1, 1, 0), c.socket(16, 3, 0)]"
    assert attack(source).text == "[-1, -1, -1]"


def test_the_servers_own_socket_module_connects_nowhere(attack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        source = CTYPES + f"def f():\n    harness('_socket').socket().connect(('127.0.0.1', {port}))"
        assert attack(source).exception_type == "PermissionError"


def test_a_fork_is_refused(attack) -> None:
    assert attack("import os\ndef f():\n    return os.fork()").exception_type == "PermissionError"


def test_a_fork_bomb_is_harmless(attack) -> None:
    source = (
        CTYPES
        + """
import os
def f():
    c, _ = libc()
    for _ in range(10_000):
        try: os.fork()
        except OSError: pass
        c.vfork()
        c.syscall(56, 17, 0, 0, 0, 0)
    return 1
"""
    )
    assert attack(source).text == "1"


def test_a_bomb_of_tiny_threads_is_ended(attack) -> None:
    source = """
import threading, time
def f():
    threading.stack_size(32768)
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
    assert attack(source, Limits(seconds=5, memory_mb=1024)).verdict in (EXCEPTION, TIMEOUT, ExecutionVerdict.MEMORY)


def test_a_thread_bomb_is_ended(attack) -> None:
    source = """
import threading, time
def f():
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
    assert attack(source).verdict in (EXCEPTION, TIMEOUT, ExecutionVerdict.MEMORY)


def test_a_thread_left_behind_ends_with_its_program(attack) -> None:
    source = """
import threading
def spin():
    while True: pass
def f():
    threading.Thread(target=spin).start()
    return 1
"""
    assert attack(source).text == "1"


def test_a_daemon_is_refused(attack) -> None:
    assert attack(CTYPES + "def f():\n    return libc()[0].daemon(0, 0)").text == "-1"


@pytest.mark.parametrize(
    "expression", ["os.execv('/bin/sh', ['sh'])", "os.system('true') and 1 / 0", "os.posix_spawn('/bin/sh', ['sh'], {})"]
)
def test_no_program_can_be_started(attack, expression: str) -> None:
    assert attack(f"import os\ndef f():\n    {expression}").verdict is EXCEPTION


@pytest.mark.parametrize("target", ["os.getpid()", "os.getppid()", "0", "-1", "1"])
def test_no_process_can_be_signalled(attack, target: str) -> None:
    assert attack(f"import os\ndef f():\n    os.kill({target}, 9)").exception_type == "PermissionError"


def test_the_calling_process_cannot_be_signalled(attack) -> None:
    number = {"x86_64": 62, "aarch64": 129}[os.uname().machine]
    assert attack(CTYPES + f"def f():\n    return call({number}, {os.getpid()}, {int(signal.SIGTERM)})").text == "[-1, 1]"


def test_no_other_process_can_be_limited(attack) -> None:
    source = CTYPES + f"def f():\n    harness('resource').prlimit({os.getpid()}, 7, (0, 0))"
    assert attack(source).exception_type == "PermissionError"


def test_a_program_cannot_raise_its_own_limits(attack) -> None:
    source = CTYPES + "def f():\n    harness('resource').setrlimit(harness('resource').RLIMIT_AS, (-1, -1))"
    assert attack(source).verdict is EXCEPTION


# io_uring_setup, keyctl, userfaultfd, bpf, perf_event_open, memfd_create, unshare, setns, pidfd_open, process_vm_readv,
# ptrace, mount, shmget, prctl, seccomp, openat, openat2, execveat, add_key, init_module
X86 = [425, 250, 323, 321, 298, 319, 272, 308, 434, 310, 101, 165, 29, 157, 317, 257, 437, 322, 248, 175]
ARM = [425, 219, 282, 280, 241, 279, 97, 268, 434, 270, 117, 40, 194, 167, 277, 56, 437, 281, 217, 105]


def test_every_other_way_into_the_kernel_is_refused(attack) -> None:
    numbers = X86 if os.uname().machine == "x86_64" else ARM
    source = CTYPES + f"def f():\n    return [n for n in {numbers} if call(n, 0, 0, 0, 0, 0) != [-1, 1]]"
    assert attack(source).text == "[]"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 and int 0x80 are x86's")
def test_the_x32_call_numbers_kill(attack) -> None:
    assert attack(CTYPES + "def f():\n    return call(0x40000000 | 2, b'/etc/passwd', 0)").detail.endswith("(signal SIGSYS)")


@pytest.mark.parametrize("status", [0, 1, 71])
def test_leaving_early_is_no_result(attack, status: int) -> None:
    outcome = attack(f"import os\ndef f():\n    os._exit({status})")
    assert (outcome.verdict, outcome.detail) == (KILLED, f"exited with status {status} before its result")


def test_a_segmentation_fault_is_told(attack) -> None:
    assert attack(CTYPES + "def f():\n    libc()[1].string_at(0)").detail == "signal SIGSEGV"


def test_runaway_native_recursion_ends_the_child_alone(attack) -> None:
    source = """
import sys
def f():
    sys.setrecursionlimit(10**9)
    value = None
    class A:
        def __repr__(self): return repr([self])
    return repr(A())
"""
    assert attack(source).verdict in (KILLED, EXCEPTION, ExecutionVerdict.MEMORY)


def test_exceptions_cannot_be_swallowed_beyond_the_time(attack) -> None:
    source = """
import signal
def f():
    for number in range(1, 32):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
    assert attack(source).verdict is TIMEOUT


@pytest.mark.parametrize("trick", ["1 / 0", "'x' * 10**9", "3", "os._exit(3)"])
def test_an_exception_whose_text_is_a_trick_is_still_told(attack, trick: str) -> None:
    source = f"import os\nclass E(Exception):\n    def __str__(self): return {trick}\ndef f():\n    raise E"
    outcome = attack(source)
    assert outcome.verdict in (EXCEPTION, KILLED)
    assert len(outcome.detail) <= 300


def test_an_exception_whose_class_is_a_trick_is_still_told(attack) -> None:
    source = """
class Meta(type):
    @property
    def __name__(cls): raise SystemExit
class E(BaseException, metaclass=Meta):
    __traceback__ = property(lambda self: 1 / 0)
def f():
    raise E
"""
    assert attack(source).verdict is EXCEPTION


def test_an_exception_with_surrogates_and_nul_is_told_in_clean_text(attack) -> None:
    outcome = attack("def f():\n    raise ValueError(chr(0xD800) + chr(0))")
    assert outcome.detail == r"ValueError: \ud800\0"


def test_equality_that_always_holds_is_no_literal(attack) -> None:
    source = (
        "class Yes(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef f():\n    return Yes(1)"
    )
    assert attack(source).verdict is ExecutionVerdict.NOT_A_LITERAL


def test_a_class_that_lies_about_its_type_is_no_literal(attack) -> None:
    source = "class Liar:\n    __class__ = int\n    def __reduce__(self): return (print, ())\ndef f():\n    return Liar()"
    assert attack(source).verdict is ExecutionVerdict.NOT_A_LITERAL


def test_a_repr_bomb_is_never_called(attack) -> None:
    source = "class Bomb(list):\n    def __repr__(self):\n        while True: pass\ndef f():\n    return Bomb()"
    assert attack(source).verdict is ExecutionVerdict.NOT_A_LITERAL


FORGE = (
    CTYPES
    + """
import os, struct
def channel():
    frame = sys._getframe()
    while "channel" not in frame.f_locals: frame = frame.f_back
    return frame.f_locals["channel"]
def frame(kind, index, body, length=None):
    return struct.pack("<BII", kind, index, len(body) if length is None else length) + body
"""
)


@pytest.mark.parametrize(
    "frames",
    [
        "frame(9, 0, b'')",
        "frame(0, 7, b'1')",
        "frame(7, 0, b'')",
        "frame(0, 0, b'', 1 << 31)",
        "frame(1, 0, b'[]')",
        "frame(1, 0, b'{')",
        "frame(1, 0, b'[1, 2, 3, 4]')",
        "b'\\xff' * 10**6",
        "frame(1, 0, b'[' * 16000)",
    ],
)
def test_a_forged_frame_ends_the_program(attack, frames: str) -> None:
    outcome = attack(FORGE + f"def f():\n    os.write(channel(), {frames})\n    return 1")
    assert outcome.verdict is KILLED
    assert outcome.detail.startswith("wrote on the result channel"), outcome


@pytest.mark.parametrize(
    "body",
    [
        "b'{'",
        "b'1.5'",
        'b\'{"i":"zz"}\'',
        'b\'{"f":"0x1p99999"}\'',
        "b'{\"x\":1}'",
        "b'{\"s\":[[]]}'",
        "b'9' * 5000",
        "b'[' * 900000",
        "b'NaN'",
    ],
)
def test_a_forged_value_that_is_none_is_no_literal(attack, body: str) -> None:
    outcome = attack(FORGE + f"def f():\n    os.write(channel(), frame(0, 0, {body}))\n    return 1")
    assert outcome.verdict is ExecutionVerdict.NOT_A_LITERAL, outcome


def test_a_forged_set_of_colliding_keys_does_not_hold_the_caller(attack) -> None:
    source = (
        FORGE
        + """
def f():
    keys = ",".join('{"i":"%#x"}' % (k * (2**61 - 1)) for k in range(2, 30_000))
    os.write(channel(), frame(0, 0, ('{"s":[' + keys + ']}').encode()))
"""
    )
    assert attack(source).verdict is ExecutionVerdict.NOT_A_LITERAL


def test_a_forged_value_is_no_more_than_a_claim(attack) -> None:
    assert attack(FORGE + "def f():\n    os.write(channel(), frame(0, 0, b'42'))\n    return 1").text == "42"


def test_frames_forged_for_the_inputs_to_come_do_not_move_the_others(sandbox: Sandbox) -> None:
    source = FORGE + "def f(x):\n    if x == 0: os.write(channel(), frame(0, 0, b'9') + frame(0, 1, b'9'))\n    return x"
    outcomes = sandbox.call(source, "f", [[0], [1], [2], [3]])
    assert [outcome.verdict.value for outcome in outcomes] == ["ok", "ok", "killed", "ok"]
    assert outcomes[3].text == "3"


def test_half_a_frame_does_not_stretch_the_time(attack) -> None:
    source = (
        FORGE
        + """
def f():
    import time
    for byte in frame(0, 0, b'1' * 9999):
        os.write(channel(), bytes([byte]))
        time.sleep(0.01)
"""
    )
    assert attack(source, Limits(seconds=0.3)).verdict is TIMEOUT


def test_a_flood_of_frames_is_ended(attack) -> None:
    source = FORGE + "def f():\n    while True: os.write(channel(), frame(0, 0, b'[' + b'1,' * 500 + b'1]'))"
    assert attack(source).verdict is OK


def test_closing_the_channel_and_running_on_is_no_result(attack) -> None:
    outcome = attack(FORGE + "def f():\n    os.close(channel())\n    while True: pass")
    assert outcome.detail == "closed its result channel and ran on"


def test_closing_every_descriptor_is_no_result(attack) -> None:
    assert attack("import os\ndef f():\n    os.closerange(0, 1000)\n    return 1").verdict is KILLED


def test_an_output_flood_is_cut_at_the_time(attack) -> None:
    assert attack("def f():\n    while True: print('x' * 100_000)").verdict is TIMEOUT


def test_patched_builtins_change_nothing_for_the_next_program(attack) -> None:
    source = """
import builtins, json, os, sys
def f():
    json.dumps = lambda *a, **k: '1'
    os._exit = lambda status: None
    builtins.len = builtins.sorted = lambda *a: 0
    sys.settrace(lambda *a: 1 / 0)
    return 2
"""
    assert attack(source).verdict in (OK, KILLED, EXCEPTION, ExecutionVerdict.NOT_A_LITERAL)


def test_a_harness_that_cannot_leave_serves_nobody(attack) -> None:
    source = (
        FORGE
        + """
def f():
    def never(status): raise KeyboardInterrupt
    os._exit = never
    harness("frames").EXIT_BROKEN = harness("frames").EXIT_MEMORY = "none"
    raise SystemExit
"""
    )
    assert attack(source).exception_type == "SystemExit"


def test_what_one_program_leaves_behind_the_next_does_not_see(sandbox: Sandbox) -> None:
    plant = "import builtins, math, sys\ndef f():\n    builtins.planted = math.planted = sys.planted = 1"
    look = "import builtins, math, sys\ndef f():\n    return [hasattr(m, 'planted') for m in (builtins, math, sys)]"
    for _ in range(3):
        sandbox.call(plant, "f", [[]])
        assert sandbox.call(look, "f", [[]])[0].text == "[False, False, False]"


def test_the_harness_holds_neither_other_requests_nor_expected_values(sandbox: Sandbox) -> None:
    sandbox.call("def f(x): return x", "f", [["a secret of another request"]])
    source = """
import gc
def f(reversed):
    kept = [item for item in gc.get_objects() if type(item) in (list, dict, tuple)]
    return sum(reversed[::-1] in str(item) for item in kept)
"""
    assert sandbox.call(source, "f", [["tseuqer rehtona fo terces a"]], Limits(seconds=10))[0].text == "0"
