"""What the tests of the journal share, and a process that writes to one: `python -m tests.journal.writing ROOT NAME [COUNT]`.

It puts one completion after the other, eight at once, and prints the key of each as soon as it is stored.
"""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from steppingstone.journal import Journal
from steppingstone.records import Completion

Root = str | Path
T = TypeVar("T")


def said(text: str, finish: str = "stop", tokens: int = 5) -> Completion:
    return Completion(text, finish, 3, tokens, "thought")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


def put(root: Root, key: str, first: int, completions: list[Completion], max_tokens: int = 100) -> None:
    """Puts with a journal opened for that alone."""
    journal = Journal(root)
    try:
        run(journal.put(key, first, completions, max_tokens))
    finally:
        journal.close()


def found(root: Root, key: str, count: int = 1, max_tokens: int = 100) -> dict[int, str]:
    """The texts that a journal opened for that alone finds."""
    journal = Journal(root)
    try:
        return {index: completion.text for index, completion in run(journal.find(key, count, max_tokens)).items()}
    finally:
        journal.close()


def lost(root: Root, keys: Sequence[str]) -> list[str]:
    """Those of the keys that the process below stored and that can't be found."""

    async def look() -> list[str]:
        journal = Journal(root)
        try:
            given = await asyncio.gather(*(journal.find(key, 1, 100) for key in keys))
        finally:
            journal.close()
        return [key for key, completions in zip(keys, given, strict=True) if completions != {0: said(key * 50)}]

    return run(look())


def writer(root: Root, name: str, *count: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.journal.writing", str(root), name, *count]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def write(root: str, name: str, count: int | None) -> None:
    journal = Journal(root)
    numbers = itertools.count() if count is None else iter(range(count))

    async def go_on() -> None:
        for number in numbers:
            key = f"{name}-{number}"
            await journal.put(key, 0, [said(key * 50)], 100)
            print(key, flush=True)

    await asyncio.gather(*(go_on() for _ in range(8)))
    journal.close()


if __name__ == "__main__":
    run(write(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None))
