"""How the tests speak to the server itself: uvicorn with our protocol in a thread, bytes over real sockets."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import uvicorn

from api.web.front import Front
from api.web.protocol import Protocol

PATIENCE = 60.0
"""Seconds after which a test gives up waiting for what must come; a busy machine is no failure."""


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what must come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "what must come does not"
        time.sleep(0.005)


@contextmanager
def signalled(how: signal.Signals, holds: Callable[[], bool]) -> Iterator[None]:
    """Send this process a signal as soon as something holds; never behind the block, where nobody waits for it."""
    over = threading.Event()

    def send() -> None:
        try:
            wait_until(lambda: over.is_set() or holds())
        finally:
            if not over.is_set():
                os.kill(os.getpid(), how)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Answer(NamedTuple):
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """A connection to a server, in bytes."""

    def __init__(self, port: int, made: socket.socket | None = None) -> None:
        self.socket = made or socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.held = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ended(self) -> bool:
        """Whether the server closes the connection and says nothing more."""
        try:
            return self.held + self.socket.recv(4096) == b""
        except ConnectionResetError:
            return True

    def sends_at_most(self, count: int, part: bytes) -> bool:
        """Whether the server ends the connection before so many bytes were sent, part by part."""
        try:
            for _ in range(count // len(part)):
                self.socket.sendall(part)
        except OSError:
            return True
        return False

    def answer(self, method: str = "GET") -> Answer:
        """Read one answer; the rest is held for the next."""
        while b"\r\n\r\n" not in self.held:
            self._more()
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers: dict[str, str] = {}
        for line in lines:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, "a header stands twice"
            headers[name.lower()] = value
        length = 0 if method == "HEAD" or status in {204, 304} else int(headers["content-length"])
        while len(self.held) < length:
            self._more()
        body, self.held = self.held[:length], self.held[length:]
        return Answer(status, headers, body)

    def _more(self) -> None:
        data = self.socket.recv(65536)
        assert data, f"the connection ended behind {self.held[:200]!r}"
        self.held += data


class Served(NamedTuple):
    """A server that runs, and its port."""

    server: uvicorn.Server
    port: int
    wires: list[Wire]

    def wire(self) -> Wire:
        """Open a connection; it is closed at the end."""
        self.wires.append(Wire(self.port))
        return self.wires[-1]

    def phases(self) -> list[str]:
        """What the server waits for, connection by connection."""
        return sorted(one.phase for one in list(self.server.server_state.connections))  # type: ignore[union-attr]  # ours

    def stop(self) -> None:
        """Tell the server to stop, and wait until every connection knows."""
        self.server.should_exit = True
        held = list(self.server.server_state.connections)
        wait_until(lambda: all(one.leaving for one in held))  # type: ignore[union-attr]  # ours

    def wait_until_alone(self) -> None:
        """Wait until the server has let go of every connection, and has told of every answer."""
        state = self.server.server_state
        wait_until(lambda: not state.connections and not state.tasks)

    def hang_up(self) -> None:
        """Close every connection, so that nothing more is told of any."""
        for wire in self.wires:
            wire.socket.close()
        self.wait_until_alone()

    def ask(self, method: str, target: str, *headers: str, body: bytes = b"") -> Answer:
        """Send one request on a connection of its own and give the answer."""
        wire = self.wire()
        wire.send(request(method, target, *headers) + body)
        return wire.answer(method)


def request(method: str, target: str, *headers: str) -> bytes:
    """The head of a request."""
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: test", *headers, "", ""]).encode("latin-1")


@contextmanager
def serving(app: Front) -> Iterator[Served]:
    """Serve an app as `serve` does, in a thread, until the block ends."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    wait_until(lambda: server.started)
    served = Served(server, listening.getsockname()[1], [])
    try:
        yield served
    finally:
        for wire in served.wires:
            wire.socket.close()
        server.should_exit = True
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive(), "the server does not end"
