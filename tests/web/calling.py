"""How these tests call the app: from chosen addresses, many requests in one event loop, with bare headers."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from starlette.types import ASGIApp

Json = Any
Ask = Callable[..., Coroutine[Any, Any, httpx.Response]]
CHECK = "/v1/red-flag-checks"


def asking(app: ASGIApp, host: str | None = "192.0.2.1") -> Ask:
    """Give what sends one request from an address; None is a peer without one, as behind a socket file."""

    async def from_host(scope: Json, receive: Json, send: Json) -> None:
        await app({**scope, "client": None if host is None else (host, 1)}, receive, send)

    async def ask(method: str, path: str, **more: Json) -> httpx.Response:
        transport = httpx.ASGITransport(app=from_host)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    return ask


def statuses(app: ASGIApp, requests: list[tuple[str, str]], host: str | None = "192.0.2.1", **more: Json) -> list[int]:
    """Send requests one after another from one address and give their statuses."""
    ask = asking(app, host)

    async def send() -> list[int]:
        return [(await ask(method, path, **more)).status_code for method, path in requests]

    return asyncio.run(send())
