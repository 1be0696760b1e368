"""Holds how errors are told over HTTP: one shape (RFC 9457), few kinds, each with a page that explains it."""

from collections.abc import Callable, Coroutine, Mapping
from html import escape
from http import HTTPStatus
from typing import Final, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import MISSING
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response

from api.red_flags.refusals import as_errors
from api.web.caching import NEWEST
from api.web.methods import methods_of
from api.web.problem_kinds import KIND_OF, KINDS
from schemas.problems import (
    ItemRecalled,
    Problem,
    ProblemError,
    ProfileRefused,
    ReleaseUnknown,
    TokenAhead,
    TokenMalformed,
    TokenTooOld,
)

MEDIA_TYPE: Final = "application/problem+json"
CHECK_PATH: Final = "/v1/red-flag-checks"
MCP_PATH: Final = "/mcp"
PATHS_OF_PEOPLE: Final = frozenset({CHECK_PATH, "/v1/reply-checks", "/v1/finding-matches", MCP_PATH})
EMERGENCY: Final = (
    "If this may be an emergency, call your local emergency number now. Do not wait for this service to answer."
)
"""Stands in every error of what is asked about a person: checks, over HTTP and as a tool, replies and plain words."""


TOO_OLD: Final = (
    "This token leads from or to a release that cannot be given any more. Start again: GET /v1/changes without `since` "
    "gives everything; take away what you hold and it does not name."
)
AHEAD: Final = (
    "This token leads to a release that is newer than what is held here. Another copy of this service has it already; "
    "send the token again in a few seconds."
)
CATCH_UP: Final = 5
"""Seconds after which a copy of the service that is behind, or busy, may be asked again."""
MALFORMED: Final = "This is none of our tokens. Send one as it was given, or leave `since` out to start anew."


Handler = Callable[[Request, Exception], Coroutine[None, None, Response]]


def problem(
    status: int,
    path: str,
    errors: tuple[ProblemError, ...] = (),
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the answer for an error; every error of a check carries the emergency line."""
    kind = KIND_OF.get(status, "failure" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad-request")
    body = Problem(
        type=f"/problems/{kind}",
        title=KINDS[kind].title,
        status=status,
        detail=detail or (errors[0].detail if errors else KINDS[kind].help),
        errors=errors or MISSING,
        emergency=EMERGENCY if path in PATHS_OF_PEOPLE else MISSING,
    )
    return Response(
        body.model_dump_json(),
        status,
        headers={"Cache-Control": "no-store", "Content-Language": "en", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


async def _refused(request: Request, error: Exception) -> Response:
    known = cast("ProfileRefused", error)  # the table below holds it, here and after
    wait = {"Retry-After": str(CATCH_UP)} if known.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem(known.status, request.url.path, known.errors, headers=wait)


async def _invalid(request: Request, error: Exception) -> Response:
    said = cast("RequestValidationError", error).errors()
    found = [{**one, "loc": one["loc"][1:]} for one in said]
    place = said[0]["loc"][0]
    return problem(422, request.url.path, as_errors(found, f"{place}:"))


async def _unknown_release(request: Request, _error: Exception) -> Response:
    detail = "There is no such release here. GET /v1/releases lists those there are."
    if "version" in request.path_params:
        return problem(404, request.url.path, detail=detail)
    return problem(
        422, request.url.path, (ProblemError(pointer="query:release", code="unknown_release", detail=detail),)
    )


async def _recalled(request: Request, error: Exception) -> Response:
    return problem(410, request.url.path, detail=f"This item is recalled as unsafe: {error}")


async def _malformed_token(request: Request, _error: Exception) -> Response:
    return problem(400, request.url.path, (ProblemError(pointer="query:since", code="malformed", detail=MALFORMED),))


async def _ahead(request: Request, _error: Exception) -> Response:
    return problem(503, request.url.path, detail=AHEAD, headers={"Retry-After": str(CATCH_UP)})


async def _old_token(request: Request, _error: Exception) -> Response:
    return problem(410, request.url.path, detail=TOO_OLD)


async def _of_framework(request: Request, error: Exception) -> Response:
    known = cast("HTTPException", error)
    standard = HTTPStatus(known.status_code).phrase  # stands there where no more was said
    detail = "" if known.detail == standard else known.detail
    headers = dict(known.headers or {})
    if known.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # the framework names those of one route alone
        headers["Allow"] = ", ".join(methods_of(request.scope, request.app.routes))
    return problem(known.status_code, request.url.path, detail=detail, headers=headers)


async def _gone_away(request: Request, _error: Exception) -> Response:
    return problem(400, request.url.path)


async def _failed(request: Request, _error: Exception) -> Response:
    return problem(500, request.url.path)


HANDLERS: Final[Mapping[type[Exception], Handler]] = {
    ClientDisconnect: _gone_away,
    Exception: _failed,
    HTTPException: _of_framework,
    ItemRecalled: _recalled,
    ProfileRefused: _refused,
    ReleaseUnknown: _unknown_release,
    RequestValidationError: _invalid,
    TokenAhead: _ahead,
    TokenMalformed: _malformed_token,
    TokenTooOld: _old_token,
}
"""What answers each error."""


def install(app: FastAPI) -> None:
    """Make every error of an app a problem, those of the framework included."""
    for error, handler in HANDLERS.items():
        app.add_exception_handler(error, handler)


def page(kind: str) -> Response:
    """Give the page that explains a kind of problem, or a problem of its own where there is no such kind."""
    if kind not in KINDS:
        return problem(404, "")
    found = KINDS[kind]
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(found.title)}</title>'
        f"<h1>{escape(found.title)}</h1><p>{escape(found.help)}</p><p>{escape(EMERGENCY)}</p></html>",
        headers={"Cache-Control": NEWEST, "Content-Language": "en"},
    )
