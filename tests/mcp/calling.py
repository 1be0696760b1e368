"""How the tests call /mcp: with the official client over a real server, or one raw message in the process."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import httpx
import uvicorn
from mcp import Client
from mcp_types import CallToolResult, TextContent
from starlette.types import ASGIApp

from tests.face.calling import call

Json = Any
Result = TypeVar("Result")
GENERATIONS: Final = ("2026-07-28", "legacy")
"""How the official client is made to speak: the stateless revision, and the older ones that begin with `initialize`."""
NOTHING: Final[Json] = {
    "present": [], "absent": [], "unsure": [], "measurements": [],
    "topic": "every_topic", "region": "unknown", "language": "en",
}  # fmt: skip
"""The arguments of a check of nothing."""
OVER_HTTP: Final = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an app over a real socket, from a thread, and give the address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def talk(address: str, mode: str, tell: Callable[[Client], Awaitable[Result]]) -> Result:
    """Connect the official client and do something with it."""

    async def connected() -> Result:
        async with Client(f"{address}/mcp", mode=mode) as client:
            return await tell(client)

    return asyncio.run(connected())


def call_tool(address: str, mode: str, name: str, arguments: Json) -> CallToolResult:
    """Call a tool with the official client, which holds the result to the tool's output schema."""

    async def tell(client: Client) -> CallToolResult:
        return await client.call_tool(name, arguments)

    return talk(address, mode, tell)


def texts(result: CallToolResult) -> list[str]:
    """Give the texts of a result."""
    return [part.text for part in result.content if isinstance(part, TextContent)]


def post(app: ASGIApp, content: bytes | Json, **headers: str) -> httpx.Response:
    """Send bytes, or a message, to /mcp in the process."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return call(app, "POST", "/mcp", content=body, headers={**OVER_HTTP, "Host": "localhost", **named})


def message(method: str, **params: Json) -> Json:
    """Give a message of the older generation."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def tool_message(name: str, arguments: Json) -> Json:
    """Give a call of a tool in the older generation."""
    return message("tools/call", name=name, arguments=arguments)


def modern(method: str, **params: Json) -> tuple[Json, dict[str, str]]:
    """Give a message of the current revision and the headers that go with it."""
    about = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    headers = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": method}
    if "name" in params:
        headers["Mcp_Name"] = params["name"]
    return message(method, **params, _meta=about), headers


def refused(app: ASGIApp, name: str, arguments: Json) -> str:
    """Call a tool in the process and give the words with which it refused."""
    answer = post(app, tool_message(name, arguments)).json()["result"]
    assert answer["isError"] is True
    assert "structuredContent" not in answer
    (told,) = [part["text"] for part in answer["content"]]
    return str(told)
