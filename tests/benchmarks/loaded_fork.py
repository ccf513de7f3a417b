"""Raw `os.fork` and wait in a process that holds what a server of the tier `bare` holds; a rate for each line of input."""

import gc
import os
import sys
import time

sys.modules["_datetime"] = None  # type: ignore[assignment]

from steppingstone.sandbox import children, preload  # noqa: E402

turn = float(sys.argv[1])
now = time.perf_counter
preload.load(0, "bare")
preload.warm_up()
gc.collect()
gc.freeze()
assert children
for _ in sys.stdin:
    count, start = 0, now()
    while now() - start < turn:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        count += 1
    print(count / (now() - start), flush=True)
