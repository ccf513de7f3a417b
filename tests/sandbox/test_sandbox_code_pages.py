"""The interpreter's machine code in large pages."""

import subprocess
import sys

import pytest

ENLARGED = """
from steppingstone.sandbox import code_pages
code_pages.enlarge()
import decimal, json, re
print(json.dumps([re.sub("a", "b", "banana"), str(decimal.Decimal(1) / 8)]))
large = 0
for line in open("/proc/self/smaps"):
    if "-" in line.split()[0]:
        ours = "memfd:interpreter" in line
    elif ours and line.startswith("ShmemPmdMapped"):
        large += int(line.split()[1])
print(large)
"""


def test_the_interpreter_runs_on_from_large_pages_where_the_kernel_has_them() -> None:
    done = subprocess.run([sys.executable, "-c", ENLARGED], capture_output=True, text=True, check=True)
    result, large = done.stdout.split("\n")[:2]
    assert result == '["bbnbnb", "0.125"]'
    if large == "0":
        pytest.skip("no large pages for a memory file: Linux before 6.1, or built without them")
    assert int(large) >= 2048
