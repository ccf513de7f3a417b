"""What the documents of a large version cost: `python -m tests.benchmarks.documents_speed DATA_ROOT`.

Writes report and card of the latest version into a folder of its own, once, and prints the seconds, the greatest memory of
the process and the page's size. `tests.benchmarks.questions` makes a data root of 200,000 problems and 6.4 million attempts.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from steppingstone.documents import write_documents
from steppingstone.versions import latest, manifest_of


def main() -> None:
    version = latest(sys.argv[1])
    assert version is not None, "nothing is published there"
    with tempfile.TemporaryDirectory() as folder:
        for part in version.folder.iterdir():
            if part.suffix == ".parquet" or part.is_dir():
                (Path(folder) / part.name).symlink_to(part.absolute())
        start, cpu = time.perf_counter(), time.process_time()
        write_documents(Path(folder), manifest_of(version))
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        size = (Path(folder) / "report.html").stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    rows = f"{version.rows['problems']:,} problems, {version.rows['attempts']:,} attempts"
    print(f"{rows}: {took:.1f} s ({cpu:.1f} s of CPU), {peak:.0f} MB at most, a page of {size:.1f} MB")


if __name__ == "__main__":
    main()
