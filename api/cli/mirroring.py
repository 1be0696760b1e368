"""Holds the command `mirror`: follows an upstream in words, until it is stopped or once."""

import signal
from typing import Final, Literal

from anyio.from_thread import start_blocking_portal
from pydantic import MISSING

from api.cli.terminal import Terminal
from api.freshness import following
from api.mirror.following import follow, look_once
from api.mirror.keeping import CURRENT
from api.settings import Settings
from api.upstream import plan_of
from schemas.mirroring import Outcome
from schemas.problems import UpstreamUnusable

NO_UPSTREAM: Final = "name the upstream: python -m api mirror https://example.org, or SLEEP_GUIDANCE_UPSTREAM"
WORDS: Final = {
    "updated": "Taken over.",
    "unchanged": "Nothing is new.",
    "refused": "Refused: what the upstream gives cannot be believed.",
    "unreachable": "The upstream does not give what it should have.",
    "unwritable": "The folder of the mirror cannot be written.",
}


def mirror(settings: Settings, looks: Literal["one", "endless"], terminal: Terminal) -> int:
    """Follow the upstream of the settings; one look is done where what is held is as new as the upstream.

    Raises:
        ContentRefused: the file of trusted keys cannot be read.
        UpstreamUnusable: there is no upstream, or it cannot be followed as it was asked for.
        FolderInUse: another mirror writes the folder.

    """
    if not settings.upstream:
        raise UpstreamUnusable(NO_UPSTREAM)
    plan = plan_of(settings, terminal.progress)
    terminal.note(following(settings))
    told: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        if told[-1:] != [outcome]:
            _say(outcome, settings, terminal)
        told[:] = [outcome]

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with start_blocking_portal() as portal:
            if looks == "one":
                tell(portal.call(look_once, plan))
            else:
                portal.call(follow, plan, tell)
    except KeyboardInterrupt:
        terminal.note("Stopped. What was taken over stays.")
        return 0
    return 0 if told[0].kind in {"updated", "unchanged"} else 1


def _say(outcome: Outcome, settings: Settings, terminal: Terminal) -> None:
    for reason in outcome.reasons:
        terminal.complain(reason)
    if outcome.held is MISSING:
        held = "Nothing is held yet."
    else:
        held = f"Release {outcome.held} is held in {settings.mirror / CURRENT}."
    terminal.write(f"{WORDS[outcome.kind]} {held}")
    terminal.out.flush()
