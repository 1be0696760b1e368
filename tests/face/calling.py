"""How the tests call the app: over httpx, in the process, without a server."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings

Json = Any


def app_of(library: Library, **settings: Json) -> ASGIApp:
    """Make the app with settings."""
    return create_app(library, Settings(**settings))


def call(app: ASGIApp, method: str, path: str, **more: Json) -> httpx.Response:
    """Send one request and give the answer."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    return asyncio.run(send())


def check(app: ASGIApp, profile: Json, **more: Json) -> httpx.Response:
    """Send one profile to the red-flag check."""
    return call(app, "POST", "/v1/red-flag-checks", json=profile, **more)
