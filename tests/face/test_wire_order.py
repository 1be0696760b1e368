"""The protocol where requests meet: trailers, wishes for another protocol, and what stands behind a last answer."""

import io
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from api.web import limits, logs
from api.web.front import Front, request_ids
from api.web.limits import MOST_QUERY
from api.web.rendered import nothing_kept
from api.web.serving import Serving
from tests.face.wire import Served, request, serving, wait_until

Json = Any
Reading = Callable[[], list[Json]]
CHECK = "/v1/red-flag-checks"
KIND = "Content-Type: application/json"
LEVELS = request("GET", "/v1/levels")
BODY = b'{"present": ["numb"]}'
POST = request("POST", CHECK, KIND, "X-Other: y", f"Content-Length: {len(BODY)}") + BODY
"""A check that goes the ordinary way."""
WISH = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
LAST = request("GET", "/v1/levels?q=" + "x" * MOST_QUERY)
"""A request whose answer, a 414, ends the connection."""


@pytest.fixture(scope="module")
def served(small: Library) -> Iterator[Served]:
    with serving(create_app(small, Settings())) as server:
        yield server


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every deadline a second."""
    for phase in limits.LIMITS:
        monkeypatch.setitem(limits.LIMITS, phase, 1.0)
    monkeypatch.setattr(limits, "RECEIVING", 0.8)


@pytest.fixture
def lines(served: Served) -> Iterator[Reading]:
    """Give what reads the log lines so far, when every connection has ended."""
    stream = io.StringIO()
    served.hang_up()
    writer = logs.start(stream)
    stopped: list[Json] = []

    def read() -> list[Json]:
        served.hang_up()
        writer.stop()
        stopped.extend(json.loads(line) for line in stream.getvalue().splitlines())
        return stopped

    yield read
    logs.LOG.handlers = []


@pytest.mark.parametrize("trailer", ["Host: b", "Content-Type: text/plain", "If-None-Match: *", "Authorization: x"])
def test_trailers_are_none_of_the_headers_of_any_request(served: Served, trailer: str) -> None:
    wire = served.wire()
    head = request("POST", CHECK, KIND, "Transfer-Encoding: chunked")
    wire.send((head + b"2\r\n{}\r\n0\r\n" + f"{trailer}\r\nX-Last: y\r\n\r\n".encode()) * 2 + LEVELS)
    assert [wire.answer().status for _ in range(3)] == [200, 200, 200]
    without_type = request("POST", CHECK, "Transfer-Encoding: chunked")
    wire.send(without_type + f"2\r\n{{}}\r\n0\r\n{KIND}\r\n\r\n".encode())
    assert wire.answer().status == 415


def test_a_wish_for_another_protocol_changes_nothing(served: Served) -> None:
    posted = request("POST", CHECK, KIND, *WISH, f"Content-Length: {len(BODY)}") + BODY
    chunked = request("POST", CHECK, KIND, *WISH, "Transfer-Encoding: chunked") + b"15\r\n" + BODY + b"\r\n0\r\n\r\n"
    asked = request("GET", "/v1/levels", *WISH)
    every = [posted, asked, chunked, request("GET", "/nothing", *WISH), LEVELS, POST, request("HEAD", "/nothing")]
    plain = [POST, LEVELS, POST, request("GET", "/nothing"), LEVELS, POST]
    meant = [served.ask(*one.decode().split(" ")[:2]) if one[:1] == b"G" else None for one in plain]
    for size in (1, 7, 150, 10_000):
        wire = served.wire()
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b"".join(every)
        for place in range(0, len(data), size):
            wire.send(data[place : place + size])
        for one in meant:
            answer = wire.answer()
            assert (answer.body == one.body) if one else (b'"say"' in answer.body)
        assert wire.answer("HEAD").status == 404


def test_the_body_of_one_who_wishes_for_another_protocol_is_never_a_request(served: Served) -> None:
    wire = served.wire()
    wire.send(request("POST", CHECK, KIND, *WISH, f"Content-Length: {len(LEVELS)}"))
    wait_until(lambda: "body" in served.phases())
    wire.send(LEVELS + POST)
    assert wire.answer().status == 400
    assert b'"say"' in wire.answer().body


def test_connect_is_refused_whatever_it_wishes_for(served: Served) -> None:
    for target in ("example.org:443", "a:1", "a", "*", "/v1/levels"):
        wire = served.wire()
        wire.send(request("CONNECT", target, *WISH) + LEVELS)
        assert wire.answer().status == 501
        assert wire.ended()


def test_connect_behind_other_requests_is_refused_behind_their_answers(served: Served) -> None:
    assert served.ask("GET", "/v1/levels").status == 200, "from now on it is kept"
    wire = served.wire()
    wire.send(LEVELS + LEVELS + request("CONNECT", "/v1/levels") + LEVELS)
    assert [wire.answer().status for _ in range(3)] == [200, 200, 501]
    assert wire.ended()
    wire = served.wire()
    wire.send(LEVELS + POST + request("CONNECT", "/v1/levels") + LEVELS)
    assert [wire.answer().status for _ in range(2)] == [200, 200]
    assert wire.ended(), "it could be taken for the answer to another"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("half", [b"GET / HTTP/1.1\r\nHost: a\r\n", POST[:-2], b""])
def test_nothing_is_asked_of_what_stands_behind_the_last_answer(
    served: Served, half: bytes, lines: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    for between in (b"", POST, LEVELS):
        wire = served.wire()
        wire.send(LAST + between + half)
        assert wire.answer().status == 414
        assert wire.ended()
        wire.socket.close()
    served.wait_until_alone()
    assert [line["status"] for line in lines()] == [414] * 3
    assert not caplog.records


@pytest.mark.parametrize("broken", [b"zz\r\n", b"2\r\n{}\r\nzz\r\n"])
@pytest.mark.parametrize("head", [(), ("Expect: 100-continue",)])
def test_a_body_that_breaks_is_answered_once_and_told_once(
    served: Served, lines: Reading, head: tuple[str, ...], broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    wire = served.wire()
    wire.send(request("POST", CHECK, KIND, "Transfer-Encoding: chunked", *head) + broken)
    answer = wire.answer()
    assert answer.status == 400
    assert wire.ended()
    wire.socket.close()
    served.wait_until_alone()
    assert [(line["status"], line["request_id"]) for line in lines()] == [(400, answer.headers["x-request-id"])]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("broken", [b"zz\r\n", b"2\r\n{}\r\nzz\r\n"])
def test_a_body_that_breaks_behind_a_request_under_way_is_answered_in_its_turn_and_not_waited_for(
    served: Served, lines: Reading, broken: bytes
) -> None:
    wire = served.wire()
    wire.send(POST + request("POST", CHECK, KIND, "Transfer-Encoding: chunked") + broken + LEVELS)
    answers = [wire.answer() for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 400]
    assert json.loads(answers[1].body)["emergency"]
    assert wire.ended()
    assert [line["status"] for line in lines()] == [200, 400]


def test_who_ends_within_a_body_is_given_the_answers_to_what_was_whole(served: Served) -> None:
    wire = served.wire()
    wire.send(POST + request("HEAD", "/nothing") + POST[:-2])
    wire.socket.shutdown(socket.SHUT_WR)
    assert [wire.answer(method).status for method in ("POST", "HEAD")] == [200, 404]
    if wire.held or wire.socket.recv(1, socket.MSG_PEEK):  # the end came while the others were under way
        assert wire.answer().status == 400
    assert wire.ended()


@pytest.mark.usefixtures("hasty")
def test_an_app_that_dies_within_an_answer_holds_no_connection(small: Library) -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"do", "more_body": True})
        raise ValueError(receive)

    with serving(Front(app, request_ids().__next__, Serving(small), nothing_kept)) as server:
        wire = server.wire()
        wire.send(request("GET", "/") + b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert wire.socket.recv(1000)
        server.wait_until_alone()


def test_a_client_that_takes_every_one_of_its_answers_slowly_is_waited_for(
    small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for phase in limits.LIMITS:
        monkeypatch.setitem(limits.LIMITS, phase, 1.0)
    size = 8_000_000

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]}
        await send(start)
        await send({"type": "http.response.body", "body": b"x" * size})

    with serving(Front(app, request_ids().__next__, Serving(small), nothing_kept)) as server:
        wire = server.wire()
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        wire.send(request("HEAD", "/"))
        wire.answer("HEAD")
        for connection in server.server.server_state.connections:
            own: socket.socket = connection.wire.get_extra_info("socket")  # type: ignore[union-attr]  # ours
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        for _ in range(2):
            wire.send(request("GET", "/"))
            while len(wire.held) < size and (data := wire.socket.recv(65_536)):
                wire.held += data
                time.sleep(0.02)
            assert len(wire.answer().body) == size


def test_no_more_requests_wait_on_one_connection_than_are_allowed(served: Served) -> None:
    wire = served.wire()
    wire.send(POST * (limits.MOST_AHEAD * 3))
    answers = [wire.answer() for _ in range(limits.MOST_AHEAD + 1)]
    assert {(answer.status, b'"say"' in answer.body) for answer in answers} == {(200, True)}
    assert [answer.headers.get("connection") for answer in answers] == [None] * limits.MOST_AHEAD + ["close"]
    assert wire.ended()


def test_a_stop_does_not_wait_for_a_client_whose_body_nobody_asked_for(served: Served) -> None:
    wire = served.wire()
    wire.send(request("GET", "/v1/levels", "Content-Length: 5"))
    assert wire.answer().status == 200
    wire.send(b"hello")
    wait_until(lambda: set(served.phases()) == {"waiting"})
