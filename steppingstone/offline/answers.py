"""One request's replies: which program answers, and from which random numbers."""

import secrets
from hashlib import sha256
from random import Random

from steppingstone.offline.protocol import TEACHER, ChatRequest
from steppingstone.offline.student.solver import replies
from steppingstone.offline.teacher.author import reply


def answer(request: ChatRequest) -> list[str]:
    """One text a choice. Choice i of a request with seed s is what a request of one choice with seed s + i gives."""
    first = secrets.randbits(62) if request.seed is None else request.seed
    prompt = sha256(repr((request.model, request.messages, request.effort)).encode("utf-8", "surrogatepass")).hexdigest()
    sources = [Random(f"{prompt}:{first + index}") for index in range(request.n)]
    if request.model == TEACHER:
        return [reply(request.messages, source) for source in sources]
    return replies(request.messages[-1][1], request.effort, sources)
