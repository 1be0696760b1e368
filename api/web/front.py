"""Holds the plain ASGI front before the routes: request ids, HEAD, OPTIONS, failures, one log line a request."""

from collections.abc import Callable, Iterator, Sequence
from secrets import token_hex
from time import perf_counter
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.at_once import AtOnce
from api.web.kept import address_of
from api.web.limits import ENDING
from api.web.logs import WAITING, failed, told
from api.web.methods import METHODS, methods_of
from api.web.observing import Record, unobserved
from api.web.problems import problem
from api.web.rendered import Hit
from api.web.representing import Headers
from api.web.serving import Serving

ALWAYS: Final[Headers] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""The headers of every answer that does not say otherwise itself."""


def with_always(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Put the headers of every answer on those of one, where it has no such header of its own."""
    given = {name for name, _ in headers}
    return [*headers, *(one for one in ALWAYS if one[0] not in given)]


def finished(headers: Headers, origins: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Give the headers of a kept answer as they are sent, where pages of some origins may call."""
    if not origins:
        return with_always(headers)
    others = [one for one in headers if one[0] != b"vary"]
    varies = b", ".join([*(value for name, value in headers if name == b"vary"), b"Origin"])
    return with_always([*others, (b"vary", varies)])


def request_ids() -> Iterator[bytes]:
    """Give fresh request ids, 128 random bits each."""
    while True:
        drawn = token_hex(16 * 256).encode()
        for place in range(0, len(drawn), 32):
            yield drawn[place : place + 32]


class Front:
    """The front. Its two halves, what is kept and the rest, are open to the protocol, which is another door to both.

    `new_id` gives a fresh request id, `serving` what is served now, `hit` what is kept; `record` is told of answers;
    `at_once` is what the protocol may answer by itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        new_id: Callable[[], bytes],
        serving: Serving,
        hit: Callable[[bytes, Headers], Hit | None],
        record: Record = unobserved,
        at_once: AtOnce | None = None,
    ) -> None:
        """Put the front before an app."""
        self.app = app
        self.new_id = new_id
        self.serving = serving
        self.hit = hit
        self.at_once = at_once
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        request_id = self.new_id()
        if scope["method"] == "GET" and "refused" not in scope:
            hit = self.hit(address_of(scope), scope["headers"])
            if hit is not None:
                headers = [*hit.headers, (b"x-request-id", request_id)]
                await send({"type": "http.response.start", "status": hit.status, "headers": headers})
                await send({"type": "http.response.body", "body": hit.body})
                self.tell_hit(hit, began, request_id, scope["headers"])
                return
        await self._ask(scope, receive, send, began, request_id)

    async def _ask(self, scope: Scope, receive: Receive, send: Send, began: float, request_id: bytes) -> None:
        """Ask the app, and see to it that there is one clear answer and one line, whatever happens.

        A server that had to answer itself, for what came could not be read to its end, has told of that answer already;
        where others must be answered first it leaves the answer in the scope.
        """
        method, given = scope["method"], scope
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = with_always(message["headers"])
                headers.append((b"x-request-id", request_id))
                if status in ENDING:
                    headers.append((b"connection", b"close"))
                message = {**message, "headers": headers}
            elif method == "HEAD":
                message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
            await send(message)

        if method == "HEAD":
            # a copy, for the server looks at its own scope to know that a HEAD has no body; ranges are for GET alone
            asked = [one for one in scope["headers"] if one[0] != b"range"]
            scope = {**scope, "method": "GET", "headers": asked}
        try:
            await scope.get("refused", self.app)(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 -- whatever fails becomes one clear answer and one clean line
            failed(error, request_id.decode())
            if not status:
                await problem(500, scope["path"])(scope, receive, send_on)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            if "answered" not in given:
                self.tell(method, route, status, began, request_id, scope["headers"])

    def tell_hit(self, hit: Hit, began: float, request_id: bytes, headers: Headers) -> float:
        """Tell the log, metrics and traces of a kept answer that was given, and give the time; all of it is ready."""
        ended = perf_counter()
        self._record(hit.route, "GET", hit.status, ended - began, headers)
        WAITING.append((hit.told, began, ended, request_id))
        return ended

    def tell(self, method: str, route: str, status: int, began: float, request_id: bytes, headers: Headers) -> float:
        """Tell the log, metrics and traces of an answer that was given, and give the time."""
        ended = perf_counter()
        name = method if method in METHODS else "OTHER"  # another is text that a client wrote
        self._record(route, name, status, ended - began, headers)
        kind = told(name, route, status, self.serving.library.latest.version)
        WAITING.append((kind, began, ended, request_id))
        return ended


def with_options(app: ASGIApp, routes: list[BaseRoute]) -> ASGIApp:
    """Let an app answer OPTIONS: the methods of an address, or that nothing is there."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await app(scope, receive, send)
            return
        if methods := methods_of(scope, routes):
            headers = {"Allow": ", ".join(methods), "Cache-Control": "no-store"}
            await Response(status_code=204, headers=headers)(scope, receive, send)
        else:
            await problem(404, scope["path"])(scope, receive, send)

    return answer
