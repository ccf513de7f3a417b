import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS, GOOD_EVERY, CORPUS_BYTES = 12_600, 600, 120e6
# Prints the growth of the peak resident set, in MiB, over one draw that has to look at every document.
# VmHWM, because ru_maxrss of a child begins at its parent's.
PROGRAM = """
import re, sys
import datasketch, pyarrow.parquet
from steppingstone.seeds import CorpusSource, draw_seeds
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024
before = peak()
assert draw_seeds([CorpusSource((sys.argv[1],))], 30, 0).scanned == int(sys.argv[2])
print(peak() - before)
"""


def write_corpus(path: Path, document: Callable[[int], str]) -> int:
    """Write one good document in 600 among generated ones, and return the characters in all."""
    filler, characters = "# DO NOT EDIT\n" * 700, 0
    with (
        pq.ParquetWriter(path, pa.schema([("content", pa.string())]))
        if path.suffix == ".parquet"
        else gzip.open(path, "wt", compresslevel=1) as file
    ):
        for start in range(0, DOCUMENTS, GOOD_EVERY):
            contents = [document(start), *(f"# {start + n}\n{filler}" for n in range(1, GOOD_EVERY))]
            characters += sum(map(len, contents))
            if path.suffix == ".parquet":
                file.write_table(pa.table({"content": contents}))
            else:
                file.writelines(json.dumps({"content": content}) + "\n" for content in contents)
    return characters


@pytest.mark.skipif(sys.platform != "linux", reason="the resident set is read from /proc")
@pytest.mark.parametrize("name", ["big.parquet", "big.jsonl.gz"])
def test_corpus_of_120_mb_streams_through_in_80(document: Callable[[int], str], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_corpus(path, document) > CORPUS_BYTES
    command = [sys.executable, "-c", PROGRAM, str(path), str(DOCUMENTS)]
    growth = float(subprocess.check_output(command, text=True, cwd=ROOT))
    assert growth < 80, f"grew by {growth:.0f} MiB"
