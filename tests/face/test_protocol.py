"""The protocol at the wire: whatever bytes come, in whatever pieces, the answers are clear, in order and whole."""

import asyncio
import io
import json
import random
import socket
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from starlette.types import Receive, Scope, Send

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from api.web import limits, logs, rendered
from api.web.front import Front, request_ids
from api.web.limits import MOST_HEAD, MOST_OF_ANY
from api.web.protocol import Protocol
from api.web.rendered import nothing_kept
from api.web.serving import Serving
from tests.face.wire import Answer, Served, Wire, request, serving, wait_until

Json = Any
CHECK = "/v1/red-flag-checks"
KIND = "Content-Type: application/json"
LEVELS = request("GET", "/v1/levels")
BODY = b'{"present": ["numb"]}'
POST = request("POST", CHECK, KIND, f"Content-Length: {len(BODY)}") + BODY
SLOW = request("POST", CHECK, KIND, f"Content-Length: {len(BODY)}", "X-Other: y") + BODY
"""A check that goes the ordinary way: it has a header that nobody knows."""


@pytest.fixture(scope="module")
def served(small: Library) -> Iterator[Served]:
    with serving(create_app(small, Settings())) as server:
        yield server


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every deadline about a second: long beside what a busy machine takes for a step, short beside what is waited."""
    for phase in limits.LIMITS:
        monkeypatch.setitem(limits.LIMITS, phase, 1.8 if phase == "body" else 1.0)
    monkeypatch.setattr(limits, "RECEIVING", 0.8)


def problem(answer: Answer, status: int) -> Json:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.headers["x-request-id"]) == 32
    assert "date" in answer.headers
    return json.loads(answer.body)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x00\x01\x02\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\xff\x00 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400),
        (b"GET example HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"CONNECT /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"CONNECT * HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 501),
        (b"BREW /coffee HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked, x\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ],
)
def test_bytes_that_are_no_http_are_answered_with_a_problem_and_an_end(
    served: Served, sent: bytes, status: int
) -> None:
    wire = served.wire()
    wire.send(sent)
    problem(wire.answer(), status)
    assert wire.ended()
    assert served.ask("GET", "/healthz").status == 200


def test_what_follows_a_request_of_two_lengths_is_never_read_as_another(served: Served) -> None:
    wire = served.wire()
    smuggled = b"0\r\n\r\nGET /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n"
    head = request("POST", CHECK, KIND, f"Content-Length: {len(smuggled)}", "Transfer-Encoding: chunked")
    wire.send(head + smuggled + LEVELS)
    assert problem(wire.answer(), 400)["emergency"]
    assert wire.ended()


def test_a_head_without_end_is_refused_before_it_ends(served: Served) -> None:
    wire = served.wire()
    wire.send(f"GET {CHECK} HTTP/1.1\r\nHost: a\r\nX: ".encode() + b"x" * MOST_HEAD)
    assert problem(wire.answer(), 431)["emergency"]
    wire = served.wire()
    wire.send(b"GET /" + b"x" * (MOST_HEAD + 1))
    problem(wire.answer(), 414)
    many = served.ask("GET", "/v1/levels", *(f"X-{number}: {'x' * 30}" for number in range(500)))
    problem(many, 431)


def test_a_body_that_is_said_to_be_too_large_is_refused_before_it_is_sent(served: Served) -> None:
    for more in ([], ["Expect: 100-continue"]):
        wire = served.wire()
        wire.send(request("POST", CHECK, KIND, f"Content-Length: {100_000_000}", *more))
        assert problem(wire.answer(), 413)["emergency"]
        wire.send(b"x" * 100_000)
        assert wire.ended()


def test_a_body_that_grows_too_large_is_refused_and_what_still_comes_is_let_go(served: Served) -> None:
    for chunk in (b"1000\r\n" + b" " * 4096 + b"\r\n", b"1\r\n \r\n"):
        wire = served.wire()
        wire.send(request("POST", CHECK, KIND, "Transfer-Encoding: chunked"))
        wire.send(chunk * (MOST_OF_ANY // len(chunk)))
        wire.send(chunk * (MOST_OF_ANY // len(chunk)))
        assert problem(wire.answer(), 413)["emergency"]
        assert wire.sends_at_most(10_000_000, chunk)
    assert served.ask("GET", "/healthz").status == 200


@pytest.mark.parametrize("path", ["/mcp", "/v1/reply-checks", CHECK])
def test_whoever_sends_a_body_without_end_all_at_once_is_told(served: Served, path: str) -> None:
    accept = "Accept: application/json, text/event-stream"
    head = request("POST", path, KIND, accept, "Transfer-Encoding: chunked").replace(b"Host: test", b"Host: localhost")
    for size in (0xFFF0, 0xFFFFF):
        wire = served.wire()
        wire.send(head)
        wire.sends_at_most(3_000_000, b"%x\r\n%b\r\n" % (size, b" " * size))
        assert problem(wire.answer(), 413)["emergency"]


def test_a_body_that_nobody_asked_for_is_not_taken_without_end(served: Served) -> None:
    wire = served.wire()
    wire.send(request("GET", "/v1/levels", "Transfer-Encoding: chunked"))
    assert wire.answer().status == 200
    assert wire.sends_at_most(10_000_000, b"1000\r\n" + b" " * 4096 + b"\r\n")


def test_a_broken_chunk_is_told_where_nothing_was_answered_yet(served: Served) -> None:
    wire = served.wire()
    wire.send(request("POST", CHECK, KIND, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n")
    wire.send(b"zz\r\n")
    assert problem(wire.answer(), 400)["emergency"]
    assert wire.ended()


def test_a_broken_chunk_behind_an_answer_only_ends_the_connection(served: Served) -> None:
    wire = served.wire()
    wire.send(request("POST", "/nothing", KIND, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n")
    assert wire.answer().status == 404
    wire.send(b"zz\r\n")
    assert wire.ended()


@pytest.mark.parametrize("data", [LEVELS, POST, request("GET", "/nothing"), LEVELS + POST + LEVELS])
def test_a_request_may_come_byte_by_byte(served: Served, data: bytes) -> None:
    wire = served.wire()
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for place in range(len(data)):
        wire.send(data[place : place + 1])
    for _ in range(data.count(b"HTTP/1.1")):
        assert wire.answer().status in {200, 404}


@pytest.mark.parametrize("seed", range(3))
def test_requests_that_come_together_are_answered_in_order(served: Served, seed: int) -> None:
    chance = random.Random(seed)
    kinds = {
        LEVELS: b'"items":[{"id":"self_care"', POST: b'"say"', request("GET", "/nothing"): b"/problems/not-found",
        request("GET", "/v1/topics/legs", "Accept-Encoding: identity"): b'"topic":{',
        request("GET", "/healthz"): b"alive",
    }  # fmt: skip
    drawn = chance.choices(list(kinds), k=40)
    wire = served.wire()
    data = b"".join(drawn)
    while data:
        size = chance.randint(1, 2000)
        wire.send(data[:size])
        data = data[size:]
    for one in drawn:
        assert kinds[one] in wire.answer().body


@pytest.mark.parametrize("seed", range(3))
def test_the_same_again_is_answered_alike_however_it_comes(served: Served, seed: int) -> None:
    chance = random.Random(seed)
    tag = served.ask("GET", "/v1/levels").headers["etag"]
    heads = [
        LEVELS, request("GET", "/v1/levels", f"If-None-Match: {tag}"), request("GET", "/v1/levels", "User-Agent: x"),
        request("GET", "/v1/topics/legs"), request("GET", "/healthz"), request("GET", "/v1/levels", "Range: bytes=0-9"),
    ]  # fmt: skip
    wanted = {}
    for head in heads:
        wire = served.wire()
        wire.send(head * 2)
        wanted[head] = [(one.status, one.body) for one in (wire.answer(), wire.answer())][1]
    wire, ids = served.wire(), set()
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = LEVELS
    for _ in range(300):
        head = chance.choice([head, head, chance.choice(heads)])
        place = chance.randrange(len(head))
        sent = chance.choice([[head], [head], [head], [head[:place], head[place:]], [head + head], [b"\r\n", head]])
        for part in sent:
            wire.send(part)
            time.sleep(0.002 if len(sent) > 1 else 0)
        for _ in range(b"".join(sent).count(b"GET ")):
            answer = wire.answer()
            assert (answer.status, answer.body) == wanted[head], sent
            ids.add(answer.headers["x-request-id"])
    assert len(ids) >= 300


def test_the_same_again_is_asked_anew_once_it_is_kept_no_longer(
    small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered, "MOST_ADDRESSES", 1)
    with serving(create_app(small, Settings())) as server:
        wire = server.wire()
        bodies = []
        for _ in range(3):
            for _ in range(3):
                wire.send(LEVELS)
                bodies.append(wire.answer().body)
            for _ in range(3):
                server.ask("GET", "/v1/topics/legs")
    assert len(bodies) == 9
    assert len(set(bodies)) == 1


def test_the_same_again_is_not_sent_without_end_to_who_takes_nothing(served: Served) -> None:
    wire = served.wire()
    bundle = request("GET", "/v1/releases/1.0.0/bundle", "Accept-Encoding: identity")
    wire.send(bundle)
    answer = wire.answer()
    for _ in range(32 * 1024 * 1024 // len(answer.body)):
        wire.send(bundle)
        time.sleep(0.0001)
    unsent = [cast("Protocol", one).wire.get_write_buffer_size() for one in served.server.server_state.connections]
    assert 0 < max(unsent) < 1024 * 1024


def test_what_cannot_be_read_behind_an_answer_under_way_does_not_spoil_it(served: Served) -> None:
    served.ask("GET", "/v1/levels")  # kept from now on
    for first, said in ((LEVELS, "self_care"), (POST, "emergency"), (SLOW, "emergency"), (SLOW + SLOW, "emergency")):
        wire = served.wire()
        wire.send(first + b"\x00garbage\r\n\r\n")
        for _ in range(first.count(b"HTTP/1.1")):
            answer = wire.answer()
            assert answer.status == 200
            assert said in answer.body.decode()
        if first in {LEVELS, POST}:  # answered at once: nothing is under way that a refusal could be taken for
            assert wire.answer().status in {400, 501}
        assert wire.ended()


def test_a_client_that_has_said_all_it_had_to_say_is_answered(served: Served) -> None:
    for data in (LEVELS, POST, SLOW, request("GET", "/nothing")):
        wire = served.wire()
        wire.send(data)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.answer().status in {200, 404}
        assert wire.ended()
    wire = served.wire()
    wire.send(POST[:-3])
    wire.socket.shutdown(socket.SHUT_WR)
    assert wire.ended()


def test_a_client_that_only_listens_any_more_is_waited_for_no_less(small: Library) -> None:
    with serving(slow_front(small, 0.3)) as server:
        wire = server.wire()
        wire.send(request("GET", "/"))
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.answer().body == b"done"
        assert wire.ended()


def test_older_clients_and_other_wishes_go_the_ordinary_way(served: Served) -> None:
    wire = served.wire()
    wire.send(b"GET /v1/levels HTTP/1.0\r\n\r\n")
    assert wire.answer().headers["connection"] == "close"
    assert wire.ended()
    assert served.ask("GET", "/v1/levels", "Connection: Upgrade", "Upgrade: h2c").status == 200
    assert served.ask("GET", "/v1/levels", "Connection: close").headers["connection"] == "close"
    wire = served.wire()
    wire.send(request("POST", CHECK, KIND, f"Content-Length: {len(BODY)}", "Expect: 100-continue"))
    assert wire.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.send(BODY)
    assert wire.answer().status == 200
    for target in ("http://test/v1/levels", "//v1/levels", "/v1/levels?", "/v1/levels#x"):
        assert served.ask("GET", target).status in {200, 404}
    assert served.ask("OPTIONS", "*").headers["allow"] == "OPTIONS, GET, HEAD, POST"


@pytest.mark.usefixtures("hasty")
def test_slow_and_idle_clients_are_let_go_and_honest_ones_answered(served: Served) -> None:
    begun = {
        "head": b"GET /v1/levels HTTP/1.1\r\nHost: a\r\nX: ",
        "body": request("POST", CHECK, KIND, "Content-Length: 100") + b"{",
        "idle": b"",
        "kept alive": LEVELS,
        "kept alive by the app": request("GET", "/nothing"),
    }
    wires: list[tuple[str, Wire]] = []
    for name, data in begun.items():
        for _ in range(20):
            wires.append((name, served.wire()))
            wires[-1][1].send(data)
    for _ in range(20):
        for name, wire in wires:
            if name in {"head", "body"}:
                try:
                    wire.send(b" ")
                except OSError:
                    continue
        assert served.ask("GET", "/v1/levels").status == 200
        assert served.ask("POST", CHECK, KIND, "Content-Length: 2", body=b"{}").status == 200
        time.sleep(0.03)
    for name, wire in wires:
        if name in {"head", "body"}:
            assert problem(wire.answer(), 408)["type"] == "/problems/too-slow"
        elif name != "idle":
            wire.answer()
        assert wire.ended()


@pytest.mark.usefixtures("hasty")
def test_a_client_that_takes_nothing_of_its_answers_is_let_go(served: Served) -> None:
    asked = request("GET", "/docs/assets/swagger-ui-bundle.js", "Accept-Encoding: identity")
    wire = served.wire()
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.send(asked * 20)
    served.wait_until_alone()
    assert served.ask("GET", "/healthz").status == 200


def test_a_client_that_takes_its_answers_slowly_gets_them_whole(served: Served) -> None:
    wire = served.wire()
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    asked = request("GET", "/docs/assets/swagger-ui-bundle.js", "Accept-Encoding: identity")
    wire.send(asked * 6)
    time.sleep(0.2)  # what the server can write meanwhile it has written
    bodies = {wire.answer().body for _ in range(6)}
    assert len(bodies) == 1
    assert len(bodies.pop()) > 1_000_000


def slow_front(library: Library, seconds: float) -> Front:
    """A front before an app that takes its time."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})

    state = Serving(library)
    return Front(app, request_ids().__next__, state, nothing_kept)


