"""The journal of completions: what a model said is stored before anything is made of it, and never paid for twice."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from steppingstone.errors import StorageError
from steppingstone.records import Completion, Message


def request_key(messages: Sequence[Message], model: str, sampling: dict[str, object]) -> str:
    """The name of a request: its rendered messages, model and sampling parameters, and nothing else."""
    content = {"messages": [asdict(message) for message in messages], "model": model, "sampling": sampling}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    offset: int


class Journal:
    """Completions by request key and sample index, in JSON lines: one file a process, all files of the folder read at start.

    Memory holds the places of completions, not their text. A line torn by a kill is passed over.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._own = self._new_file()
        self._file: BinaryIO | None = None
        self._places: dict[tuple[str, int], _Place] = {}
        for path in sorted(self.folder.glob("*.jsonl")):
            self._places.update(_scan(path))

    def _new_file(self) -> Path:
        return self.folder / f"{uuid.uuid4().hex}.jsonl"

    async def find(self, key: str, count: int, max_tokens: int) -> dict[int, Completion]:
        """Those of the samples 0 to count - 1 that are stored and of use under `max_tokens`, by index."""
        return {index: found for index in range(count) if (found := self._read(key, index)) is not None}

    async def put(self, key: str, first: int, completions: Sequence[Completion], max_tokens: int) -> None:
        """Stores samples first, first + 1, …, asked for with `max_tokens`; they survive this process from here on. Raises `StorageError`."""
        for index, completion in enumerate(completions, first):
            self._write(key, index, completion)

    def _read(self, key: str, index: int) -> Completion | None:
        place = self._places.get((key, index))
        if place is None:
            return None
        with place.path.open("rb") as file:
            file.seek(place.offset)
            return Completion(**json.loads(file.readline())["completion"])

    def _write(self, key: str, index: int, completion: Completion) -> None:
        if self._file is None:
            self._file = self._own.open("ab", buffering=0)
        line = json.dumps({"key": key, "index": index, "completion": asdict(completion)}) + "\n"
        place = _Place(self._own, self._file.tell())
        try:
            whole = self._file.write(line.encode()) == len(line)
        except OSError as error:
            raise StorageError(f"the journal {self._own} can't be written: {error.strerror}") from error
        if not whole:
            # What comes next must not stand on a torn line.
            self.close()
            self._own = self._new_file()
            raise StorageError(f"the journal {place.path} can't be written: the disk is full")
        self._places[key, index] = place

    def close(self) -> None:
        """Closes this process's file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _scan(path: Path) -> Iterator[tuple[tuple[str, int], _Place]]:
    offset = 0
    with path.open("rb") as file:
        for line in file:
            try:
                entry = json.loads(line)
                yield (entry["key"], entry["index"]), _Place(path, offset)
            except (ValueError, KeyError, TypeError):
                pass
            offset += len(line)
