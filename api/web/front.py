"""Holds the plain ASGI front before the routes: request ids, HEAD, OPTIONS, failures, one log line a request."""

import time
import traceback
from collections.abc import Callable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.logs import LOG
from api.web.observing import Record, unobserved
from api.web.problems import problem

METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""The methods that are named in the log; any other is written as OTHER, for it is text that a client sent."""


def front(app: ASGIApp, new_id: Callable[[], str], release: Callable[[], str], record: Record = unobserved) -> ASGIApp:
    """Put the front before an app.

    `new_id` gives a fresh request id, `release` the version of the newest release; `record` is told of each answer.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = new_id()
        method = scope["method"]
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            elif method == "HEAD":
                message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
            await send(message)

        # a copy, for the server looks at its own scope to know that a HEAD has no body
        scope = {**scope, "method": "GET"} if method == "HEAD" else scope
        try:
            await app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 -- whatever fails becomes one clear answer and one clean line
            LOG.error(
                "failure", extra={"error": type(error).__name__, "where": _where(error), "request_id": request_id}
            )
            if not status:
                await problem(500, scope["path"])(scope, receive, send_on)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")
            known = method if method in METHODS else "OTHER"
            record(route, known, status, seconds, scope["headers"])
            LOG.info(
                "request",
                extra={
                    "method": known,
                    "route": route,
                    "status": status,
                    "duration_ms": round(seconds * 1000, 3),
                    "release": release(),
                    "request_id": request_id,
                },
            )

    return answer


def with_options(app: ASGIApp, routes: list[BaseRoute]) -> ASGIApp:
    """Let an app answer OPTIONS: the methods of an address, or that nothing is there."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await app(scope, receive, send)
            return
        methods = sorted({method for route in routes for method in METHODS if _takes(route, scope, method)})
        if methods:
            headers = {"Allow": ", ".join({"OPTIONS": None} | dict.fromkeys(methods)), "Cache-Control": "no-store"}
            await Response(status_code=204, headers=headers)(scope, receive, send)
        else:
            await problem(404, scope["path"])(scope, receive, send)

    return answer


def _takes(route: BaseRoute, scope: Scope, method: str) -> bool:
    """Tell whether a route answers a method at an address; what it answers to GET it answers to HEAD."""
    asked = "GET" if method == "HEAD" else method
    return route.matches({**scope, "method": asked})[0] is Match.FULL


def _where(error: Exception) -> str:
    """Name the place in our code where it failed; messages are left out, for they may hold what a person sent."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name}:{frame.lineno}"
