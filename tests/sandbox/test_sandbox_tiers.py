"""Which server runs a program, and under which policy."""

import importlib.util
import time

import pytest

from steppingstone.sandbox import ExecutionVerdict, Sandbox
from steppingstone.sandbox.tiers import Tier, tier_of

HAS_NUMPY = importlib.util.find_spec("numpy") is not None
HAS_MATHS = importlib.util.find_spec("math_verify") is not None


@pytest.mark.parametrize(
    ("source", "tier"),
    [
        ("def f(): return 1", "bare"),
        ("import math, re as r\nfrom collections import *\nimport os.path", "bare"),
        ("import pathlib", "stdlib"),
        ("import math, sqlite3", "stdlib"),
        ("if 1: from email.mime import text", "stdlib"),
        ("import urllib.request", "stdlib"),
        ("x = __import__('tempfile')", "stdlib"),
        ("import importlib\nx = importlib.import_module(name='tempfile')", "stdlib"),
        ("from unittest import mock", "stdlib"),
        ("from unittest import (TestCase,  # not (all)\n    mock as m)", "stdlib"),
        ("from unittest import TestCase, skip", "stdlib"),
        ("from urllib import request", "stdlib"),
        ("from urllib import parse", "stdlib"),
        ("import \\\nsqlite3", "stdlib"),
        ("from \\\r\n unittest \\\n import \\\n mock", "stdlib"),
        ("import ｓｑｌｉｔｅ３", "stdlib"),
        ("from ｕｎｉｔｔｅｓｔ import main, ｍｏｃｋ", "stdlib"),
        ("import _compat﹍pickle", "stdlib"),
        ("import xml . dom", "stdlib"),
        ("import os.path as c, sqlite3", "stdlib"),
        ("import math as sqlite3", "bare"),
        ("# taken from here \\\nimport sqlite3", "stdlib"),
        ("# from a import (\nimport sqlite3", "stdlib"),
        ("# from a import (b,  # or c\nimport sqlite3", "stdlib"),
        ("import torch", "bare"),
        pytest.param("import numpy as np", "numpy", marks=pytest.mark.skipif(not HAS_NUMPY, reason="numpy is not installed")),
        pytest.param(
            "from numpy.linalg import det\nimport pathlib", "numpy", marks=pytest.mark.skipif(not HAS_NUMPY, reason="")
        ),
        pytest.param(
            "from importlib import import_module\nimport_module('numpy')",
            "numpy",
            marks=pytest.mark.skipif(not HAS_NUMPY, reason="numpy is not installed"),
        ),
        pytest.param("import math_verify", "maths", marks=pytest.mark.skipif(not HAS_MATHS, reason="math-verify is not there")),
        ("", "bare"),
        ("import", "bare"),
        ("from . import x", "bare"),
        ("\0 import \ud800" + "(" * 10_000, "bare"),
    ],
)
def test_the_imports_choose_the_tier(source: str, tier: str) -> None:
    assert tier_of(source) is Tier(tier)


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        ("", "import "),
        ("", "from a import (#"),
        ("", "from a import (#\n"),
        ("", "from a import "),
        ("", "from a\\\n"),
        ("", "import a as "),
        ("", "__import__( "),
        ("", "import_module(name = "),
        ("from", " "),
        ("from ", "a."),
        ("import", "\t"),
        ("import a", " ."),
        ("import ", "a as b,"),
        ("import ", "\\\n"),
        ("import ", "ﷺ"),
        ("import a", "\u0301\u0316"),
        ("from a", "\\\n"),
        ("from a import (", "b # as\n as c,"),
        ("from a import (b", " #\n"),
        ("__import__('", "'"),
    ],
)
def test_a_hostile_source_is_routed_in_linear_time(start: str, repeated: str) -> None:
    since = time.process_time()
    assert tier_of(start + repeated * (1_000_000 // len(repeated))) is Tier.BARE
    assert time.process_time() - since < 10


def test_the_tests_imports_count_too(sandbox: Sandbox) -> None:
    outcome = sandbox.run_tests("def f(x): return x", "import pathlib\nassert f(1) == 1")
    assert (outcome.verdict, outcome.policy) == (ExecutionVerdict.OK, "default/stdlib")


@pytest.mark.parametrize(
    "source",
    [
        "import pathlib\ndef f(): return str(pathlib.Path('a') / 'b')",
        "import email.message, argparse, sqlite3, zoneinfo, xml.etree.ElementTree, unittest.mock\ndef f(): return 'a/b'",
        "import http.client as h\ndef f(): return 'a/b' if h.OK == 200 else ''",
    ],
)
def test_the_whole_standard_library_can_be_imported_lazily(sandbox: Sandbox, source: str) -> None:
    (outcome,) = sandbox.call_repeatedly(source, "f", [[]])
    assert (outcome.text, outcome.policy) == ("'a/b'", "default/stdlib"), outcome


def test_an_event_loop_is_refused_and_told_with_its_line(sandbox: Sandbox) -> None:
    source = "import asyncio\nasync def g(x): return x\ndef f(x):\n    return asyncio.run(g(x))"
    (outcome,) = sandbox.call(source, "f", [[1]])
    assert (outcome.exception_type, outcome.exception_line) == ("PermissionError", 4)


def test_a_coroutine_can_be_driven_by_hand(sandbox: Sandbox) -> None:
    source = """
async def g(x): return x
def f(x):
    try: g(x).send(None)
    except StopIteration as end: return end.value
"""
    assert sandbox.call(source, "f", [[1]])[0].text == "1"


@pytest.mark.parametrize("name", ["ctypes", "_ctypes", "pytest", "steppingstone", "pip"])
def test_what_is_not_of_the_tier_is_not_found(sandbox: Sandbox, name: str) -> None:
    (outcome,) = sandbox.call(f"import pathlib, {name}\ndef f(): pass", "f", [[]])
    assert outcome.exception_type == "ModuleNotFoundError"


@pytest.mark.parametrize("action", ["open('/etc/passwd')", "pathlib.Path('/').exists() or 1 / 0", "os.listdir('/')"])
def test_the_tier_of_the_standard_library_has_no_files_either(sandbox: Sandbox, action: str) -> None:
    (outcome,) = sandbox.call(f"import os, pathlib\ndef f(): return {action}", "f", [[]])
    assert outcome.exception_type == "PermissionError"


def test_the_library_in_memory_cannot_be_changed_for_the_next_program(sandbox: Sandbox) -> None:
    source = """
import os, sys, pathlib
def f():
    library = sys.meta_path[-1]
    done = []
    for descriptor in range(3, 20):
        try: done.append(os.write(descriptor, b'x' * 100))
        except OSError: pass
    try: library._data[0:4] = b'xxxx'
    except TypeError: done.append('read-only')
    library._index.clear()
    return done[-1:]
"""
    sandbox.call(source, "f", [[]] * 3)
    after = sandbox.call("import tempfile, pathlib\ndef f(): return 1", "f", [[]])
    assert after[0].text == "1"


@pytest.mark.skipif(not HAS_NUMPY, reason="numpy is not installed")
def test_numpy_computes(sandbox: Sandbox) -> None:
    source = """
import numpy as np
def f(n):
    a = np.arange(n * n).reshape(n, n) + np.eye(n)
    return [round(float(np.linalg.det(a)), 6), (a @ a).tolist(), int(np.random.default_rng(3).integers(100))]
"""
    (outcome,) = sandbox.call_repeatedly(source, "f", [[2]])
    assert (outcome.verdict, outcome.policy) == (ExecutionVerdict.OK, "default/numpy"), outcome


@pytest.mark.parametrize("policy", ["strict", "default", "best_effort"])
def test_every_outcome_names_its_policy(policy: str) -> None:
    with Sandbox(policy=policy) as sandbox:
        source = "def f(x): return x"
        policies = {outcome.policy for outcome in sandbox.call_repeatedly(source, "f", [[1]])}
        policies |= {sandbox.parse(["1"])[0].policy, sandbox.run_tests(source, "f(1)").policy, sandbox.run_program("").policy}
    assert policies == {f"{policy}/bare"}


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="strict, default, best_effort"):
        Sandbox(policy="none")


def test_a_default_sandbox_is_no_weak_one(sandbox: Sandbox) -> None:
    report = sandbox.policy_report(Tier.STDLIB)
    assert not [name for name in ("seccomp", "no_new_privs", "capabilities") if report[name].startswith("missing")]


def test_a_program_has_few_descriptors(sandbox: Sandbox) -> None:
    source = "import resource\ndef f():\n    return resource.getrlimit(resource.RLIMIT_NOFILE)"
    (outcome,) = sandbox.call(source, "f", [[]])
    assert outcome.decoded == (32, 32)
