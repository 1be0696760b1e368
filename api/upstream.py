"""Holds how the upstream of the settings is followed, and what is told of it. Serves nothing, and judges nothing."""

import asyncio
import logging
import random
from datetime import UTC, datetime

from anyio.from_thread import start_blocking_portal
from pydantic import MISSING

from api.mirror.fetching import Progress
from api.mirror.following import Plan, follow, look_once
from api.releases.keyring import read_trusted
from api.settings import Settings
from api.web.logs import LOG
from schemas.keys import KeySet
from schemas.mirroring import Outcome
from schemas.problems import ContentRefused, Fault, SleepGuidanceError


def plan_of(settings: Settings, progress: Progress = lambda _what, _done, _length: None) -> Plan:
    """Give the plan by which the upstream of the settings is followed.

    Raises:
        ContentRefused: the file of trusted keys cannot be read.

    """
    return Plan(
        address=settings.upstream,
        directory=settings.mirror,
        pinned=read_trusted(settings.trusted_keys) if settings.trusted_keys is not None else KeySet(),
        unsigned=settings.upstream_unsigned,
        every=settings.poll_seconds,
        clock=lambda: datetime.now(UTC),
        draw=random.SystemRandom().random,
        progress=progress,
    )


def bring(plan: Plan) -> None:
    """Look once at the upstream, where nothing that is held can be served.

    Raises:
        ContentRefused: nothing new could be taken over from it.

    """
    with start_blocking_portal() as portal:
        outcome = portal.call(look_once, plan)
    if outcome.kind != "updated":
        raise ContentRefused(tuple(Fault(plan.address, "", reason) for reason in outcome.reasons))


async def keep_following(plan: Plan) -> None:
    """Follow the upstream; where another process does, stand by to take its place."""
    told: Outcome | None = None

    def tell(outcome: Outcome) -> None:
        nonlocal told
        if outcome != told:
            well = outcome.kind in {"updated", "unchanged"}
            more = {} if outcome.held is MISSING else {"release": outcome.held}
            LOG.log(
                logging.INFO if well else logging.ERROR,
                "upstream",
                extra={"outcome": outcome.kind, "reasons": list(outcome.reasons), **more},
            )
        told = outcome

    while True:
        try:
            await follow(plan, tell)
        except SleepGuidanceError as error:
            tell(Outcome(kind="unwritable", reasons=(str(error),)))
        await asyncio.sleep(plan.every)
