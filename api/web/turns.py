"""Holds what takes long, off the event loop: long texts are read one after another, what is prepared once is made.

A text of the greatest size takes some tenths of a second. On the event loop nobody else would be answered meanwhile.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from api.prepared import Prepared
from api.red_flags.refusals import refused

MOST_WAITING: Final = 32
"""The most that wait for their turn; some seconds' work at worst."""
_TURNS: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="turns")
_waiting: set[object] = set()

Words = ParamSpec("Words")
Given = TypeVar("Given")


async def when_made(prepared: Prepared[Given]) -> Given:
    """Give what is prepared; where it is not made yet, it is made in a thread, while others are answered."""
    return prepared() if prepared.is_made() else await asyncio.to_thread(prepared)


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
