"""One connection, fed by hand over a real socket: what would else hang on how fast bytes come and how many go."""

import asyncio
import json
from typing import cast

import pytest

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from api.web import limits
from tests.face.by_hand import Hand, Making, filled, read_all
from tests.face.test_protocol import BODY, CHECK, LEVELS, POST, SLOW, slow_front
from tests.face.test_wire_order import LAST, WISH
from tests.face.wire import request

HEAD = POST.removesuffix(BODY)
CHUNKED = request("POST", CHECK, "Content-Type: application/json", "Transfer-Encoding: chunked")

OLD = b"GET /v1/levels HTTP/1.0\r\nHost: localhost\r\n\r\n"


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
        for phase in phases or limits.LIMITS:
            own.setitem(cast("dict[str, float]", limits.LIMITS), phase, 0.0)
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
    ended, broken, alone, first = (making(front) for _ in range(4))
    ended.feed(SLOW, SLOW[:-2])
    assert ended.protocol.eof_received()
    broken.feed(SLOW, CHUNKED, b"zz\r\n")
    for hand in (ended, broken):
        hand.rest()
        wire = hand.all_that_came()
        answers = [wire.answer(), wire.answer()]
        assert [answer.status for answer in answers] == [200, 400]
        assert answers[1].headers["connection"] == "close"
        assert json.loads(answers[1].body)["emergency"]
    framed_wrongly = making(front)
    framed_wrongly.feed(SLOW, request("GET", "/v1/levels", "Transfer-Encoding: x"))
    framed_wrongly.rest()
    wire = framed_wrongly.all_that_came()
    assert [wire.answer().status, wire.answer().status] == [200, 400]
    first.feed(CHUNKED, b"zz\r\n")
    first.rest()
    assert first.all_that_came().answer().status == 400
    alone.feed(SLOW[:-2])
    assert not alone.protocol.eof_received()
    whole = making(front)
    whole.feed(SLOW)
    assert whole.protocol.eof_received()
    assert not making(front).protocol.eof_received(), "nothing is under way"


def test_what_comes_behind_the_end_is_let_go_until_it_is_too_much(hand: Hand) -> None:
    hand.feed(b"\x00\r\n\r\n", LEVELS)
    hand.rest()
    wire = hand.all_that_came()
    assert wire.answer().status == 400
    assert wire.held == b""
    assert hand.protocol.phase == "over"
    hand.feed(b"x" * limits.MOST_RECEIVED)
    assert hand.protocol.wire.is_closing()


@pytest.mark.parametrize("last", [LAST, OLD, LAST + LEVELS[:-2], OLD + LEVELS])
def test_behind_the_answer_that_ends_a_connection_the_client_may_send_on_for_a_while(hand: Hand, last: bytes) -> None:
    hand.feed(last)
    hand.rest()
    wire = hand.all_that_came()
    assert wire.answer().headers["connection"] == "close"
    hand.feed(LEVELS)
    hand.rest()
    assert hand.all_that_came().held == wire.held == b"", "what it sends is let go, and answered no more"
    assert (hand.protocol.phase, hand.protocol.wire.is_closing()) == ("over", False), "a reset would cost it the answer"
    assert not hand.protocol.eof_received(), "it has said all: the transport closes"


def test_behind_the_answer_to_a_client_that_has_said_all_the_connection_is_closed(hand: Hand) -> None:
    hand.feed(SLOW)
    assert hand.protocol.eof_received()
    hand.rest()
    assert hand.all_that_came().answer().status == 200
    assert hand.protocol.wire.is_closing()


def test_what_is_no_http_behind_an_answer_under_way_only_ends_the_connection(hand: Hand) -> None:
    hand.feed(SLOW, b"\x00\r\n\r\n")
    hand.rest()
    wire = hand.all_that_came()
    assert (wire.answer().status, wire.held) == (200, b"")


def test_the_next_head_may_have_begun_when_an_answer_is_whole(hand: Hand) -> None:
    hand.feed(SLOW, LEVELS[:-2])
    hand.rest()
    assert hand.protocol.phase == "head"
    hand.feed(LEVELS[-2:], request("OPTIONS", "/v1/levels"))
    hand.rest()
    wire = hand.all_that_came()
    assert [wire.answer(method).status for method in ("POST", "GET", "OPTIONS")] == [200, 200, 204]


@pytest.mark.parametrize(("begun", "status"), [(b"GET /", 414), (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", 431)])
def test_a_head_that_grows_too_large_is_refused_in_whatever_parts_it_comes(
    hand: Hand, begun: bytes, status: int
) -> None:
    hand.feed(begun, b"x" * 10_000, b"x" * 10_000)
    assert hand.all_that_came().answer().status == status


def test_a_wish_for_another_protocol_is_read_over_in_whatever_parts_it_comes(hand: Hand) -> None:
    wish = request("POST", CHECK, "Content-Type: application/json", *WISH, f"Content-Length: {len(BODY)}") + BODY
    for parts in ((wish + LEVELS,), (wish[:40], wish[40:-5], wish[-5:] + LEVELS)):
        hand.feed(*parts)
        hand.rest()
        wire = hand.all_that_came()
        assert b'"say"' in wire.answer().body
        assert wire.answer().status == 200


def test_of_too_many_that_wait_the_first_are_answered(hand: Hand) -> None:
    hand.feed(SLOW * (limits.MOST_AHEAD * 2))
    wire = read_all(hand, 0)
    while wire.held:
        last = wire.answer()
    assert last.headers["connection"] == "close"
    assert hand.protocol.wire.is_closing() or hand.protocol.phase == "over"
