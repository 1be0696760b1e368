"""Checks that have come take turns: all are read, then some are answered together, then the loop sees to all else."""

import io
import json
from collections.abc import Callable

import pytest

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from api.web import logs
from api.web.at_once import TOGETHER
from api.web.front import Front
from tests.face.by_hand import Hand, Making
from tests.face.test_protocol import BODY, LEVELS, POST

UNKNOWN = POST.replace(BODY, b'{"present": ["cold"]}')
assert len(UNKNOWN) == len(POST)


def test_all_that_came_are_read_before_the_first_is_answered_and_none_waits_for_more_than_a_few(
    making: Making, small: Library
) -> None:
    front = create_app(small, Settings())
    hands = [making(front) for _ in range(2 * TOGETHER + 1)]
    loop, seen = hands[0].loop, list[int]()
    for one in hands:
        one.feed(POST)
    assert [one.all_that_came().held for one in hands] == [b""] * len(hands)

    def look() -> None:
        seen.append(sum(one.protocol.body is None for one in hands))
        assert all(one.protocol.body is None for one in hands[: seen[-1]]), "whoever came first is answered first"
        if seen[-1] < len(hands):
            loop.call_soon(look)

    loop.call_soon(look)
    while not seen or seen[-1] < len(hands):
        hands[0].step()
    assert seen == [TOGETHER, 2 * TOGETHER, len(hands)], "between them the loop saw to us"
    assert [b'"say"' in one.all_that_came().answer().body for one in hands] == [True] * len(hands)


@pytest.mark.parametrize(
    ("happens", "statuses"),
    [
        (lambda hand: hand.feed(LEVELS), [200, 200]),
        (lambda hand: hand.feed(LEVELS[:9], LEVELS[9:]), [200, 200]),
        (lambda hand: hand.feed(POST, LEVELS + POST), [200, 200, 200, 200]),
        (lambda hand: hand.feed(UNKNOWN + LEVELS, LEVELS), [200, 422, 200, 200]),
        (lambda hand: hand.feed(b"\x00\r\n\r\n"), [200, 400]),
        (lambda hand: hand.protocol.eof_received(), [200]),
        (lambda hand: hand.protocol.shutdown(), [200]),
        (lambda hand: hand.protocol.refuse(408), [200, 408]),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_whatever_happens_to_a_connection_its_check_is_answered_before(
    hand: Hand, happens: Callable[[Hand], object], statuses: list[int], *, apart: bool
) -> None:
    hand.feed(*([POST, LEVELS, POST] if apart else [POST + LEVELS + POST]))
    assert hand.protocol.body == BODY, "the last of them waits"
    happens(hand)
    hand.rest()
    hand.rest()
    wire = hand.all_that_came()
    answers = [wire.answer() for _ in range(2 + len(statuses))]
    assert wire.held == b""
    assert [answer.status for answer in answers] == [200, 200, *statuses]
    assert [b'"say"' in answer.body for answer in answers[:3]] == [True, False, True]


def test_a_check_that_is_refused_in_its_turn_is_told_why(hand: Hand) -> None:
    hand.feed(UNKNOWN)
    hand.rest()
    hand.rest()
    answer = hand.all_that_came().answer()
    assert (answer.status, b'"/present/0"' in answer.body) == (422, True)
    hand.feed(POST, UNKNOWN + POST)
    hand.rest()
    hand.rest()
    wire = hand.all_that_came()
    assert [wire.answer().status for _ in range(3)] == [200, 422, 200]


def test_a_check_of_who_is_gone_is_not_answered(hand: Hand) -> None:
    logs.WAITING.clear()
    hand.feed(POST)
    hand.protocol.connection_lost(None)
    hand.step()
    assert hand.protocol.body is None
    assert not logs.WAITING
    assert hand.all_that_came().held == b""


def test_a_stop_sees_to_it_that_a_check_that_came_is_answered_and_no_more_is_waited_for(hand: Hand) -> None:
    hand.feed(POST)
    hand.protocol.shutdown()
    assert hand.all_that_came().answer().status == 200
    assert hand.protocol.phase == "leaving"


def test_an_answer_that_fails_us_ends_one_connection_and_the_others_of_its_turn_are_answered(
    making: Making, small: Library
) -> None:
    told: list[int] = []

    def record(*_told: object) -> None:
        told.append(1)
        if len(told) == 2:
            raise LookupError(BODY.decode())

    made = create_app(small, Settings())
    hands = [making(Front(made.app, made.new_id, made.serving, made.hit, record, made.at_once)) for _ in range(4)]
    stream = io.StringIO()
    writer = logs.start(stream)
    for one in hands:
        one.feed(POST)
    hands[0].rest()
    writer.stop()
    logs.LOG.handlers = []
    assert [one.all_that_came().answer().status for one in hands] == [200] * len(hands)
    assert [one.protocol.wire.is_closing() for one in hands] == [False, True, False, False]
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    failures = [line for line in lines if line["event"] == "failure"]
    assert [(line["level"], line["error"], line["where"].split(":")[0]) for line in failures] == [
        ("error", "LookupError", "record")
    ]
    assert len(lines) == len(hands), "whose line could not be told of has that of the failure"
    assert "numb" not in stream.getvalue()
