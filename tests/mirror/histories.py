"""One history of signed releases, and how the tests look at an upstream and at what a mirror holds."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from api.mirror.fetching import Patience
from api.mirror.following import Plan, follow, look_once
from api.mirror.keeping import load_kept, published
from schemas.keys import KeySet, PrivateKey
from schemas.mirroring import Outcome, Unsigned
from tests.mirror.publishing import Publisher, publisher

Files = Mapping[str, bytes]
PATIENT: Final = Patience()
HOUR: Final = timedelta(hours=1)


class Step(NamedTuple):
    """What is published at one time."""

    files: Files
    """Without the older key sets."""
    older_keys: Files
    now: datetime
    """An hour after the last change."""


class History(NamedTuple):
    """What one publisher published, and who that is."""

    steps: tuple[Step, ...]
    """1.0.0; 1.1.0; 1.0.0 recalled; the next release key; 1.2.0 signed by it, with a report; the first key retired."""
    keys: KeySet
    """What somebody trusts who looked at the beginning."""
    publisher: Publisher
    old_key: PrivateKey
    new_key: PrivateKey


def make_history(place: Path) -> History:
    """Publish the history."""
    one = publisher(place)
    assert one.signers is not None
    keys, old = one.keys(), one.signers.release
    steps: list[Step] = []

    def done(after: Publisher) -> Publisher:
        files = after.files()
        older = {name: data for name, data in files.items() if name.startswith("keys/")}
        newest = {name: data for name, data in files.items() if name not in older}
        steps.append(Step(newest, older, after.now - timedelta(days=1) + HOUR))
        return after

    one = done(one.release("1.0.0"))
    one = done(one.release("1.1.0"))
    one = done(one.recall("1.0.0"))
    one, new = one.announce("release")
    done(one)
    one = done(one.sign_with(release=new).release("1.2.0").report(b'{"laws":10}'))
    one = done(one.retire(old))
    return History(tuple(steps), keys, one, old, new)


def plan(
    address: str,
    directory: Path,
    pinned: KeySet,
    now: datetime,
    *,
    unsigned: Unsigned = "refuse",
    patience: Patience = PATIENT,
) -> Plan:
    """A plan at one moment, without chance."""
    return Plan(address, directory, pinned, unsigned, 60, lambda: now, lambda: 0.5, patience=patience)


def look(of: Plan) -> Outcome:
    """Look once."""
    return asyncio.run(look_once(of))


def held(directory: Path, pinned: KeySet) -> Files:
    """What whoever serves the folder of a mirror gets, loaded and proved as they do it; nothing where there is none.

    Without the older key sets: a mirror numbers those that it went over.
    """
    files = load_kept(published(directory), pinned).files if (directory / "current").exists() else {}
    return {name: data for name, data in files.items() if not name.startswith("keys/")}


def proved(files: Files) -> Files:
    """Files without their signatures: a signature can be written in more than one way, what it proves cannot."""
    return {name: data for name, data in files.items() if not name.endswith("signature")}


def follow_for(of: Plan, rounds: int, meanwhile: Callable[[int], object]) -> list[Outcome]:
    """Follow for some looks; `meanwhile` is called after each with its number."""
    outcomes: list[Outcome] = []

    async def run() -> None:
        task = asyncio.ensure_future(follow(of, report))

        def end() -> None:
            task.cancel()

        ends.append(end)
        await task

    def report(outcome: Outcome) -> None:
        outcomes.append(outcome)
        meanwhile(len(outcomes))
        if len(outcomes) == rounds:
            ends[0]()

    ends: list[Callable[[], None]] = []
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    return outcomes
