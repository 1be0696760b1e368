"""Holds how errors are told over HTTP: one shape (RFC 9457), few kinds, each with a page that explains it."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Final, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import MISSING
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response

from api.red_flags.refusals import as_errors
from schemas.problems import Problem, ProblemError, ProfileRefused, ReleaseUnknown

MEDIA_TYPE: Final = "application/problem+json"
CHECK_PATHS: Final = frozenset({"/v1/red-flag-checks", "/v1/reply-checks"})
EMERGENCY: Final = (
    "If this may be an emergency, call your local emergency number now. Do not wait for this service to answer."
)
"""Stands in every error of the red-flag check and of the reply check."""


class ProblemKind(NamedTuple):
    """A kind of problem: its title, and what its page says to do."""

    title: str
    help: str


KINDS: Final[Mapping[str, ProblemKind]] = {
    "bad-request": ProblemKind(
        "The request cannot be read",
        "Send JSON in UTF-8, with no key twice in one object, no NaN, and objects at most 16 deep. `errors` says what "
        "was found.",
    ),
    "not-found": ProblemKind(
        "Nothing is here", "Check the address and the id. The lists under /v1/ name every id; /docs shows every call."
    ),
    "method-not-allowed": ProblemKind("This call takes another method", "The header `Allow` names those it takes."),
    "too-large": ProblemKind(
        "The request is too large", "Send less: a check is at most 16 KiB, a reply check at most 64 KiB."
    ),
    "wrong-media-type": ProblemKind(
        "The body must be JSON", "Send the header `Content-Type: application/json`, and JSON in UTF-8."
    ),
    "invalid": ProblemKind(
        "The request holds something that cannot be used",
        "`errors` names each place and what to do about it: `pointer` is a JSON pointer into the body, or `query:` and "
        "the name of a parameter. What was sent is never repeated. "
        "`contradiction`: something is denied that another answer says or leaves open; take it out of `absent`. "
        "`unknown_finding`: no finding has this id. `outside_topic`: nothing considered asks about it.",
    ),
    "failure": ProblemKind(
        "The service failed",
        "This is our fault. Try again in a moment. The header `X-Request-ID` names the request in our logs, which hold "
        "nothing that you sent.",
    ),
}
"""Every kind of problem, by the last part of its address."""

KIND_OF: Final[Mapping[int, str]] = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "wrong-media-type",
    422: "invalid",
}


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
        emergency=EMERGENCY if path in CHECK_PATHS else MISSING,
    )
    return Response(
        body.model_dump_json(),
        status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Make every error of an app a problem, those of the framework included."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProfileRefused)  # noqa: S101 -- the registration below holds it
        return problem(error.status, request.url.path, error.errors)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        found = [{**one, "loc": one["loc"][1:]} for one in error.errors()]
        place = error.errors()[0]["loc"][0]
        return problem(422, request.url.path, as_errors(found, f"{place}:"))

    async def unknown_release(request: Request, _error: Exception) -> Response:
        detail = "There is no such release here. GET /v1/releases lists those there are."
        if "version" in request.path_params:
            return problem(404, request.url.path, detail=detail)
        return problem(
            422, request.url.path, (ProblemError(pointer="query:release", code="unknown_release", detail=detail),)
        )

    async def other(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return problem(error.status_code, request.url.path, headers=error.headers)

    async def gone(request: Request, _error: Exception) -> Response:
        return problem(400, request.url.path, detail="The connection ended before the body did.")

    async def failed(request: Request, _error: Exception) -> Response:
        return problem(500, request.url.path)

    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, failed)
    app.add_exception_handler(ProfileRefused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ReleaseUnknown, unknown_release)
    app.add_exception_handler(HTTPException, other)


def page(kind: str) -> Response:
    """Give the page that explains a kind of problem, or a problem of its own where there is no such kind."""
    if kind not in KINDS:
        return problem(404, "")
    found = KINDS[kind]
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(found.title)}</title>'
        f"<h1>{escape(found.title)}</h1><p>{escape(found.help)}</p><p>{escape(EMERGENCY)}</p></html>"
    )
