"""What is served: `/grade`, `/grade/batch`, `/health` and `/openapi.json`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from steppingstone.records import Grade, Verdict
from steppingstone.service.client import digest
from steppingstone.service.desk import Desk, Pair
from steppingstone.service.gate import Gate
from steppingstone.service.refusals import HANDLERS, Json, Refusal
from steppingstone.service.served import Served

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Refusal, "description": "Without the service's token"},
    404: {"model": Refusal, "description": "No such problem here"},
    409: {"model": Refusal, "description": "The problem is another one here"},
    413: {"model": Refusal, "description": "Too much at a time"},
    422: {"model": Refusal, "description": "Not what is asked for"},
    503: {"model": Refusal, "description": "Overloaded, or the sandbox failed: the same again, after `Retry-After`, may do"},
}
"""None of them is a reward."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most of one request: `body` in bytes, completions of a batch, and characters of a completion."""

    body: int = 32_000_000
    batch: int = 1_000
    completion: int = 1_000_000


class Asked(BaseModel):
    """A completion, and the problem that it is to solve."""

    model_config = ConfigDict(extra="forbid")
    problem_id: str
    completion: str
    digest: str = Field("", description="If given, the problem must be this one to the letter (`steppingstone.service.client`)")


class Batch(BaseModel):
    """Several of them, of one problem or of many."""

    model_config = ConfigDict(extra="forbid")
    items: list[Asked]


class Graded(BaseModel):
    """The reward of a completion, and why. `answer` is what was read in it."""

    reward: Annotated[int, Field(ge=0, le=1)]
    verdict: Verdict
    answer: str
    detail: str


class GradedBatch(BaseModel):
    """In the order that was asked."""

    grades: list[Graded]


class Health(BaseModel):
    """What is served, by what, and how busy it is. `version` is null for a file of its own, `policy` the sandbox's."""

    status: str
    version: int | None
    problems: int
    workers: int
    policy: dict[str, str]
    taken: int = Field(description="Completions that wait or are being graded")
    room: int = Field(description="How many may; beyond that, 503")
    graded: int = Field(description="Completions graded since the start")
    most: dict[str, int] = Field(description="Of a request: bytes of its body, completions of a batch, characters of each")


def application(served: Served, desk: Desk, token: str = "", bounds: Bounds = Bounds()) -> FastAPI:
    """The service; the desk is the caller's to close."""
    app = FastAPI(title="Steppingstone's grading service", docs_url=None, redoc_url=None, exception_handlers=HANDLERS)
    app.add_middleware(Gate, token=token, most=bounds.body)
    bearer = [Depends(HTTPBearer(auto_error=False))] if token else []

    @app.post("/grade", responses={200: {"model": Graded}, **REFUSALS}, dependencies=bearer)
    async def grade(request: Request, asked: Asked) -> Response:
        """The reward of one completion."""
        (graded,) = await _while_heard(request, desk, [_pair(served, asked, bounds)])
        return Json(_told(graded))

    @app.post("/grade/batch", responses={200: {"model": GradedBatch}, **REFUSALS}, dependencies=bearer)
    async def grade_batch(request: Request, batch: Batch) -> Response:
        """The rewards of many completions: of all of them, or of none."""
        if len(batch.items) > bounds.batch:
            raise HTTPException(413, f"{len(batch.items):,} completions; at most {bounds.batch:,} a batch")
        grades = await _while_heard(request, desk, [_pair(served, asked, bounds) for asked in batch.items])
        return Json({"grades": [_told(graded) for graded in grades]})

    @app.get("/health")
    async def health() -> Health:
        """What is served, and how busy it is. It needs no token."""
        most = {"bytes": bounds.body, "completions": bounds.batch, "characters": bounds.completion}
        return Health(
            status="ok",
            version=served.version,
            problems=len(served.problems),
            workers=desk.workers,
            policy=desk.policy,
            taken=desk.taken,
            room=desk.room,
            graded=desk.graded,
            most=most,
        )

    return app


def _pair(served: Served, asked: Asked, bounds: Bounds) -> Pair:
    problem = served.problems.get(asked.problem_id)
    if len(asked.completion) > bounds.completion:
        raise HTTPException(422, f"a completion of {len(asked.completion):,} characters; at most {bounds.completion:,}")
    if problem is None:
        place = f"version {served.version}" if served.version else "this file"
        said = f"there is no problem {asked.problem_id[:100]!r} among the {len(served.problems):,} that are served of {place}"
        raise HTTPException(404, said)
    if asked.digest and asked.digest != digest(problem):
        said = f"problem {asked.problem_id} is not the one that is served: its text, tests or limits differ; serve its version"
        raise HTTPException(409, said)
    return problem, asked.completion


async def _while_heard(request: Request, desk: Desk, pairs: Sequence[Pair]) -> list[Grade]:
    """The grades. Raises `ClientDisconnect` once nobody waits for them any more."""
    work, gone = asyncio.ensure_future(desk.grades(pairs)), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
    finally:
        work.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _told(grade: Grade) -> dict[str, object]:
    return {"reward": grade.reward, "verdict": grade.verdict, "answer": grade.answer, "detail": grade.detail}
