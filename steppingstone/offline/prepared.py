"""Answers prepared in a file, in place of those that the offline models compute: for load at next to no processor time."""

import itertools
import json
from pathlib import Path

from steppingstone.offline.protocol import ChatRequest


class Answers:
    """Prepared texts by model, in a JSON file: `{model: [text, …]}`. Raises `ValueError` if it holds anything else.

    Choice i of a request with seed s is text s + i, counted around; without a seed the texts come in turn.
    """

    def __init__(self, path: str) -> None:
        try:
            texts = json.loads(Path(path).read_text())
        except (OSError, ValueError) as error:
            raise ValueError(f"the answers {path} can't be read: {error}") from error
        lists = list(texts.values()) if isinstance(texts, dict) else []
        if not lists or not all(isinstance(each, list) and each and all(isinstance(t, str) for t in each) for each in lists):
            raise ValueError(f"the answers {path} are no JSON object of lists of texts by model")
        self._texts: dict[str, list[str]] = texts
        self._turns = itertools.count()
        self.models = tuple(texts)

    def begin(self) -> "Answers":
        """Itself: there is nothing to start."""
        return self

    async def replies(self, request: ChatRequest) -> list[str]:
        """One text a choice."""
        texts = self._texts[request.model]
        first = next(self._turns) if request.seed is None else request.seed
        return [texts[(first + index) % len(texts)] for index in range(request.n)]

    def stop(self) -> None:
        """Ends nothing."""
