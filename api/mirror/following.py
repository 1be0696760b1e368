"""Holds the following of an upstream: look, tell what came of it, wait, look again. Nothing upstream does ends it."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from pydantic import MISSING

from api.mirror.fetching import Patience, Progress, Upstream, speaker
from api.mirror.keeping import forget_downloads, tidy, writing
from api.mirror.renewing import Held, open_held, renew
from schemas.keys import KeySet
from schemas.mirroring import Outcome, OutcomeKind, Unsigned
from schemas.problems import ContentRefused, FolderInUse, UpstreamSilent

LONGEST_PAUSE: Final = 3600.0
"""Seconds; however long an upstream fails, it is looked at again after this."""
_MOST_REASONS: Final = 10
_LONGEST_REASON: Final = 300


class Plan(NamedTuple):
    """What to follow, into which folder, and by which clock and chance."""

    address: str
    directory: Path
    pinned: KeySet
    """The keys that are trusted; none where the folder holds those that were trusted before, or none are needed."""
    unsigned: Unsigned
    every: float
    """Seconds between two looks."""
    clock: Callable[[], datetime]
    draw: Callable[[], float]
    """Gives a chance number from 0 to 1."""
    progress: Progress = lambda _what, _done, _length: None
    patience: Patience = Patience()


def check_plan(plan: Plan) -> None:
    """Say at once what would never work, and take up what an earlier run left; not where another process does.

    Raises:
        UpstreamUnusable: no key is trusted and nobody said that none is needed, or the folder cannot be written.

    """
    with contextlib.suppress(FolderInUse), writing(plan.directory):
        open_held(plan.directory, plan.pinned, plan.unsigned)


async def look_once(plan: Plan) -> Outcome:
    """Look at an upstream once, and take over what is new.

    Raises:
        FolderInUse: another process writes the folder.
        UpstreamUnusable: no key is trusted and nobody said that none is needed, or the folder cannot be written.

    """
    with writing(plan.directory):
        held = open_held(plan.directory, plan.pinned, plan.unsigned)
        async with speaker(plan.patience) as client:
            upstream = Upstream(client, plan.address, plan.patience, plan.progress)
            return (await look(upstream, plan.directory, held, plan.clock()))[1]


async def follow(plan: Plan, report: Callable[[Outcome], None]) -> NoReturn:
    """Follow an upstream until cancelled, and report what comes of every look.

    Raises:
        FolderInUse: another process writes the folder.
        UpstreamUnusable: no key is trusted and nobody said that none is needed, or the folder cannot be written.

    """
    with writing(plan.directory):
        held = open_held(plan.directory, plan.pinned, plan.unsigned)
        async with speaker(plan.patience) as client:
            upstream = Upstream(client, plan.address, plan.patience, plan.progress)
            failures = 0
            while True:
                held, outcome = await look(upstream, plan.directory, held, plan.clock())
                report(outcome)
                failures = 0 if outcome.kind in {"updated", "unchanged"} else failures + 1
                await asyncio.sleep(pause(plan.every, failures, plan.draw()))


async def look(upstream: Upstream, directory: Path, held: Held, now: datetime) -> tuple[Held, Outcome]:
    """Look once; whatever fails, what is held stays as it was."""
    kind: OutcomeKind
    try:
        renewed = await renew(upstream, directory, held, now)
    except ContentRefused as error:
        kind, reasons = "refused", tuple(_plainly(str(fault)) for fault in error.faults[:_MOST_REASONS])
    except UpstreamSilent as error:
        kind, reasons = "unreachable", (str(error),)
    except OSError as error:
        forget_downloads(directory)  # a full disk must not stay full because of what is half here
        kind, reasons = "unwritable", (error.strerror or type(error).__name__,)
    except Exception as error:  # noqa: BLE001 -- whatever an upstream thinks of next must not end the following
        kind, reasons = "refused", (f"it could not be made sense of ({type(error).__name__})",)
    else:
        return renewed, _outcome("unchanged" if renewed.folder == held.folder else "updated", renewed, ())
    with contextlib.suppress(OSError):
        tidy(directory)
    return held, _outcome(kind, held, reasons)


def pause(every: float, failures: int, chance: float) -> float:
    """Give the seconds until the next look: twice as long after each failure, a fifth more or less by chance.

    Chance keeps many mirrors from asking in the same moment.
    """
    longest = max(every, LONGEST_PAUSE)
    return min(every * 2.0 ** min(failures, 32), longest) * (0.8 + 0.4 * chance)


def _plainly(text: str) -> str:
    """Give a reason as one short line; an upstream chooses some of its words, and people read them on terminals."""
    plain = "".join(one if one.isprintable() else "?" for one in text[:_LONGEST_REASON])
    return plain if len(text) <= _LONGEST_REASON else f"{plain}…"


def _outcome(kind: OutcomeKind, held: Held, reasons: tuple[str, ...]) -> Outcome:
    latest = held.trusted.latest
    return Outcome(kind=kind, held=MISSING if latest is None else latest.version, reasons=reasons)
