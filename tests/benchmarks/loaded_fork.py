"""Raw `os.fork` and wait in a process that holds what a server of the tier `bare` holds; rate and cost for each input line."""

import gc
import json
import os
import resource
import sys
import time

sys.modules["_datetime"] = None  # type: ignore[assignment]

from steppingstone.sandbox import children, modules, preload  # noqa: E402

turn = float(sys.argv[1])
now = time.perf_counter
modules.load()
preload.load(0, "bare")
preload.warm_up()
gc.collect()
gc.freeze()
assert children


def spent() -> list[float]:
    """Of this process and its children: CPU milliseconds, minor faults."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = own.ru_utime + own.ru_stime, ended.ru_utime + ended.ru_stime
    return [1e3 * seconds[0], 0.0, 1e3 * seconds[1], own.ru_minflt, 0.0, ended.ru_minflt]


for _ in sys.stdin:
    count, start, before = 0, now(), spent()
    while now() - start < turn:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        count += 1
    print(json.dumps([count / turn, [(b - a) / count for a, b in zip(before, spent(), strict=True)]]), flush=True)
