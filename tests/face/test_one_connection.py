"""One connection, fed by hand over a real socket: what would else hang on how fast bytes come and how many go."""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

import pytest
import uvicorn
import uvloop
from uvicorn.server import ServerState

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from api.web import watching
from api.web.front import Front
from api.web.protocol import Protocol
from tests.face.test_protocol import BODY, CHECK, LEVELS, POST, SLOW, slow_front
from tests.face.test_wire_order import LAST
from tests.face.wire import Answer, Wire, request

HEAD = POST.removesuffix(BODY)


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


Making = Callable[[Front], Hand]


@pytest.fixture
def making() -> Iterator[Making]:
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


@pytest.fixture
def hand(making: Making, small: Library) -> Hand:
    """A connection to the app, where it has been asked for the levels once, so that they are kept."""
    made = making(create_app(small, Settings()))
    made.feed(LEVELS)
    made.rest()
    assert made.all_that_came().answer().status == 200
    return made


def filled(hand: Hand) -> int:
    """Fill the socket until it takes no more; give how many bytes that were."""
    count = 0
    for part in (b" " * 1000, b" "):
        try:
            while True:
                count += os.write(hand.protocol.descriptor, part)
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


def test_an_answer_for_which_a_socket_has_no_room_comes_behind_what_fills_it(hand: Hand) -> None:
    count = filled(hand)
    hand.feed(LEVELS)
    assert hand.protocol.wire.get_write_buffer_size(), "nothing of it was written"
    hand.feed(POST)
    wire = read_all(hand, count)
    assert (wire.answer().status, b'"say"' in wire.answer().body) == (200, True)


def test_an_answer_for_which_a_socket_has_little_room_comes_whole(making: Making, small: Library) -> None:
    hand = making(create_app(small, Settings()))
    asked = request("GET", "/docs/assets/swagger-ui-bundle.js", "Accept-Encoding: identity")
    hand.feed(asked)
    first = read_all(hand, 0).answer()
    hand.feed(asked)
    assert not hand.protocol.tasks, "it is kept, and given at once"
    assert 0 < hand.protocol.wire.get_write_buffer_size() < len(first.body), "some of it was written at once"
    assert read_all(hand, 0).answer().body == first.body
    assert len(first.body) > 1_000_000


def test_an_answer_to_whoever_is_gone_is_let_go(hand: Hand) -> None:
    hand.client.close()
    hand.feed(LEVELS, POST)
    hand.step()
    hand.loop.run_until_complete(asyncio.sleep(0.01))
    assert hand.protocol.wire.is_closing()
    hand.protocol.together.write(b"x")
    assert hand.protocol.together.is_closing()


def test_a_check_is_read_in_whatever_parts_it_comes(hand: Hand) -> None:
    for parts in (
        (POST,),
        (HEAD, BODY),
        (HEAD + BODY[:5], BODY[5:]),
        (HEAD, BODY[:5], BODY[5:]),
        (HEAD[:9], HEAD[9:] + BODY),
    ):
        hand.feed(*parts)
        hand.rest()
        assert b'"say"' in hand.all_that_came().answer().body
    hand.feed(HEAD.replace(b"21", b"2") + b"x]")
    hand.rest()
    assert hand.all_that_came().answer().status == 400


def test_a_check_whose_body_comes_while_the_server_stops_goes_the_ordinary_way_and_is_the_last(hand: Hand) -> None:
    hand.feed(HEAD)
    hand.protocol.shutdown()
    assert hand.protocol.phase == "head", "it is waited for"
    hand.feed(BODY)
    hand.rest()
    assert hand.all_that_came().answer().headers["connection"] == "close"


def test_a_stop_waits_for_an_answer_under_way_and_for_a_client_that_may_be_about_to_ask(
    making: Making, small: Library
) -> None:
    waiting, busy = (making(slow_front(small, 0.02)) for _ in range(2))
    busy.feed(request("GET", "/"))
    for one in (waiting, busy):
        one.protocol.shutdown()
    assert (waiting.protocol.phase, busy.protocol.busy()) == ("leaving", True)
    busy.rest()
    assert busy.all_that_came().answer().headers["connection"] == "close"
    waiting.feed(request("GET", "/"))
    waiting.rest()
    assert waiting.all_that_came().answer().headers["connection"] == "close"


