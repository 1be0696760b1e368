"""Holds the second door to the table: kept answers, written from inside the parser's callbacks. Parses no HTTP."""

import os
from asyncio import Transport

from api.web.rendered import Hit
from api.web.watching import IDLE, WatchedProtocol


class Protocol(WatchedProtocol):
    """One connection. Whatever is unusual about a request goes uvicorn's ordinary way, to the same front."""

    hit: Hit | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Keep the number of the socket, to write to it without the copies that a transport makes."""
        super().connection_made(transport)
        self.descriptor: int = transport.get_extra_info("socket").fileno()

    def on_message_begin(self) -> None:
        """Begin a request; what uvicorn prepares for one is prepared only where it is handed on."""
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self.begin()

    def on_headers_complete(self) -> None:
        """Look for a kept answer, and hand the request on where there is none."""
        parser, table = self.parser, self.front.table
        if (
            table is not None
            and parser.get_method() == b"GET"
            and not self.busy()
            and not self.leaving
            and not self.flow.write_paused
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
        ):
            self.hit = table.hit(self.url, self.headers)
        if self.hit is None:
            url, headers, expected = self.url, self.headers, self.expect_100_continue
            super().on_message_begin()
            self.url, self.expect_100_continue = url, expected
            self.headers.extend(headers)
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Write the kept answer."""
        if self.hit is None:
            super().on_message_complete()
            return
        hit, self.hit = self.hit, None
        self.phase, self.received = "waiting", 0
        self.until = self.loop.time() + IDLE
        request_id = self.front.new_id()
        self.put(self.head(hit.status, hit.head, request_id), hit.body)
        self.server_state.total_requests += 1
        self.front.tell("GET", hit.route, hit.status, self.started, request_id)

    def put(self, head: bytes, body: bytes) -> None:
        """Write to the socket at once; what it does not take, or what must wait, is the transport's."""
        sent = 0
        if not self.wire.get_write_buffer_size() and not self.wire.is_closing():
            try:
                sent = os.writev(self.descriptor, (head, body))
            except OSError:
                sent = 0  # it is full or gone: the transport sees to either
        if sent < len(head):
            self.wire.write(head[sent:])
            sent = len(head)
        if sent < len(head) + len(body):
            self.wire.write(memoryview(body)[sent - len(head) :])
