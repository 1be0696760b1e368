"""Holds the turns of what takes long to answer: one after another, in a thread, so that no check waits for a long text.

A text of the greatest size takes some tenths of a second. On the event loop nobody else would be answered meanwhile.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from api.red_flags.refusals import refused

MOST_WAITING: Final = 32
"""The most that wait for their turn; some seconds' work at worst."""
_TURNS: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="turns")
_waiting: set[object] = set()

Words = ParamSpec("Words")
Given = TypeVar("Given")


async def in_turn(answer: Callable[Words, Given], *words: Words.args, **named: Words.kwargs) -> Given:
    """Answer in a thread when its turn comes.

    Raises:
        ProfileRefused: too many wait already (status 503).

    """
    if len(_waiting) >= MOST_WAITING:
        raise refused("", "busy", "Too many texts are waiting to be read. Send this again in a moment.", status=503)
    turn = object()
    _waiting.add(turn)
    try:
        return await asyncio.get_running_loop().run_in_executor(_TURNS, lambda: answer(*words, **named))
    finally:
        _waiting.remove(turn)