def looked(hand: Hand, monkeypatch: pytest.MonkeyPatch, *phases: str) -> None:
    """Look at a connection as if its phase had lasted for as long as it may."""
    with monkeypatch.context() as own:
        for phase in phases or watching.LIMITS:
            own.setitem(cast("dict[str, float]", watching.LIMITS), phase, 0.0)
        hand.protocol.watch.cancel()
        hand.protocol.look()
    hand.step()


def test_whoever_keeps_it_waiting_too_long_is_let_go(
    making: Making, small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = create_app(small, Settings())
    idle, begun, half = (making(front) for _ in range(3))
    for hand, sent in ((idle, b""), (begun, LEVELS[:-2]), (half, SLOW[:-2])):
        hand.feed(sent)
        hand.step()
        looked(hand, monkeypatch, "none")
        assert not hand.protocol.wire.is_closing(), "not yet"
        looked(hand, monkeypatch)
    assert begun.all_that_came().answer().status == 408
    for hand in (idle, half):
        assert hand.protocol.wire.is_closing()
        assert hand.all_that_came().held == b""


def test_an_answer_is_waited_for_and_so_is_whoever_takes_it_slowly(
    making: Making, small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = making(slow_front(small, 0.05))
    hand.feed(request("GET", "/"))
    looked(hand, monkeypatch)
    assert not hand.protocol.wire.is_closing(), "the answer is still being made"
    filled(hand)
    hand.rest()
    assert hand.protocol.wire.get_write_buffer_size(), "it has no room"
    looked(hand, monkeypatch)
    assert not hand.protocol.wire.is_closing(), "it was not there when it was looked at last"
    looked(hand, monkeypatch)
    assert hand.protocol.wire.is_closing(), "nothing of it was taken since"


def test_a_body_that_breaks_off_or_breaks_behind_a_request_under_way_is_refused_in_its_turn(
    making: Making, small: Library
) -> None:
    front = create_app(small, Settings())
    ended, broken, alone = (making(front) for _ in range(3))
    ended.feed(SLOW, SLOW[:-2])
    assert ended.protocol.eof_received()
    broken.feed(SLOW, request("POST", CHECK, "Content-Type: application/json", "Transfer-Encoding: chunked"), b"zz\r\n")
    for hand in (ended, broken):
        hand.rest()
        wire = hand.all_that_came()
        answers = [wire.answer(), wire.answer()]
        assert [answer.status for answer in answers] == [200, 400]
        assert answers[1].headers["connection"] == "close"
        assert json.loads(answers[1].body)["emergency"]
    alone.feed(SLOW[:-2])
    assert not alone.protocol.eof_received()
    assert not making(front).protocol.eof_received(), "nothing is under way"


def test_what_comes_behind_the_end_is_let_go_until_it_is_too_much(hand: Hand) -> None:
    hand.feed(b"\x00\r\n\r\n", LEVELS)
    hand.rest()
    wire = hand.all_that_came()
    assert wire.answer().status == 400
    assert wire.held == b""
    assert hand.protocol.phase == "over"
    hand.feed(b"x" * watching.MOST_RECEIVED)
    assert hand.protocol.wire.is_closing()


def test_an_answer_that_ends_the_connection_waits_for_what_is_still_being_sent(making: Making, small: Library) -> None:
    calm, sending = (making(create_app(small, Settings())) for _ in range(2))
    calm.feed(LAST)
    sending.feed(LAST + LEVELS[:-2])
    for hand in (calm, sending):
        hand.rest()
        answer: Answer = hand.all_that_came().answer()
        assert (answer.status, answer.headers["connection"]) == (414, "close")
    assert calm.protocol.wire.is_closing()
    assert (sending.protocol.phase, sending.protocol.wire.is_closing()) == ("over", False)
