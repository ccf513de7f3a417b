"""Completions by request and sample index: stored for good before `put` returns, and found again by any process."""

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from itertools import accumulate

from steppingstone.disks import told
from steppingstone.errors import BadInput, SteppingstoneError, StorageError
from steppingstone.journal.group_commit import GroupCommit, Line
from steppingstone.journal.index import Index
from steppingstone.journal.lines import Place, Put, begins, decoded, encoded
from steppingstone.journal.readiness import Readiness
from steppingstone.journal.segments import segments_at
from steppingstone.journal.spans import Span, neighbours
from steppingstone.records import Completion, Message

GAP = 64 * 2**10
"""Bytes between two lines up to which they are read at once."""


def request_key(messages: Sequence[Message], model: str, sampling: dict[str, object]) -> str:
    """The name of a request: its rendered messages, model and sampling parameters, and nothing else.

    `max_tokens` is no part of it: a reply that was not cut is the same under any that it fits in.
    """
    content = {"messages": [asdict(message) for message in messages], "model": model, "sampling": sampling}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def check_journal(root: str | os.PathLike[str]) -> None:
    """Raises `BadInput` if no journal can be written at this folder or fsspec address."""
    segments = segments_at(root)
    try:
        segments.probe()
    except Exception as error:
        raise BadInput(f"journal {os.fspath(root)!r} can't be written to ({told(error)}); choose another by journal") from error


class Journal:
    """Completions by request key and sample index, under a folder or an fsspec address such as s3://bucket/prefix.

    Any number of processes and hosts may write to one at once. A process finds whatever its own host has stored, and of
    other hosts what they had stored when it opened the journal. Threads and loops may share a `Journal`; a fork may not.

    Keys are those of `request_key`. All that is stored is in segments: files of JSON lines. Beside them is an index, which
    is made anew if need be.
    Raises `StorageError` wherever the storage fails, and `BadInput` for an address that can't be one.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._segments = segments_at(root)
        with self._failures("read"):
            self._index = Index(self._segments)
        self._commits = GroupCommit(self._store)
        self._readiness = Readiness(self._segments.probe)
        self._pool = ThreadPoolExecutor(self._segments.readers, "journal") if self._segments.readers > 1 else None

    async def find(self, key: str, count: int, max_tokens: int) -> dict[int, Completion]:
        """Those of the samples 0 to count - 1 that are stored and of use under `max_tokens`, by index.

        Of use is what was asked for with the same `max_tokens`, and what was not cut and fits in them. Of several for
        one index the one put first counts, so what is stored later changes nothing that was found.
        """
        with self._failures("read"):
            lines = await self._lines(key, count)
            if stale := {span.segment for span, line in lines if not begins(line, key)}:
                self._index.read_again(stale)
                lines = await self._lines(key, count)
        puts = [(put.at, span, put) for span, line in lines if (put := decoded(line, key)) is not None]
        found: dict[int, Completion] = {}
        for _, _, put in sorted(puts, key=lambda one: one[:2]):
            for index, completion in enumerate(put.completions, put.first):
                if index < count and put.of_use(completion, max_tokens):
                    found.setdefault(index, completion)
        return dict(sorted(found.items()))

    async def put(self, key: str, first: int, completions: Sequence[Completion], max_tokens: int) -> None:
        """Stores samples first, first + 1, …, asked for with `max_tokens`. Once it returns, no crash loses them.

        They are stored also if the task that puts them is cancelled meanwhile.
        """
        line = encoded(key, Put(first, max_tokens, time.time(), list(completions)))
        with self._failures("written"):
            try:
                await asyncio.wrap_future(self._commits.put(Line(key, first, line)))
            except Exception:
                self._readiness.doubtful = True
                raise

    async def ready(self) -> None:
        """Raises `StorageError` if what is put now would be lost. To be called before a model is asked for it."""
        if self._readiness.doubtful:
            with self._failures("written"):
                await asyncio.to_thread(self._readiness.check)

    def close(self) -> None:
        """Stores what is still waiting, and lets go of all files."""
        self._commits.close()
        self._segments.close()
        self._index.close()
        if self._pool is not None:
            self._pool.shutdown()

    def _store(self, lines: list[Line]) -> None:
        stored = self._segments.append(b"".join(line.data for line in lines))
        offsets = accumulate((len(line.data) for line in lines), initial=stored.lines)
        places = [Place(line.key, line.first, at, len(line.data)) for line, at in zip(lines, offsets, strict=False)]
        self._index.add(stored, places)

    async def _lines(self, key: str, count: int) -> list[tuple[Span, bytes]]:
        """What the index takes for the lines of a key, and where they stand. Neighbours are read at once."""
        groups = neighbours(self._index.find(key, count), GAP)
        wholes = [(group[0].segment, group[0].start, group[-1].end) for group in groups]
        if self._pool is None:
            blocks = [self._segments.read(*whole) for whole in wholes]
        else:
            loop = asyncio.get_running_loop()
            blocks = await asyncio.gather(*(loop.run_in_executor(self._pool, self._segments.read, *whole) for whole in wholes))
        return [
            (span, block[span.start - group[0].start : span.end - group[0].start])
            for group, block in zip(groups, blocks, strict=True)
            for span in group
        ]

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except SteppingstoneError:
            raise
        except Exception as error:
            # Clients of object stores raise exceptions of their own, which share no base.
            raise StorageError(f"the journal {self._segments.address} can't be {what}: {told(error)}") from error
