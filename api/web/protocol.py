"""Holds the second door to the front: what it gives at once never goes through the app. Parses no HTTP."""

from time import perf_counter
from weakref import ref

from api.web.at_once import Written
from api.web.rendered import Hit
from api.web.watching import WatchedProtocol


class Protocol(WatchedProtocol):
    """One connection. Whatever is unusual about a request goes uvicorn's ordinary way, to the same front."""

    hit: Hit | None = None
    asked = b""
    """The bytes of the last request, where they came whole and alone, and its answer is kept: what stands in `url` and
    `headers` in another form, and for no longer. Who sends the same again is given the same, and nothing is read twice.
    """
    given: ref[Hit] | None = None
    """The answer to the last request, where it is kept; the table alone decides for how long."""
    begun = 0
    """How many requests began in the bytes that came last."""
    awaited = 0
    """The bytes of the body that a request which may be answered at once still has to bring."""
    body: bytes | None = None
    """That body, whole, until it is answered; whatever else happens to the connection waits for that."""

    def data_received(self, data: bytes) -> None:
        """Answer the request that was answered last, byte for byte, as that was; let the parser read all else.

        It has read these bytes before, from the same state, in which no request is under way and nothing of one has
        come: what they are is what they were.
        """
        self.catch_up()
        alone = self.phase == "waiting" and not self.received
        if alone and data == self.asked and not self.leaving and not self.flow.write_paused:
            hit = self.given() if self.given else None
            if hit is not None and hit.library is self.front.serving.library:
                self.since = perf_counter()
                self.give(hit)
                return
        self.asked, self.given, self.begun = b"", None, 0
        super().data_received(data)
        if alone and self.given and self.begun == 1 and self.phase == "waiting":
            self.asked = data

    def on_message_begin(self) -> None:
        """Begin a request; what uvicorn prepares for one is prepared only where it is handed on."""
        self.catch_up()
        self.url, self.headers, self.awaited = b"", [], 0
        self.begun += 1
        self.phase, self.since = "head", perf_counter()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what uvicorn looks for in it is looked for only where the request is handed on."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Look whether the front can answer at once, and hand the request on where it cannot."""
        parser = self.parser
        if (
            (self.cycle is None or self.cycle.response_complete)  # type: ignore[redundant-expr]  # none yet
            and not self.leaving
            and not self.flow.write_paused
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
        ):
            method = parser.get_method()
            if method == b"GET":
                self.hit = self.front.hit(self.url, self.headers)
            elif method == b"POST" and self.front.at_once is not None:
                self.awaited = self.front.at_once.awaits(self.url, self.headers)
        if self.hit is None and not self.awaited:
            self.hand_on()

    def on_body(self, body: bytes) -> None:
        """Take a body that comes whole; one that comes in parts is read on the ordinary way."""
        if self.awaited == len(body) and not self.leaving:
            self.awaited, self.body = 0, body
            return
        if self.awaited:
            self.awaited = 0
            self.hand_on()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Write the answer that is kept, or let the request wait for its turn to be answered at once."""
        if self.hit is not None:
            hit, self.hit = self.hit, None
            self.give(hit)
            self.given = ref(hit)
            self.phase, self.received = "waiting", 0
        elif self.body is not None and self.front.at_once is not None:
            self.phase, self.since, self.received = "waiting", perf_counter(), 0
            self.front.at_once.wait(self, self.loop)
        else:
            super().on_message_complete()

    def give(self, hit: Hit) -> None:
        """Write an answer that is kept."""
        front = self.front
        request_id = front.new_id()
        self.together.write_now(b"".join((hit.head, self.date(), request_id, b"\r\n\r\n")), hit.body, hit.file)
        self.since = front.tell_hit(hit, self.since, request_id, self.headers)

    def take(self, answer: Written | None) -> None:
        """Write the answer to the body, or hand the request on where it is refused."""
        front, at_once, body, self.body = self.front, self.front.at_once, self.body, None
        if answer is None or at_once is None:
            self.hand_on()
            super().on_body(body or b"")
            super().on_message_complete()
            return
        head, data = answer
        request_id = front.new_id()
        self.together.write_now(b"".join((head, self.date(), request_id, b"\r\n\r\n")), data)
        self.since = front.tell("POST", at_once.path, 200, self.since, request_id, self.headers)

    def let_go(self) -> None:
        """End the connection at once, rather than leave somebody waiting for an answer."""
        self.wire.abort()

    def catch_up(self) -> None:
        """Answer the body that waits for its turn, now."""
        if self.body is not None and self.front.at_once is not None:
            self.take(self.front.at_once.answer(self.body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a body whose answer nobody waits for."""
        self.body = None
        super().connection_lost(exc)

    def hand_on(self) -> None:
        """Hand a request on to the app, the ordinary way."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()
