"""What a server can do wrong while it answers: each a fault for an upstream to be told."""

import gzip
import time
from collections.abc import Callable

from tests.mirror.upstreams import Handler


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def endless_head(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        handler.wfile.flush()


def drip(handler: Handler) -> None:
    """A byte now and then, never so late that the other side thinks nothing comes any more."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_head(handler: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 9:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def silent(handler: Handler) -> None:
    time.sleep(0.6)
    handler.hang_up()


def bomb(handler: Handler) -> None:
    handler.send(200, gzip.compress(b" " * 10_000_000), **{"Content-Encoding": "gzip"})


def coded(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, gzip.compress(data), **{"Content-Encoding": "gzip"})


def cut(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data[: len(data) // 2], **{"Content-Length": str(len(data))})
    handler.hang_up()


def cut_unsaid(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data[: len(data) // 2])


def swollen(handler: Handler) -> None:
    data = handler.upstream.files[handler.path.removeprefix("/releases/")]
    handler.send(200, data + b" " * 100)


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(code, b"no", **headers)


def no_http(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
    handler.hang_up()


def body(data: bytes) -> Callable[[Handler], None]:
    return lambda handler: handler.send(200, data)
