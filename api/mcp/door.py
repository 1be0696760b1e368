"""Holds the address of the Model Context Protocol: who may call it, how much, in JSON that reads one way. No tool.

What is used of the SDK takes a quarter of a second to import, so that is done at the first call, in a thread. It keeps
nothing between calls: one POST is one exchange, in every revision of the protocol, and no other method holds a
connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request, Response

from api.content.strict_json import NotStrictJson, read_json
from api.mcp.refusing import INVALID_REQUEST, PARSE_ERROR, rpc_error
from api.parts import in_part
from api.releases.library import Library
from api.settings import Settings
from api.web.limits import read_json_body
from api.web.problems import MCP_PATH, problem
from schemas.words import Json

MOST_BODY: Final = 128 * 1024
"""The most bytes of a call: the arguments of a tool and the envelope of the protocol."""
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this machine; a page of another site cannot call by them."""
HEADERS: Final = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""The headers that the protocol adds to a call from a page."""

Exchange = Callable[[Request, bytes, Json], Awaitable[Response]]
"""Answers one message, given as bytes and as what they say."""


def make_router(settings: Settings) -> APIRouter:
    """Make the route of /mcp; it answers POST alone."""

    async def answer_mcp(request: Request) -> Response:
        stranger = refuse_stranger(request, settings)
        if stranger is not None:
            return stranger
        body = await read_json_body(request, MOST_BODY)
        try:
            message = read_json(body)
        except NotStrictJson as error:
            return rpc_error(PARSE_ERROR, error.detail)
        if not isinstance(message, dict):
            return rpc_error(INVALID_REQUEST, "Send one message: a batch is not taken.")
        exchange = await _exchange(request.app)
        return await exchange(request, body, message)

    router = APIRouter()
    router.add_api_route(MCP_PATH, answer_mcp, methods=["POST"], include_in_schema=False, response_model=None)
    return router


def refuse_stranger(request: Request, settings: Settings) -> Response | None:
    """Refuse a call by a name that is not ours (421) or from a page that is not trusted (403); None for all others.

    A page of any site can make a browser call a service on its machine, and a name that suddenly leads there makes the
    answer readable (DNS rebinding): the protocol asks that both be looked at.
    """
    hosts = frozenset(host.strip("[]") for host in settings.hosts) or HERE
    if _name(f"//{request.headers.get('host', '')}") not in hosts:
        return problem(421, MCP_PATH)
    origin = request.headers.get("origin", "")
    trusted = not origin or origin in settings.cors_origins or "*" in settings.cors_origins or _name(origin) in HERE
    return None if trusted else problem(403, MCP_PATH)


def _name(address: str) -> str:
    """Give the host name of an address without its port; "" where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


async def _exchange(app: FastAPI) -> Exchange:
    """Give what answers messages, made at the first call."""
    if not hasattr(app.state, "mcp"):
        app.state.mcp = await asyncio.to_thread(_make_exchange, app)
    exchange: Exchange = app.state.mcp
    return exchange


def _make_exchange(app: FastAPI) -> Exchange:
    with in_part("mcp", "mcp.server"):  # which as a whole are the client too, and a server that does more
        from api.mcp.server import make_exchange  # noqa: PLC0415 -- the start of the service spares the SDK

    def library() -> Library:
        current: Library = app.state.library
        return current

    return make_exchange(library)
