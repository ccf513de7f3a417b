"""Runs one property under atheris: libFuzzer's arguments from the command line, its corpus and its findings in `data/fuzz`."""

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fuzz"
SECONDS_AN_INPUT = 10
BYTES_AN_INPUT = 4_096


def fuzz(name: str, check: Callable[[bytes], None], *seeds: bytes) -> None:
    """Feed the property until a finding or the end of the time asked for; an input that takes too long is a finding too."""
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-artifact_prefix={FOLDER}/{name}-",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-max_len={BYTES_AN_INPUT}",
        "-print_final_stats=1",
        *sys.argv[1:],
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], check)
    atheris.Fuzz()
