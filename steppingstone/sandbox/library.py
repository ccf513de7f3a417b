"""The standard library in memory: its modules are imported as on disk, with no file opened and nothing to write to.

It lies in a sealed memory file, mapped privately and read-only: a fork copies no page table for it, and no child can
change what the next one reads.
"""

import fcntl
import importlib
import importlib.util
import marshal
import mmap
import os
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

_LEFT_OUT = frozenset(
    "site-packages dist-packages __pycache__ test tests idlelib tkinter turtledemo ensurepip lib2to3 ctypes venv".split()
)
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_HEADER = 16  # of a .pyc: magic, flags, date and size of the source


class Library:
    """A finder and loader of modules; `data` holds code (marshalled) or source at the places in `index`.

    The standard library's, and those of some `packages` in a `folder`.
    """

    def __init__(self, folder: str, packages: Sequence[str]) -> None:
        self._index: dict[str, tuple[int, int, bool, bool]] = {}
        parts = []
        at = 0
        beyond = [each for name in packages for each in _files(Path(folder, name), f"{name}.")]
        for name, file in [*_files(Path(sysconfig.get_path("stdlib")), ""), *beyond]:
            content, compiled = _content(file)
            self._index[name] = (at, len(content), compiled, file.name == "__init__.py")
            parts.append(content)
            at += len(content)
        self._data = _sealed(b"".join(parts))

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module is, if it is here."""
        found = self._index.get(name)
        return ModuleSpec(name, self, origin="<library>", is_package=found[3]) if found else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self.get_code(module.__name__), module.__dict__)

    def get_code(self, name: str) -> CodeType:
        """The module's code; compiled here and now if the interpreter came without compiled files."""
        at, length, compiled, _ = self._index[name]
        content = self._data[at : at + length]
        code: CodeType = marshal.loads(content) if compiled else compile(content, f"<{name}>", "exec", dont_inherit=True)
        return code


def load_extensions() -> None:
    """Import every compiled module of the standard library: only a file could be mapped later."""
    folder = Path(sysconfig.get_path("stdlib"), "lib-dynload")
    for file in sorted(folder.glob("*" + EXTENSION_SUFFIXES[-1])):
        name = file.name.partition(".")[0]
        if "test" not in name and not name.startswith("xx") and name not in ("_tkinter", "_datetime", "_ctypes"):
            # what this machine's libraries do not carry, or needs the compiled datetime, is missing for programs too
            with suppress(ImportError, AttributeError):
                importlib.import_module(name)


def _files(folder: Path, prefix: str) -> list[tuple[str, Path]]:
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.suffix == ".py":
            found.append((prefix.rstrip(".") if entry.stem == "__init__" else prefix + entry.stem, entry))
        elif entry.name not in _LEFT_OUT and "." not in entry.name and (entry / "__init__.py").exists():
            found += _files(entry, f"{prefix}{entry.name}.")
    return found


def _content(file: Path) -> tuple[bytes, bool]:
    with suppress(OSError, NotImplementedError):
        compiled = Path(importlib.util.cache_from_source(str(file))).read_bytes()
        if compiled[:4] == importlib.util.MAGIC_NUMBER:
            return compiled[_HEADER:], True
    return file.read_bytes(), False


def _sealed(data: bytes) -> mmap.mmap:
    descriptor = os.memfd_create("library", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        os.close(copy := os.dup(descriptor))
        mapped = mmap.mmap(descriptor, len(data), flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
        # the map keeps a copy of the descriptor, the lowest number that was free: all children would share its position
        os.close(copy)
        return mapped
    finally:
        os.close(descriptor)


def install(folder: str = "", packages: Sequence[str] = ()) -> None:
    """Have every later import of a standard module, or of one of the packages in a folder, find it in memory."""
    library = Library(folder, packages)
    load_extensions()
    sys.meta_path.append(library)
