"""Holds how a running server keeps what it serves fresh: it follows its folder and the time. Answers none.

All of it runs in a thread of its own, and so does `api.upstream`, where there is one: without it nothing is loaded that
speaks to a network. A newer library takes the place of the older one in one assignment, so that each request is
answered wholly from one of them.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from anyio.from_thread import start_blocking_portal

from api.mirror.keeping import CURRENT
from api.mirror.watching import Served, first, keep_up
from api.prepared import Prepared
from api.releases.keyring import read_trusted
from api.releases.library import Library
from api.settings import Settings
from api.web.logs import LOG
from schemas.keys import KeySet
from schemas.problems import ContentRefused

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at the folder and the clock."""
SETTLING: Final = 0.25
"""Seconds that a worker is left to answer its first requests in, before what later ones need is prepared."""


def first_served(settings: Settings) -> Served:
    """Load what to serve at start: what was taken over from the upstream, else the folder of releases.

    Where neither is fit to be served the upstream is looked at, once, before anything is answered.

    Raises:
        ContentRefused: nothing is fit to be served.
        UpstreamUnusable: the upstream cannot be followed as the settings say.

    """
    trusted = _trusted(settings)
    if not settings.upstream:
        return first(_folder(settings), trusted, _now())
    from api import upstream  # noqa: PLC0415 -- who follows nobody need not wait for what speaks to a network
    from api.mirror.following import check_plan  # noqa: PLC0415

    plan = upstream.plan_of(settings)
    check_plan(plan)
    try:
        return first(_folder(settings), trusted, _now())
    except ContentRefused as error:
        try:
            upstream.bring(plan)
        except ContentRefused as asked:
            raise ContentRefused((*error.faults, *asked.faults)) from None
        return first(_folder(settings), trusted, _now())


@contextmanager
def kept_fresh(
    served: Served,
    settings: Settings,
    put: Callable[[Library], None],
    to_prepare: Callable[[Library], Iterable[Prepared[Any]]] = lambda _library: (),
) -> Iterator[None]:
    """Keep what is served fresh in a thread; `put` is given each library that is to answer from then on.

    What is `to_prepare` of a library is made in that thread too: of the first soon after the start, of each newer one
    before it is put in place, so that no request has to wait for it.
    """
    with start_blocking_portal() as portal:
        tasks = [portal.start_task_soon(_watch, served, settings, put, to_prepare)]
        if settings.upstream:
            from api import upstream  # noqa: PLC0415 -- see `first_served`

            tasks.append(portal.start_task_soon(upstream.keep_following, upstream.plan_of(settings)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


def following(settings: Settings) -> str:
    """Say in one line what is followed, and what that proves."""
    if settings.trusted_keys is None and settings.upstream_unsigned == "follow":
        return f"Following {settings.upstream} without keys: nothing proves who wrote what it gives."
    return f"Following {settings.upstream}, as far as its releases are signed by trusted keys."


async def _watch(
    served: Served,
    settings: Settings,
    put: Callable[[Library], None],
    to_prepare: Callable[[Library], Iterable[Prepared[Any]]],
) -> None:
    trusted = _trusted(settings)
    await asyncio.sleep(SETTLING)
    await _prepare(to_prepare(served.answering))
    while True:
        await asyncio.sleep(LOOK_EVERY)
        newer = keep_up(served, _folder(settings), trusted, _now())
        if newer.faults and newer.faults != served.faults:
            LOG.error("releases", extra={"outcome": "refused", "reasons": [str(fault) for fault in newer.faults[:10]]})
        if newer.answering is not served.answering:
            await _prepare(to_prepare(newer.answering))
            put(newer.answering)
            state = "fresh" if newer.answering is newer.library else "stale"
            LOG.info("releases", extra={"outcome": state, "release": newer.library.latest.version})
        served = newer


async def _prepare(things: Iterable[Prepared[Any]]) -> None:
    """Make one thing after another, in between heeding that all is to stop."""
    for one in things:
        with contextlib.suppress(Exception):  # whoever asks for it meets that; what is newer is served all the same
            one()
        await asyncio.sleep(0)


def _folder(settings: Settings) -> Path:
    current = settings.mirror / CURRENT
    return current if settings.upstream and current.exists() else settings.releases


def _trusted(settings: Settings) -> KeySet:
    return read_trusted(settings.trusted_keys) if settings.trusted_keys is not None else KeySet()


def _now() -> datetime:
    return datetime.now(UTC)
