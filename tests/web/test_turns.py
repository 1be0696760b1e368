"""What takes long is answered in turn: a check never waits for a text, and no more wait than can be answered."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp

from api.web.problems import EMERGENCY
from api.web.turns import MOST_WAITING, in_turn
from schemas.problems import ProfileRefused
from tests.face.calling import call, check
from tests.mcp.calling import NOTHING, post, tool_message

Json = Any
REPLY: Json = {"profile": {}, "reply": "Please see a doctor."}


@contextmanager
def waiting(count: int) -> Iterator[None]:
    """Let so many wait for a turn that does not end before the block does."""
    over, all_wait = threading.Event(), threading.Event()

    async def wait() -> None:
        turns = [asyncio.create_task(in_turn(over.wait, 60)) for _ in range(count)]
        await asyncio.sleep(0)
        all_wait.set()
        await asyncio.gather(*turns)

    thread = threading.Thread(target=asyncio.run, args=(wait(),))
    thread.start()
    all_wait.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def test_a_check_is_answered_while_texts_wait_and_the_next_text_is_told_to_come_again(shipped_app: ASGIApp) -> None:
    with waiting(MOST_WAITING):
        assert check(shipped_app, {"present": ["saddle-numbness"]}).status_code == 200
        for path, body in (("/v1/finding-matches", {"text": "My legs jerk."}), ("/v1/reply-checks", REPLY)):
            answer = call(shipped_app, "POST", path, json=body)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["type"] == "/problems/not-yet"
            assert answer.json()["emergency"] == EMERGENCY
            assert answer.json()["errors"][0]["code"] == "busy"
        assert not post(shipped_app, tool_message("check_red_flags", NOTHING)).json()["result"].get("isError")
        refused = post(shipped_app, tool_message("check_reply", {**NOTHING, "reply": "See a doctor."})).json()["result"]
        assert refused["isError"]
        assert EMERGENCY in refused["content"][0]["text"]
    assert call(shipped_app, "POST", "/v1/finding-matches", json={"text": "My legs jerk."}).status_code == 200


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    seen: list[int] = []

    async def all_of() -> None:
        await asyncio.gather(*(in_turn(seen.append, number) for number in range(MOST_WAITING)))

    asyncio.run(all_of())
    assert seen == [*range(MOST_WAITING)]


def test_who_is_refused_takes_no_turn_away() -> None:
    async def too_many() -> list[object]:
        return list(await asyncio.gather(*(in_turn(int) for _ in range(2 * MOST_WAITING)), return_exceptions=True))

    for _ in range(2):
        answers = asyncio.run(too_many())
        assert answers[:MOST_WAITING] == [0] * MOST_WAITING
        assert all(isinstance(one, ProfileRefused) for one in answers[MOST_WAITING:])


def test_what_fails_in_its_turn_fails_as_it_would_have_at_once() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        asyncio.run(in_turn(int, "x"))
