"""A small real HTTP server that offers files, tells what was asked of it, and does wrong where it is told to."""

import hashlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

Files = Mapping[str, bytes]


class Asked(NamedTuple):
    """One request that came."""

    name: str
    headers: Mapping[str, str]


class Upstream:
    """What a server offers, and what was asked of it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: Files = {}
        self.faults: dict[str, Fault] = {}
        """What to do instead of answering, by the name of a file; under "" for every file."""
        self.asked: list[Asked] = []

    def names(self) -> list[str]:
        """What was asked for since the last time this was asked."""
        names = [one.name for one in self.asked]
        self.asked.clear()
        return names


class Handler(BaseHTTPRequestHandler):
    """Answers from what its server offers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body leave in one piece, or the other side waits for an acknowledgement between them."""
    upstream: Upstream

    def do_GET(self) -> None:
        name = self.path.removeprefix("/releases/")
        upstream = self.upstream
        upstream.asked.append(Asked(name, dict(self.headers)))
        fault = upstream.faults.get(name, upstream.faults.get(""))
        try:
            if fault is not None:
                fault(self)
            else:
                self.answer(upstream.files.get(name))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, data: bytes | None) -> None:
        """Answer as a good static host does."""
        if data is None:
            self.send(404, b"nothing here")
            return
        tag = f'"{hashlib.sha256(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            self.send(304, b"", ETag=tag)
            return
        part = self.headers.get("Range", "")
        if part and self.headers.get("If-Range") == tag:
            start = int(part.removeprefix("bytes=").removesuffix("-"))
            where = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.send(206, data[start:], **{"ETag": tag, "Content-Range": where})
            return
        self.send(200, data, ETag=tag)

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """End the connection here and now."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name that http.server gives it
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """Says nothing of a client that hangs up."""

    daemon_threads = True

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


Fault = Callable[[Handler], None]


@contextmanager
def upstream_of(files: Files) -> Iterator[Upstream]:
    """Offer files under `/releases/` on this machine."""
    made: list[Upstream] = []

    class Own(Handler):
        pass

    server = Quiet(("127.0.0.1", 0), Own)
    made.append(Upstream(f"http://127.0.0.1:{server.server_address[1]}/releases/"))
    Own.upstream = made[0]
    made[0].files = files
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
