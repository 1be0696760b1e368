"""Holds the server of the protocol, made with the SDK, and the one way to answer a message with it. Words nothing.

Every call looks at the library anew, so a newer release is seen at once. The SDK's own words never leave: its log is
silenced and its traces are taken out, for they repeat what was sent, and its errors are worded here.
"""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.context import CallNext, HandlerResult
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolRequestParams,
    CallToolResult,
    JSONRPCNotification,
    ListResourcesResult,
    ListToolsResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from api import VERSION
from api.mcp import prompts, telling
from api.mcp.catalogue import TOOLS
from api.mcp.checking import CHECK
from api.mcp.refusing import INVALID_REQUEST, NO_STORE, failure_told, log_failure, refusal_told, rpc_error
from api.mcp.telling import Context, Page
from api.red_flags.edition import Edition
from api.releases.library import Library
from api.web.problems import EMERGENCY, MCP_PATH, problem
from api.web.turns import in_turn
from schemas.problems import ProfileRefused
from schemas.words import Json

FRESH: Final = CacheHint(ttl_ms=5 * 60 * 1000, scope="public")
"""Lists and resources may be kept for five minutes, by anybody: a newer release is seen within that time."""
CACHED: Final[dict[CacheableMethod, CacheHint]] = {
    "tools/list": FRESH,
    "resources/list": FRESH,
    "resources/templates/list": FRESH,
    "resources/read": FRESH,
    "prompts/list": FRESH,
    "server/discover": FRESH,
}


def make_exchange(library: Callable[[], Library]) -> Callable[[Request, bytes, Json], Awaitable[Response]]:
    """Make what answers one message of the protocol: a POST of any revision, each for itself.

    Each exchange has a session manager of its own, which runs for that exchange alone: all that it starts ends with
    it, it keeps nothing, and no lifespan of a host has to run it.
    """
    logging.getLogger("mcp").addHandler(logging.NullHandler())
    logging.getLogger("mcp").propagate = False
    server = make_server(library)

    async def exchange(request: Request, body: bytes, message: Json) -> Response:
        if not is_message(message):
            return rpc_error(INVALID_REQUEST, "Send one JSON-RPC 2.0 request or notification.")
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            return waiting.pop() if waiting else await request.receive()

        async def send(part: Message) -> None:
            sent.append(part)

        manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(request.scope, receive, send)
        return _response(sent)

    return exchange


def is_message(message: Json) -> bool:
    """Tell whether something is a message; one with an id that is none is not, though it could pass for a notice."""
    try:
        read = jsonrpc_message_adapter.validate_python(message, by_name=False)
    except ValidationError:
        return False
    return not isinstance(read, JSONRPCNotification) or "id" not in message


def make_server(library: Callable[[], Library]) -> Server[Any]:
    """Make the server: its tools, resources and prompt, from whichever library is served when it is asked."""

    def edition() -> Edition:
        return library().edition(None)

    async def list_tools(_context: Context, _page: Page) -> ListToolsResult:
        return ListToolsResult(tools=telling.tools(edition()))

    async def call_tool(_context: Context, call: CallToolRequestParams) -> CallToolResult:
        if call.name == CHECK.name:
            return telling.called(call, library())
        try:  # all others look through texts
            return await in_turn(telling.called, call, library())
        except ProfileRefused as refusal:
            return telling.unanswered(refusal_told(refusal))

    async def list_resources(_context: Context, _page: Page) -> ListResourcesResult:
        return telling.listed_resources(edition())

    async def read_resource(_context: Context, asked: ReadResourceRequestParams) -> ReadResourceResult:
        return telling.resource_read(str(asked.uri), edition())

    def schema(name: str) -> Json:
        return TOOLS[name].shape(edition()) if name in TOOLS else None

    server = Server[Any](
        "sleep-guidance",
        version=VERSION,
        title="Sleep Guidance",
        instructions=prompts.RULES,
        cache_hints=CACHED,
        get_tool_input_schema=schema,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=telling.list_templates,
        on_read_resource=read_resource,
        on_list_prompts=telling.list_prompts,
        on_get_prompt=telling.get_prompt,
    )
    server.middleware[:] = [word_errors]
    return server


async def word_errors(ctx: Context, call_next: CallNext) -> HandlerResult:
    """Word the errors of the protocol: nothing sent is repeated, and a failure of ours is logged by its place alone.

    Raises:
        MCPError: the call failed.

    """
    try:
        return await call_next(ctx)
    except MCPError as error:
        unknown = error.error.code == METHOD_NOT_FOUND
        raise MCPError(error.error.code, "There is no such method." if unknown else error.error.message) from None
    except ValidationError:
        told = f"The parameters are not those of the method. {EMERGENCY}"
        raise MCPError(INVALID_PARAMS, told) from None
    except Exception as error:  # noqa: BLE001 -- whatever fails becomes one clear answer and one clean line
        log_failure(error)
        raise MCPError(INTERNAL_ERROR, failure_told()) from None


def _response(sent: list[Message]) -> Response:
    """Make a response of what the SDK sent; where it refused without a word, a problem."""
    status = sent[0]["status"]
    body = b"".join(part.get("body", b"") for part in sent[1:])
    if status >= HTTPStatus.BAD_REQUEST and not body:
        return problem(status, MCP_PATH, headers=NO_STORE)
    return Response(body, status, headers=NO_STORE, media_type="application/json")
