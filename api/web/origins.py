"""Holds who is believed about where a request comes from: pages of other origins, and proxies that are named."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.web.problems import CHECK_PATH, problem

TAKEN = (
    "Content-Type", "Accept-Language", "If-None-Match", "If-Match", "If-Range", "Range", "Traceparent", "Tracestate",
)  # fmt: skip
SHOWN = (
    "X-Request-ID", "Content-Language", "ETag", "Repr-Digest", "Link", "Deprecation", "Sunset", "Accept-Ranges",
    "Content-Range", "Retry-After", "RateLimit", "RateLimit-Policy",
)  # fmt: skip


class Origins(CORSMiddleware):
    """Starlette's middleware; what a preflight is refused for is told as any other problem."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight."""
        response = super().preflight_response(request_headers)
        if response.status_code == HTTPStatus.OK:
            return response
        detail = "Pages of this origin may not send such a request: its origin, method or headers are not allowed."
        headers = {name: value for name, value in response.headers.items() if name.startswith("access-control")}
        # which call was meant is not known here; it may have been a check
        return problem(response.status_code, CHECK_PATH, detail=detail, headers={**headers, "Vary": "Origin"})


def with_origins(app: ASGIApp, origins: Sequence[str], taken: Sequence[str]) -> ASGIApp:
    """Let pages of the origins call an app; `taken` are further request headers that they may send."""
    return Origins(
        app,
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=[*TAKEN, *taken],
        expose_headers=SHOWN,
    )


def believing(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """Let an app see the client and the scheme that named proxies tell of; no other is believed."""
    return ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[arg-type, return-value]  # uvicorn has ASGI types of its own
