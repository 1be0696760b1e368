"""Holds uvicorn's protocol with deadlines, limits and refusals of its own. Parses no HTTP and answers no request."""

import re
from asyncio import TimerHandle, Transport
from time import perf_counter
from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.web.front import Front, with_always
from api.web.limits import LIMITS, MOST_AHEAD, MOST_HEAD, MOST_RECEIVED, Phase
from api.web.problems import problem
from api.web.together import Together

_METHOD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")


class WatchedProtocol(HttpToolsProtocol):
    """One connection that can neither be held open for nothing nor sent more than a request may be."""

    front: Front
    phase: Phase = "waiting"
    leaving = False
    heard_all = False
    """Whether the client has said that it sends no more."""
    received = 0
    left = 0
    dated: tuple[object, bytes] = (None, b"")

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to watch the connection."""
        super().connection_made(transport)
        self.front = self.app  # `serve` gives no other app
        self.wire = transport
        self.together = Together(transport, self.loop, self.end)
        self.transport = self.together  # type: ignore[assignment]  # all that uvicorn uses of one
        self.url, self.headers, self.since = b"", [], perf_counter()
        self.watch: TimerHandle = self.loop.call_later(LIMITS["waiting"], self.look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the watch."""
        self.watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse what it cannot read and what is too much."""
        self.received += len(data)
        if self.received > MOST_RECEIVED and self.phase == "body":
            self.refuse(413)
            self.received = 0
        elif self.received > MOST_RECEIVED:
            self.wire.abort()
        elif self.phase != "over":
            try:
                self.read(data)
            except httptools.HttpParserInvalidMethodError:
                self.refuse(501 if _METHOD.match(data) else 400)
            except httptools.HttpParserError as error:
                self.refuse(501 if isinstance(error.__context__, NotImplementedError) else 400)
            if self.phase == "head" and self.received > MOST_HEAD:
                self.refuse(431 if self.headers else 414)

    def read(self, data: bytes) -> None:
        """Feed the parser. A client that wishes for another protocol is answered as if it had not.

        The parser would take all that stands behind such a head, its body, too, for the other protocol. A new one is
        given the head without the wish.

        Raises:
            httptools.HttpParserError: this is no HTTP.

        """
        rest = memoryview(data)
        while rest:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as found:
                rest = rest[found.args[0] :]
                first = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
                lines = [b"%b: %b" % one for one in self.headers if one[0] != b"upgrade"]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(b"\r\n".join((first, *lines, b"", b"")))
            else:
                return

    def eof_received(self) -> bool | None:  # type: ignore[override]  # uvicorn keeps no half-closed connection
        """Let an answer that is under way reach a client that has sent all it had to.

        Where it ended within a body, those before that one are answered still.
        """
        self.heard_all = True
        self.catch_up()
        if not self.busy() or (self.phase == "body" and not self.pipeline):
            return None
        if self.phase == "body":
            self.refuse_in_turn(400)
            self.phase, self.since = "answer", perf_counter()
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.phase, self.since = "head", perf_counter()

    def on_headers_complete(self) -> None:
        """Hand the request on; trailers that come behind its body are none of its headers.

        What is thrown here the parser takes for the end of what it can read.

        Raises:
            BufferError: too many wait already.
            NotImplementedError: the body has a transfer coding besides the chunks, which nobody here undoes; or a
                tunnel is asked for, behind whose head the parser reads no more.

        """
        if self.parser.get_method() == b"CONNECT":
            raise NotImplementedError
        if self.parser.should_upgrade():  # it is read again, without the wish
            return
        if len(self.pipeline) >= MOST_AHEAD:
            raise BufferError
        super().on_headers_complete()
        self.headers = [*self.headers]
        self.phase, self.since = "body", perf_counter()
        self.cycle.keep_alive = self.cycle.keep_alive and not self.leaving
        codings = b",".join(value for name, value in self.headers if name == b"transfer-encoding")
        if codings.lower().endswith(b"chunked") and b"," in codings:
            raise NotImplementedError

    def on_message_complete(self) -> None:
        """End a request."""
        if not self.parser.should_upgrade():
            super().on_message_complete()
            self.phase, self.since, self.received = "answer" if self.busy() else "waiting", perf_counter(), 0

    def on_response_complete(self) -> None:
        """Go on to the next request, as uvicorn does, but without a timer for each."""
        self.server_state.total_requests += 1
        self.together.flush()
        if not self.together.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())
            elif self.phase == "answer":
                self.phase, self.since = "waiting", perf_counter()

    def catch_up(self) -> None:
        """Give what is still to be given before anything else; here that is nothing."""

    def busy(self) -> bool:
        """Tell whether a request that was handed on waits for its answer."""
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete and not cycle.disconnected  # type: ignore[redundant-expr]  # none yet

    def shutdown(self) -> None:
        """Let every request that is under way, and one that is on its way, be answered as the last."""
        self.leaving = True
        self.catch_up()
        if self.busy():
            self.cycle.keep_alive = False
        elif self.phase == "waiting":
            self.come_to("leaving")

    def come_to(self, phase: Phase) -> None:
        """Change the phase, and look whether it has lasted as soon as it may have."""
        self.phase, self.since = phase, perf_counter()
        self.watch.cancel()
        self.watch = self.loop.call_later(LIMITS[phase], self.look)

    def look(self) -> None:
        """Look whether the client has kept us waiting for too long, and end it."""
        left, wait = self.wire.get_write_buffer_size(), self.since + LIMITS[self.phase] - perf_counter()
        taken, self.left = left != self.left, left
        if taken:
            wait = LIMITS["answer" if left else self.phase]
        elif wait <= 0 and self.phase == "head":
            self.refuse(408)
            return
        elif wait <= 0 and self.phase in {"answer", "over"} and self.busy() and not left:
            wait = LIMITS["answer"]
        elif wait <= 0:
            self.wire.abort()
            return
        self.watch = self.loop.call_later(wait, self.look)

    def refuse(self, status: int) -> None:
        """Answer what cannot be handed on with a problem, and end the connection.

        Nothing is answered where that could be taken for the answer to another request: then the connection only ends.
        """
        self.catch_up()
        handed_on, busy, began = self.phase == "body", self.busy(), self.since
        self.come_to("over")
        if busy:
            self.cycle.keep_alive = False
        if handed_on and busy and not self.pipeline and not self.cycle.response_started:
            self.cycle.disconnected = True  # what is said of it is said here, once
            self.cycle.scope["answered"] = True  # type: ignore[typeddict-unknown-key]  # for the front alone
            self.cycle.message_event.set()
        elif handed_on or busy:
            if handed_on and self.pipeline:
                self.refuse_in_turn(status)
            return
        made = problem(status, self.url.partition(b"?")[0].decode("latin-1"))
        request_id = self.front.new_id()
        headers = with_always([*made.raw_headers, (b"connection", b"close")])
        lines = (b"%b: %b\r\n" % one for one in headers)
        self.together.write(b"".join((STATUS_LINE[status], *lines, self.date(), request_id, b"\r\n\r\n", made.body)))
        self.together.write_eof()
        self.front.tell("OTHER", "none", status, began, request_id, self.headers)

    def refuse_in_turn(self, status: int) -> None:
        """Let the last request be answered with a problem when those before it are answered."""
        self.cycle.scope["refused"] = problem(status, self.cycle.scope["path"])  # type: ignore[typeddict-unknown-key]  # for the front alone

    def date(self) -> bytes:
        """Give the header that tells the time, as the server keeps it, and the name of the one that is written last."""
        headers = self.server_state.default_headers
        if headers is not self.dated[0]:
            lines = b"".join(b"%b: %b\r\n" % one for one in headers)
            WatchedProtocol.dated = (headers, lines + b"x-request-id: ")
        return self.dated[1]

    def end(self) -> None:
        """Close the connection as soon as the client has stopped sending, or has been let send for long enough.

        What it sent behind the request whose answer is the last is answered no more.
        """
        self.pipeline.clear()
        if self.busy():
            self.cycle.disconnected = True
        if self.heard_all or self.together.is_closing():
            self.wire.close()
        else:
            self.come_to("over")
            self.together.write_eof()
