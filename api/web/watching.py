"""Holds uvicorn's protocol with deadlines, limits and refusals of its own. Parses no HTTP and answers no request."""

import re
import time
from asyncio import TimerHandle, Transport
from typing import Final, Literal

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.web.front import Front, with_always
from api.web.limits import MOST_HEAD, RECEIVING
from api.web.problems import problem

IDLE: Final = 5.0
"""Seconds that a connection may be open without a request."""
LEAVING: Final = 0.5
"""Seconds that an idle connection is given, when the server stops, for a request that is on its way."""
LINGERING: Final = 1.0
"""Seconds for which what a client still sends is let go, so that it reads the answer that ended its connection."""
STALLED: Final = 10.0
"""Seconds after which a client that takes nothing of its answer is let go."""
MOST_RECEIVED: Final = 256 * 1024
"""The most bytes of one request that are taken, if only to be let go."""
_METHOD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")


class Unhurried:
    """A transport as answers see it: one that closes only when the client was let finish what it sends."""

    def __init__(self, transport: Transport, protocol: "WatchedProtocol") -> None:
        """Stand before a transport."""
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = protocol.end


class WatchedProtocol(HttpToolsProtocol):
    """One connection that can neither be held open for nothing nor sent more than a request may be."""

    front: Front
    phase: Literal["waiting", "head", "body", "over"] = "waiting"
    leaving = False
    received = 0
    left = float("inf")

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to watch the connection."""
        super().connection_made(transport)
        self.front = self.app  # `serve` gives no other app
        self.wire = transport
        self.transport = Unhurried(transport, self)  # type: ignore[assignment]  # all that uvicorn uses of one
        self.url, self.headers, self.started = b"", [], time.perf_counter()
        self.until = self.loop.time() + IDLE
        self.watch: TimerHandle = self.loop.call_at(self.until, self.look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the watch."""
        self.watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse what it cannot read and what is too much."""
        self._unset_keepalive_if_required()
        self.received += len(data)
        if self.received > MOST_RECEIVED:
            self.wire.abort()
        elif self.phase != "over":
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade:
                pass  # the request was handed on as any other: there is no protocol to change to
            except httptools.HttpParserInvalidMethodError:
                self.refuse(501 if _METHOD.match(data) else 400)
            except httptools.HttpParserError:
                self.refuse(400)
            if self.phase == "head" and self.received > MOST_HEAD:
                self.refuse(431 if self.headers else 414)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # uvicorn keeps no half-closed connection
        """Let an answer that is under way reach a client that has sent all it had to."""
        if not self.busy() or self.phase == "body":
            return None
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.begin()

    def begin(self) -> None:
        """Give the head of a request its time."""
        self.phase = "head"
        self.started = time.perf_counter()
        self.until = self.loop.time() + RECEIVING

    def on_headers_complete(self) -> None:
        """Hand the request on, and give its body its time: to the app first, which can answer."""
        self.phase = "body"
        self.until = self.loop.time() + RECEIVING + LINGERING
        super().on_headers_complete()
        self.cycle.keep_alive = self.cycle.keep_alive and not self.leaving

    def on_message_complete(self) -> None:
        """End a request."""
        self.phase, self.received = "waiting", 0
        self.until = self.loop.time() + STALLED
        super().on_message_complete()

    def busy(self) -> bool:
        """Tell whether a request that was handed on waits for its answer."""
        return self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]  # none yet

    def shutdown(self) -> None:
        """Let every request that is under way, and one that is on its way, be answered as the last."""
        self.leaving = True
        if self.busy():
            self.cycle.keep_alive = False
        elif self.phase == "waiting":
            self.soon(LEAVING)

    def soon(self, seconds: float) -> None:
        """Look at the connection again after some seconds and not later."""
        self.watch.cancel()
        self.until = self.loop.time() + seconds
        self.watch = self.loop.call_at(self.until, self.look)

    def look(self) -> None:
        """Look whether the client has kept us waiting for too long, and end it."""
        now = self.loop.time()
        left = self.wire.get_write_buffer_size()
        if left and left < self.left:
            self.left, self.until = left, now + STALLED
        elif now >= self.until:
            if self.phase == "head":
                self.refuse(408)
                return
            if left or self.phase == "body" or not self.busy():
                self.wire.abort() if left or self.phase != "waiting" else self.wire.close()
                return
            self.until = now + STALLED
        self.watch = self.loop.call_at(self.until, self.look)

    def refuse(self, status: int) -> None:
        """Answer what cannot be handed on with a problem, and end the connection.

        Nothing is answered where that could be taken for the answer to another request: then the connection only ends.
        """
        handed_on, busy = self.phase == "body", self.busy()
        self.phase = "over"
        self.soon(LINGERING)
        if busy:
            self.cycle.keep_alive = False
        if handed_on and busy and not self.pipeline and not self.cycle.response_started:
            self.cycle.disconnected = True  # what is said of it is said here
            self.cycle.message_event.set()
        elif handed_on or busy:
            return
        made = problem(status, self.url.partition(b"?")[0].decode("latin-1"))
        request_id = self.front.new_id()
        headers = with_always([*made.raw_headers, (b"connection", b"close")])
        self.wire.write(self.head(status, b"".join(b"%b: %b\r\n" % one for one in headers), request_id))
        self.wire.write(bytes(made.body))
        self.wire.write_eof()
        self.front.tell("OTHER", "none", status, self.started, request_id)

    def head(self, status: int, headers: bytes, request_id: str) -> bytes:
        """Give the head of an answer as it is written."""
        dated = b"".join(b"%b: %b\r\n" % one for one in self.server_state.default_headers)
        return b"".join((STATUS_LINE[status], dated, headers, b"x-request-id: ", request_id.encode(), b"\r\n\r\n"))

    def end(self) -> None:
        """Close the connection as soon as the client has stopped sending, or has been let send for long enough."""
        if self.phase == "waiting" or self.wire.is_closing():
            self.wire.close()
        else:
            self.phase = "over"
            self.wire.write_eof()
            self.soon(LINGERING)
