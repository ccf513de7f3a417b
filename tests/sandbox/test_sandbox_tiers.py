"""Which server runs a program, and under which policy."""

import importlib.util

import pytest

from steppingstone.sandbox import ExecutionVerdict, Sandbox
from steppingstone.sandbox.tiers import Tier, tier_of

HAS_NUMPY = importlib.util.find_spec("numpy") is not None


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
        ("import torch", "bare"),
        pytest.param("import numpy as np", "numpy", marks=pytest.mark.skipif(not HAS_NUMPY, reason="numpy is not installed")),
        pytest.param(
            "from numpy.linalg import det\nimport pathlib", "numpy", marks=pytest.mark.skipif(not HAS_NUMPY, reason="")
        ),
        ("", "bare"),
        ("import", "bare"),
        ("from . import x", "bare"),
        ("\0 import \ud800" + "(" * 10_000, "bare"),
    ],
)
def test_the_imports_choose_the_tier(source: str, tier: str) -> None:
    assert tier_of(source) is Tier(tier)


@pytest.mark.parametrize(
    "text", ["import " * 200_000, "from" + " " * 1_000_000, "from " + "a." * 500_000, "import" + "\t" * 10**6]
)
def test_a_hostile_source_is_routed_in_linear_time(text: str) -> None:
    assert tier_of(text) is Tier.BARE


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
