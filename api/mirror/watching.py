"""Holds how what is served keeps up with its folder and with the time. Serves nothing, and has no clock of its own.

Whatever changes a folder of releases (a mirror, a new release, a renewed pointer) changes one of the few files beside
the releases, or what `current` leads to: only then is the folder loaded again. A folder that cannot be loaded, or that
went back behind what is served, never takes the place of what is served.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from api.mirror.keeping import load_kept, real
from api.mirror.trusting import expired, older_faults, rewritten_faults
from api.releases.library import POINTERS, Library, gone_stale
from schemas.keys import KeySet
from schemas.problems import ContentRefused, Fault

TRY_AGAIN: Final = timedelta(seconds=30)
"""How long a folder that was refused is left alone, unless it changes."""

Stamp = tuple[str, ...]
"""What can be seen of a folder without reading it."""


class Served(NamedTuple):
    """What is served, and what was seen of the folder it comes from."""

    library: Library
    """As it was loaded."""
    answering: Library
    """What answers: the same, or where its pointer has expired the same saying so."""
    folder: Path
    stamp: Stamp
    try_again: datetime | None = None
    """When to load a folder again that was refused; None where none was."""
    faults: tuple[Fault, ...] = ()
    """Why it was refused."""


def first(folder: Path, trusted: KeySet, now: datetime) -> Served:
    """Load a folder to be served.

    Raises:
        ContentRefused: it is not fit to be served.

    """
    stamp = _stamp(folder)
    library = load_kept(folder, trusted)
    return Served(library, _by_the_clock(library, now), folder, stamp)


def keep_up(served: Served, folder: Path, trusted: KeySet, now: datetime) -> Served:
    """Give what is served from now on; `folder` is another one than before where a mirror got its first generation.

    Once the releases of a folder were proved by keys they must be proved by them, or by those that they lead to.
    """
    stamp = _stamp(folder)
    if (folder, stamp) == (served.folder, served.stamp) and (served.try_again is None or now < served.try_again):
        return _aged(served, now)
    same_place = folder == served.folder
    try:
        library = load_kept(folder, served.library.keys if same_place and served.library.keys.keys else trusted)
        if same_place:
            _must_not_go_back(served.library, library)
    except ContentRefused as error:
        return _aged(served._replace(stamp=stamp, try_again=now + TRY_AGAIN, faults=error.faults), now)
    return Served(library, _by_the_clock(library, now), folder, stamp)


def _must_not_go_back(before: Library, after: Library) -> None:
    """Refuse a folder that is older than what is served; only whoever starts the service anew can mean that."""
    faults = rewritten_faults(before.ledger, after.ledger)
    if after.files["latest.json"] != before.files["latest.json"]:
        faults += older_faults(before.latest, after.latest)
    if faults:
        raise ContentRefused(tuple(faults))


def _aged(served: Served, now: datetime) -> Served:
    """Let what is served grow stale where its time has come, and fresh again where the clock was set right."""
    if expired(served.library.latest, now) == (served.answering is not served.library):
        return served
    return served._replace(answering=_by_the_clock(served.library, now))


def _by_the_clock(library: Library, now: datetime) -> Library:
    return gone_stale(library) if expired(library.latest, now) else library


def _stamp(folder: Path) -> Stamp:
    place = real(folder)
    stamp = [str(place)]
    for name in POINTERS:
        try:
            seen = (place / name).stat()
        except OSError:
            stamp.append(f"{name} -")
        else:
            stamp.append(f"{name} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns}")
    return tuple(stamp)