@pytest.mark.usefixtures("hasty")
def test_an_answer_that_takes_long_is_waited_for(small: Library) -> None:
    with serving(slow_front(small, 2.5)) as server:
        assert server.ask("GET", "/").body == b"done"
        wire = server.wire()
        wire.send(request("GET", "/") + b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        assert wire.answer().body == b"done"
        assert wire.ended()


def test_a_stop_loses_no_request(small: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "leaving", 3.0)
    with serving(slow_front(small, 0.5)) as server:
        idle, under_way, begun, late = (server.wire() for _ in range(4))
        idle.send(request("GET", "/"))
        assert idle.answer().body == b"done"
        late.send(request("GET", "/"))
        assert late.answer().body == b"done"
        under_way.send(request("GET", "/") * 2)
        begun.send(b"GET / HTTP/1.1\r\n")
        wait_until(lambda: server.phases() == ["answer", "head", "waiting", "waiting"])
        server.stop()
        late.send(request("GET", "/"))
        begun.send(b"Host: a\r\n\r\n")
        for wire in (late, begun):
            answer = wire.answer()
            assert (answer.body, answer.headers["connection"]) == (b"done", "close")
        assert [under_way.answer().body for _ in range(2)] == [b"done", b"done"]
        for wire in (idle, under_way, begun, late):
            assert wire.ended()


def test_each_answer_is_one_line_in_the_log_at_this_door_too(served: Served) -> None:
    served.ask("GET", "/v1/levels")
    served.hang_up()
    stream = io.StringIO()
    writer = logs.start(stream)
    try:
        given = [
            served.ask("GET", "/v1/levels"), served.ask("GET", "/v1/levels", "If-None-Match: *"),
            served.ask("POST", CHECK, KIND, "Content-Length: 2", body=b"{}"), served.ask("BREW", "/zqmarker"),
            served.ask("GET", "/v1/levels", "X: " + "x" * MOST_HEAD),
        ]  # fmt: skip
        served.hang_up()
    finally:
        writer.stop()
        logs.LOG.handlers = []
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/levels", 200), ("GET", "/v1/levels", 304), ("POST", CHECK, 200), ("OTHER", "none", 501),
        ("GET", "none", 431),
    ]  # fmt: skip
    assert [line["request_id"] for line in lines] == [answer.headers["x-request-id"] for answer in given]
    assert all(line["duration_ms"] >= 0 and line["release"] == "1.0.0" and line["time"] for line in lines)
    assert "zqmarker" not in stream.getvalue()


def test_a_connection_that_is_gone_hurts_nobody(served: Served) -> None:
    for data in (LEVELS * 50, POST * 10, request("GET", "/v1/topics/legs") * 50, POST[:-5]):
        wire = Wire(served.port)
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        wire.send(data)
        wire.socket.close()
    assert served.ask("GET", "/v1/levels").status == 200
