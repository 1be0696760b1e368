"""Holds what a request may be: how large, how slow, of which media type, to which host. Refuses before reading more."""

import asyncio
from typing import Final, Literal
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.web.problems import problem
from schemas.problems import ProblemError, ProfileRefused

MOST_BODY: Final = 16 * 1024
"""The most bytes of a body, where a call does not say otherwise."""
MOST_OF_ANY: Final = 128 * 1024
"""The most bytes of the body of any call, whatever its own limit is."""
MOST_HEAD: Final = 16 * 1024
"""The most bytes of the address and the headers together."""
MOST_QUERY: Final = 2 * 1024
"""The most bytes of a query."""
RECEIVING: Final = 8.0
"""The most seconds that a request may take to arrive: its head, and again its body."""
Phase = Literal["waiting", "head", "body", "answer", "leaving", "over"]
LIMITS: Final[dict[Phase, float]] = {
    "waiting": 5.0,
    "head": RECEIVING,
    "body": RECEIVING + 1.0,
    "answer": 10.0,
    "leaving": 0.5,
    "over": 1.0,
}
"""Seconds that a connection may stay as it is: without a request; with half a head; with half a body, which the app can
refuse first; with an answer of which the client takes nothing; without a request while the server stops; with what a
client still sends behind the answer that ended it, so that it comes to read that answer."""
MOST_RECEIVED: Final = 256 * 1024
"""The most bytes of one request that are taken, if only to be let go."""
MOST_AHEAD: Final = 128
"""The most requests of one connection that wait for the answer to an earlier one."""
ENDING: Final = frozenset({408, 413, 414, 431})
"""The statuses that end the connection: what the client still sends is never read as another request."""
NOT_ONE_HOST: Final = "Send the header Host once."
NOT_UTF8: Final = "The query must be UTF-8, with escapes for all but ASCII."
_LONGEST: Final = 18
WATCHED: Final = frozenset({"/healthz", "/readyz"})
"""The addresses that answer under any name of the host: those who watch the service call it by its number."""


def within_limits(app: ASGIApp, hosts: frozenset[bytes]) -> ASGIApp:
    """Let an app see only requests whose head is within the limits; `hosts` are the names answered, any if empty."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refusal(scope, hosts) if scope["type"] == "http" else None
        await (refused or app)(scope, receive, send)

    return answer


def _refusal(scope: Scope, hosts: frozenset[bytes]) -> Response | None:
    """Give the problem of a request that is refused by its head alone; none where it may go on."""
    path, headers = scope["path"], scope["headers"]
    if len(scope["query_string"]) > MOST_QUERY:
        return problem(414, path, detail=f"The query may have at most {MOST_QUERY} bytes.")
    if sum(len(name) + len(value) + 4 for name, value in headers) + len(path) > MOST_HEAD:
        return problem(431, path, detail=f"All headers together may have at most {MOST_HEAD} bytes.")
    named = [value for name, value in headers if name == b"host"]
    named_once = len(named) == 1 or (not named and scope["http_version"] == "1.0")
    if not named_once or not _is_utf8(scope["query_string"]):
        return problem(400, path, detail=NOT_UTF8 if named_once else NOT_ONE_HOST)
    if hosts and path not in WATCHED and not (named and _name(named[0]) in hosts):
        return problem(421, path)
    declared = Headers(scope=scope).get("content-length", "0")
    if not (declared.isascii() and declared.isdecimal() and len(declared) <= _LONGEST) or int(declared) > MOST_OF_ANY:
        return problem(413, path, detail=f"No body may have more than {MOST_OF_ANY} bytes.")
    return None


async def read_json_body(request: Request, most: int = MOST_BODY) -> bytes:
    """Read the body of a request that must be JSON, of at most so many bytes.

    Raises:
        ProfileRefused: it is of another media type or coded (415), larger (413, before the rest is read), or does not
            arrive in time (408).

    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise _refused("header:content-encoding", "coded", "Send the body as it is, without a content coding.", 415)
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise _refused("header:content-type", "wrong_media_type", "Send Content-Type: application/json, in UTF-8.", 415)
    if int(request.headers.get("content-length", "0")) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(RECEIVING):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise _refused("", "too_slow", f"The body must arrive within {RECEIVING:.0f} seconds.", 408) from None
    return bytes(body)


def _is_utf8(query: bytes) -> bool:
    """Tell whether a query is text: what is not would be read with a mark in place of each wrong byte."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return query.isascii()


def _name(host: bytes) -> bytes:
    """Give the name in a Host header, without its port."""
    name, _, port = host.rpartition(b":")
    return (name if name and port.isdigit() else host).lower()


def _too_large(most: int) -> ProfileRefused:
    return _refused("", "too_large", f"The body may have at most {most} bytes.", 413)


def _refused(pointer: str, code: str, detail: str, status: int) -> ProfileRefused:
    return ProfileRefused((ProblemError(pointer=pointer, code=code, detail=detail),), status)
