"""How the service says no: one status, and one sentence as `{"detail": "…"}`."""

import json
import logging
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from steppingstone.errors import InfrastructureError
from steppingstone.service.desk import Overloaded

RETRY_AFTER_S = 1
_LOG = logging.getLogger(__name__)


class Refusal(BaseModel):
    """Why there is no reward."""

    detail: str


class Json(JSONResponse):
    """JSON in ASCII, which can say even half of a surrogate pair, such as a model's text may hold."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


async def refusal(_request: Request, error: HTTPException) -> Response:
    """What we refuse on purpose."""
    return Json({"detail": error.detail}, error.status_code, error.headers)


async def _invalid(_request: Request, error: RequestValidationError) -> Response:
    told = error.errors()
    first = told[0]
    if isinstance(error.body, bytes):
        said = "the body is not taken for JSON: send it with `Content-Type: application/json`"
    elif first["type"] == "json_invalid":
        said = f"the body is no JSON: {first['ctx']['error']} at character {first['loc'][-1]}"
    else:
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return Json({"detail": said + more}, 422)


async def _overloaded(_request: Request, error: InfrastructureError) -> Response:
    return Json({"detail": str(error)}, 503, {"Retry-After": str(RETRY_AFTER_S)})


async def _unavailable(request: Request, error: InfrastructureError) -> Response:
    _LOG.error("the sandbox failed: %s", error)
    return await _overloaded(request, error)


async def _unheard(_request: Request, _error: ClientDisconnect) -> Response:
    return Response()


async def _broken(_request: Request, error: Exception) -> Response:
    return Json({"detail": f"a fault of ours: {error!r}; there is no reward"}, 500)


HANDLERS: dict[Any, Any] = {
    HTTPException: refusal,
    RequestValidationError: _invalid,
    Overloaded: _overloaded,
    InfrastructureError: _unavailable,
    ClientDisconnect: _unheard,
    Exception: _broken,
}
