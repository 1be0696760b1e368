"""Holds the second door to the table: kept answers, written from inside the parser's callbacks. Parses no HTTP."""

import os
from asyncio import Transport
from time import perf_counter

from api.web.rendered import Hit
from api.web.watching import WatchedProtocol


class Protocol(WatchedProtocol):
    """One connection. Whatever is unusual about a request goes uvicorn's ordinary way, to the same front."""

    hit: Hit | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Keep the number of the socket, to write to it without the copies that a transport makes."""
        super().connection_made(transport)
        self.descriptor: int = transport.get_extra_info("socket").fileno()

    def on_message_begin(self) -> None:
        """Begin a request; what uvicorn prepares for one is prepared only where it is handed on."""
        self.url, self.headers = b"", []
        self.phase, self.since = "head", perf_counter()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what uvicorn looks for in it is looked for only where the request is handed on."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Look for a kept answer, and hand the request on where there is none."""
        parser = self.parser
        if (
            parser.get_method() == b"GET"
            and (self.cycle is None or self.cycle.response_complete)  # type: ignore[redundant-expr]  # none yet
            and not self.leaving
            and not self.flow.write_paused
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
        ):
            self.hit = self.front.hit(self.url, self.headers)
        if self.hit is None:
            url, headers = self.url, self.headers
            super().on_message_begin()
            self.url = url
            for name, value in headers:
                super().on_header(name, value)
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Write the kept answer."""
        if self.hit is None:
            super().on_message_complete()
            return
        hit, self.hit = self.hit, None
        request_id = self.front.new_id()
        self.put(b"".join((hit.head, self.date(), request_id, b"\r\n\r\n")), hit.body)
        self.since = self.front.tell_hit(hit, self.since, request_id, self.headers)
        self.phase, self.received = "waiting", 0

    def put(self, head: bytes, body: bytes) -> None:
        """Write to the socket at once; what it does not take, or what must wait, is the transport's."""
        self.together.flush()
        sent = 0
        if not self.wire.get_write_buffer_size() and not self.wire.is_closing():
            try:
                sent = os.writev(self.descriptor, (head, body)) if body else os.write(self.descriptor, head)
            except OSError:
                sent = 0  # it is full or gone: the transport sees to either
        if sent < len(head) + len(body):
            for part in (head, body):
                self.wire.write(memoryview(part)[min(sent, len(part)) :])
                sent = max(0, sent - len(part))
