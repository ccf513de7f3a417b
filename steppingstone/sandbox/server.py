"""The fork server's script, started by path: it loads, confines itself once, and then forks a child for each request.

What it imports besides what programs may import, each fork has to copy: no `socket`, no `pathlib`.
"""

import _socket
import gc
import json
import os
import sys
import types
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steppingstone.sandbox.children import Children


def main(control: int, seed: int, tier: str, policy: str, folder: str = "") -> None:
    """Serve the control socket until its end. The first message says what is enforced, or why nothing can be run."""
    link = _socket.socket(fileno=control)
    try:
        children, report = _prepare(link, seed, tier, policy, folder)
    except Exception as error:  # whatever it is, the caller must learn of it
        link.send(json.dumps({"error": str(error) or repr(error)}).encode())
        return
    link.send(json.dumps(report).encode())
    try:
        children.serve()
    finally:
        os._exit(0)  # nothing is left to flush, and a tidy interpreter exit takes milliseconds


def _prepare(link: _socket.socket, seed: int, tier: str, name: str, folder: str) -> "tuple[Children, dict[str, str]]":
    gc.disable()
    _adopt_package()
    if folder:
        from steppingstone.sandbox import preload as beyond

        beyond.load_packages(folder, tier)
    # datetime's C half reads the machine's clock past the time module
    sys.modules["_datetime"] = None  # type: ignore[assignment]
    from steppingstone.sandbox import modules, pages

    modules.load()
    gc.collect()
    kept = pages.fill_heap() + pages.fill_pools()
    # from here on, in the bare tier, side by side: what a child touches of the harness
    from steppingstone.sandbox import children, code_pages, policy, preload

    code_pages.enlarge()
    preload.load(seed, tier, folder)
    preload.warm_up()
    serving = children.Children(link)
    report = policy.confine(policy.POLICIES[name]) | {"tier": tier}
    serving.adopt(report)
    preload.rehearse_tests()
    children.rehearse(preload.sample_request())
    preload.forget()
    _forget_host(tier)
    gc.collect()
    serving.settle(kept + pages.fill_heap() + pages.fill_pools())
    gc.freeze()
    return serving, report


def _adopt_package() -> None:
    """Make `steppingstone.…` importable by path, without running the `__init__` modules: they hold the caller's side."""
    here = os.path.dirname(os.path.realpath(__file__))
    for name, folder in (("steppingstone", os.path.dirname(here)), ("steppingstone.sandbox", here)):
        package = types.ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


def _forget_host(tier: str) -> None:
    """Leave a program nothing to see of the machine, and no importer that would look for files."""
    os.environ.clear()
    sys.argv[:] = [""]
    sys.path.clear()
    sys.path_importer_cache.clear()
    sys.executable = sys.orig_argv[0] = ""
    ours = ["steppingstone", "ctypes", "_ctypes", "socket", "selectors", "pathlib", "mmap", "fcntl"]
    ours += ["_socket", "select", "resource"] if tier == "bare" else []
    for name in [name for name in sys.modules if name.split(".")[0] in ours]:
        del sys.modules[name]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
