"""Where seeds come from, as the user names it: a code corpus, a rollout log, or problems with reference solutions."""

import sysconfig
from dataclasses import dataclass
from pathlib import Path

# Folders of the standard library that hold tests, demonstrations, data or other people's packages.
STDLIB_LEFT_OUT = (
    "test", "tests", "idlelib", "lib2to3", "site-packages", "dist-packages", "pydoc_data", "turtledemo", "encodings",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """Code documents in starcoderdata's schema, or source trees, which are mapped to it.

    `paths` are Parquet or JSON Lines files (.gz, .zst), globs, directories, `*.py` files, or any of these behind a
    protocol of fsspec (`hf://`, `s3://`). A directory is read for the kind that most of its bytes are. Only the text
    column must be there; the others may be absent as long as they bear their default names.
    `excluded_folders` are names of folders to leave out; `license` is that of the whole corpus, if it has one.
    """

    paths: tuple[str, ...]
    text_column: str = "content"
    repo_column: str = "max_stars_repo_name"
    path_column: str = "max_stars_repo_path"
    id_column: str = "id"
    excluded_folders: tuple[str, ...] = ()
    license: str = ""


@dataclass(frozen=True, slots=True)
class RolloutSource:
    """A log of completions in Markdown. One of reward >= `solved_at` gives the code of its last fenced block."""

    paths: tuple[str, ...]
    problem_column: str = "problem_id"
    completion_column: str = "completion"
    reward_column: str = "reward"
    solved_at: float = 1.0


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """Problems with a reference solution each. `license_column` may be absent from the files, or None."""

    paths: tuple[str, ...]
    problem_column: str = "problem_id"
    solution_column: str = "solution"
    license_column: str | None = "license"


Source = CorpusSource | RolloutSource | ReferenceSource


def standard_library() -> CorpusSource:
    """The running Python's standard library as a source tree, without tests and bundled packages."""
    folder = sysconfig.get_paths()["stdlib"]
    return CorpusSource(paths=(folder,), excluded_folders=STDLIB_LEFT_OUT, license="PSF-2.0")


def own_solved_problems() -> ReferenceSource:
    """Small solved problems of our own writing, which the package ships (Apache-2.0)."""
    return ReferenceSource(paths=(str(Path(__file__).with_name("own_problems.jsonl")),))
