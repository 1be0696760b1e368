"""How the tests feed one connection by hand, over a real socket: nothing happens on it but when it is told so."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import uvicorn
import uvloop
from uvicorn.server import ServerState

from api.web.front import Front
from api.web.protocol import Protocol
from tests.face.wire import Wire


class Hand(NamedTuple):
    """A connection, and its other end; nothing happens on it but when it is told so."""

    loop: asyncio.AbstractEventLoop
    protocol: Protocol
    client: socket.socket

    def step(self) -> None:
        """Let the loop go round a few times."""
        for _ in range(5):
            self.loop.run_until_complete(asyncio.sleep(0))

    def feed(self, *parts: bytes) -> None:
        """Let bytes come, part by part."""
        for part in parts:
            self.protocol.data_received(part)

    def rest(self) -> None:
        """Let everything that is under way come to its end."""
        while tasks := self.protocol.tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.step()

    def all_that_came(self) -> Wire:
        """All that the other end can read by now."""
        wire = Wire(0, self.client)
        self.client.settimeout(0)
        try:
            while data := self.client.recv(1 << 20):
                wire.held += data
        except (BlockingIOError, ConnectionError):
            pass
        return wire


def filled(hand: Hand) -> int:
    """Fill the socket until it takes no more; give how many bytes that were."""
    count, descriptor = 0, hand.protocol.wire.get_extra_info("socket").fileno()
    for part in (b" " * 1000, b" "):
        try:
            while True:
                count += os.write(descriptor, part)
        except BlockingIOError:
            pass
    return count


def read_all(hand: Hand, count: int) -> Wire:
    """Read so many bytes of filling and all that stands behind them."""
    wire = Wire(0, hand.client)
    while hand.protocol.tasks or hand.protocol.wire.get_write_buffer_size() or len(wire.held) <= count:
        wire.held += hand.all_that_came().held
        hand.loop.run_until_complete(asyncio.sleep(0.001))
    wire.held = (wire.held + hand.all_that_came().held)[count:]
    return wire


Making = Callable[[Front], Hand]


@contextmanager
def connections() -> Iterator[Making]:
    """Give what makes a connection to a front."""
    loop = uvloop.new_event_loop()
    made: list[Hand] = []

    def make(front: Front) -> Hand:
        config = uvicorn.Config(
            front, http=Protocol, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
        state = ServerState()
        state.default_headers = [(b"date", b"Sun, 22 Nov 2026 12:00:00 GMT")]
        own, client = socket.socketpair()  # it holds just what was written to it, and brings it at once

        def protocol() -> Protocol:
            return Protocol(config, state, {}, loop)

        _, one = loop.run_until_complete(loop.connect_accepted_socket(protocol, own))
        made.append(Hand(loop, one, client))
        return made[-1]

    yield make
    for hand in made:
        hand.client.close()
        hand.protocol.wire.abort()
        hand.rest()
    loop.close()
