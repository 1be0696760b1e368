"""Holds the measure of all: a bare uvicorn application that gives one recorded answer. `PORT FILE`."""

import json
import sys
from base64 import b64decode
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


def application(recorded: Path) -> ASGIApp:
    """Make an application that gives a recorded answer; where it was one to a POST, after reading the whole body."""
    answer = json.loads(recorded.read_text())
    status, body = answer["status"], b64decode(answer["body"])
    headers = [(name.encode(), value.encode()) for name, value in answer["headers"]]

    async def give(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def read_and_give(_scope: Scope, receive: Receive, send: Send) -> None:
        read = b""
        more = True
        while more:
            message = await receive()
            read += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return read_and_give if answer["method"] == "POST" else give


if __name__ == "__main__":
    uvicorn.run(
        application(Path(sys.argv[2])),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
