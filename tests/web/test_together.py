"""An answer goes to the socket in one piece, so that a server that is killed never leaves a head without its body."""

import asyncio
import contextlib
import os
import socket
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from api.web.sendable import LARGE, Sendables
from api.web.together import Together
from tests.face.test_server import Server, start, stop


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = start(SLEEP_GUIDANCE_LOG="off")
    yield made
    stop(made)


def pieces(server: Server, sent: bytes, answers: int) -> Counter[bool]:
    """Send a request again and again; count whether what is there first is the whole answer."""
    found: Counter[bool] = Counter()
    address = urlsplit(server.address)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=300) as connection:
        for _ in range(answers):
            connection.sendall(sent)
            head, _, body = connection.recv(1 << 20).partition(b"\r\n\r\n")
            lengths = [line[16:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")]
            length = 0 if sent.startswith(b"HEAD") else int((lengths or [b"0"])[0])
            found[len(body) == length] += 1
            while len(body) < length:
                body += connection.recv(1 << 20)
    return found


def test_head_and_body_are_never_apart(server: Server) -> None:
    body = b'{"present": ["saddle-numbness"]}'
    for sent in (
        b"GET /v1/topics HTTP/1.1\r\nHost: test\r\n\r\n",
        b"HEAD /v1/topics HTTP/1.1\r\nHost: test\r\n\r\n",
        b"OPTIONS /v1/topics HTTP/1.1\r\nHost: test\r\n\r\n",
        b"POST /v1/red-flag-checks HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
    ):
        assert pieces(server, sent, 200) == {True: 200}


def test_many_requests_in_one_piece_are_answered_in_order(server: Server) -> None:
    paths = ["/v1/topics", "/healthz", "/v1/nothing", "/v1/levels"] * 5
    sent = b"".join(b"GET %b HTTP/1.1\r\nHost: test\r\n\r\n" % path.encode() for path in paths[:-1])
    sent += b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    address = urlsplit(server.address)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=300) as connection:
        connection.sendall(sent)
        received = b""
        while part := connection.recv(1 << 20):
            received += part
    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"404", b"200"] * 5


def connected(room: int) -> tuple[socket.socket, socket.socket]:
    """Connect two sockets that take about so many bytes at once; a client far away takes few."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        ours = socket.create_connection(listening.getsockname())
        theirs, _ = listening.accept()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
    for one in (ours, theirs):
        one.setblocking(False)  # noqa: FBT003 -- the standard library's own way
    return ours, theirs


@pytest.mark.parametrize("room", [4096, 65536, 1 << 20])
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("body", [b"a small body", b"a large body" * 1000, os.urandom(5 * LARGE + 1)])
def test_what_a_full_socket_does_not_take_is_left_to_the_transport(body: bytes, room: int, *, full: bool) -> None:
    file = Sendables().of(b"tag", body)
    assert (file is None) == (len(body) <= LARGE)

    async def written() -> tuple[int, bytes]:
        loop = asyncio.get_running_loop()
        ours, theirs = connected(room)
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        together, before = Together(transport, loop, transport.close), 0
        with contextlib.suppress(BlockingIOError):
            while full:
                before += os.write(ours.fileno(), b"x" * 4096)
        together.write_now(b"the head, ", body, file)
        together.close()
        together.write(b"nothing comes behind the end")
        received = b""
        while part := await loop.sock_recv(theirs, 1 << 20):
            received += part
        theirs.close()
        return before, received

    before, received = asyncio.run(written())
    assert received == b"x" * before + b"the head, " + body


def test_what_waits_is_written_before_what_is_written_now() -> None:
    async def written() -> bytes:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)  # noqa: FBT003 -- the standard library's own way
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        together = Together(transport, loop, transport.close)
        together.write(b"first, ")
        together.write_now(b"second, ", b"third")
        together.close()
        with theirs:
            return await loop.sock_recv(theirs, 1 << 20)

    assert asyncio.run(written()) == b"first, second, third"
