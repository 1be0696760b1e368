"""Holds the measure of all: a bare uvicorn application that gives one recorded answer. `PORT FILE`."""

import json
import sys
from base64 import b64decode

import uvicorn


def main(port: int, file: str) -> None:
    with open(file) as recorded:  # noqa: PTH123
        answer = json.load(recorded)
    status = answer["status"]
    headers = [(name.encode(), value.encode()) for name, value in answer["headers"]]
    body = b64decode(answer["body"])

    async def give(scope, receive, send):  # noqa: ANN001, ANN202
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def read_and_give(scope, receive, send):  # noqa: ANN001, ANN202
        read = b""
        more = True
        while more:
            message = await receive()
            read += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(
        read_and_give if answer["method"] == "POST" else give,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
    uvicorn.Server(config).run()


main(int(sys.argv[1]), sys.argv[2])
