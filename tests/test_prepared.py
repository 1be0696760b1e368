"""What takes long is prepared once, off the event loop, soon after the start; of older releases little is kept."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from api.app import in_front, make_routes, to_prepare
from api.content.searching import search_shelf
from api.freshness import kept_fresh
from api.mirror.watching import first
from api.prepared import MOST_OLDER, Few, Prepared
from api.releases.library import Library, Release, load_library
from api.settings import ROOT, Settings
from api.web.turns import when_made
from schemas.keys import KeySet
from schemas.problems import SleepGuidanceError
from tests.face.calling import app_of, call
from tests.mirror.publishing import publisher
from tests.web.calling import CHECK, asking

Json = Any
PATIENCE = 30
"""Seconds after which a test gives up waiting for another thread."""


def counted() -> Iterator[int]:
    """Give how often something was made before; slowly, so that others come meanwhile."""
    for number in range(100):
        time.sleep(0.01)
        yield number


class Gate:
    """Lets nothing be made before it is opened, and knows which threads came to make something."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()
        self.threads: list[int] = []


def held(makes: Callable[[], Json], gate: Gate) -> Prepared[Json]:
    """Something that is made behind a gate."""

    def make() -> Json:
        gate.threads.append(threading.get_ident())
        gate.begun.set()
        assert gate.opened.wait(PATIENCE)
        return makes()

    return Prepared(make)


def test_however_many_ask_at_once_it_is_made_once() -> None:
    prepared = Prepared(counted().__next__)
    assert not prepared.is_made()
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: prepared(), range(50))) == {0}
    assert prepared.is_made()


def test_what_could_not_be_made_is_tried_again() -> None:
    texts = iter(["x", "1"])
    prepared = Prepared(lambda: int(next(texts)))
    with pytest.raises(ValueError, match="invalid literal"):
        prepared()
    assert not prepared.is_made()
    assert prepared() == 1
    assert prepared.is_made()


def test_of_a_few_those_used_last_are_kept_and_any_other_is_made_anew() -> None:
    few = Few(2)
    numbers = iter(range(10))
    one, two, three = (Prepared(lambda: next(numbers), few) for _ in range(3))
    assert [one(), two(), one(), three()] == [0, 1, 0, 2]
    assert [thing.is_made() for thing in (one, two, three)] == [True, False, True]
    assert [two(), three(), one()] == [3, 2, 4]


def test_of_older_releases_little_is_kept_and_all_of_the_one_to_use_now() -> None:
    library = load_library(ROOT / "data" / "releases")
    assert len(library.releases) > 2
    editions = [*library.answering.values()]
    for edition in (*reversed(editions), *editions[:-1]):
        assert edition.texts["en"].search().entries
        assert edition.texts["en"].words().phrases
    kept = [[thing.is_made() for thing in (one.texts["en"].search, one.texts["en"].words)] for one in editions]
    assert kept[-1] == [True, True]
    assert sum(map(sum, kept[:-1])) == MOST_OLDER


def test_what_is_made_on_behalf_of_the_loop_is_made_in_a_thread() -> None:
    gate = Gate()
    gate.opened.set()
    prepared = held(object, gate)

    async def twice() -> tuple[object, object]:
        return await when_made(prepared), await when_made(prepared)

    one, again = asyncio.run(twice())
    assert one is again
    assert gate.threads != [threading.get_ident()]
    assert len(gate.threads) == 1


def behind(gate: Gate, library: Library) -> ASGIApp:
    """The app, in which whatever takes long is made behind a gate."""
    release = library.current()
    texts = release.edition.texts["en"]
    waiting = texts._replace(search=held(lambda: search_shelf(texts.bundle, "en"), gate))
    edition = release.edition._replace(texts={"en": waiting})
    version = release.entry.version
    releases = {**library.releases, version: release._replace(edition=edition)}
    app = make_routes(library._replace(releases=releases, answering={**library.answering, version: edition}))
    app.state.documents = held(app.state.documents, gate)
    return in_front(app, Settings())


@pytest.mark.parametrize("path", ["/v1/search?q=numb", "/openapi.json", "/openapi-small.json"])
def test_a_check_is_answered_while_a_first_request_waits_for_what_takes_long(small: Library, path: str) -> None:
    gate = Gate()
    ask = asking(behind(gate, small))

    async def both() -> list[int]:
        slow = asyncio.create_task(ask("GET", path))
        try:
            assert await asyncio.to_thread(gate.begun.wait, PATIENCE)
            checked = await ask("POST", CHECK, json={"present": ["numb"]})
            assert not slow.done()
        finally:
            gate.opened.set()
        return [checked.status_code, (await slow).status_code]

    assert asyncio.run(both()) == [200, 200]
    assert threading.get_ident() not in gate.threads


def test_what_common_calls_need_is_that_of_the_release_to_use_now(shipped: Library) -> None:
    app = make_routes(shipped)
    texts = shipped.newest().edition.texts["en"]
    assert to_prepare(app, shipped) == (texts.search, texts.words, app.state.documents)


def test_a_library_is_prepared_soon_and_a_newer_one_before_it_answers(tmp_path: Path) -> None:
    house = publisher(tmp_path, signed=False).release("1.0.0")
    served = first(house.folder, KeySet(), datetime.now(UTC))
    put, threads = list[tuple[Library, bool]](), list[int]()

    def fails() -> None:
        raise SleepGuidanceError

    def things(library: Library) -> Iterator[Prepared[Any]]:
        threads.append(threading.get_ident())
        yield Prepared(fails)
        yield library.current().edition.texts["en"].search

    def prepared(library: Library) -> bool:
        return library.current().edition.texts["en"].search.is_made()

    def wait_for(holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.01)

    def take(newer: Library) -> None:
        put.append((newer, prepared(newer)))

    with kept_fresh(served, Settings(releases=house.folder), take, things):
        wait_for(lambda: prepared(served.library))
        house.release("1.1.0")
        wait_for(lambda: put)
    ((newer, was_prepared),) = put
    assert newer.latest.version == "1.1.0"
    assert was_prepared
    assert threading.get_ident() not in threads


def test_a_stop_does_not_wait_for_all_that_is_yet_to_be_prepared(tmp_path: Path) -> None:
    house = publisher(tmp_path, signed=False).release("1.0.0")
    served = first(house.folder, KeySet(), datetime.now(UTC))
    gate = Gate()
    things = [held(object, gate) for _ in range(3)]
    with kept_fresh(served, Settings(releases=house.folder), lambda _newer: None, lambda _library: things):
        assert gate.begun.wait(PATIENCE)
        threading.Timer(0.1, gate.opened.set).start()
    assert not things[2].is_made()


class Watched(dict[str, Release]):
    """Releases that know which threads looked at all of them."""

    def __init__(self, releases: Mapping[str, Release]) -> None:
        super().__init__(releases)
        self.threads: set[int] = set()

    def values(self) -> Any:  # noqa: ANN401 -- as the standard library has it
        self.threads.add(threading.get_ident())
        return super().values()

    def __getitem__(self, version: str) -> Release:
        self.threads.add(threading.get_ident())
        return super().__getitem__(version)


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/releases/1.1.0/changes", "/v1/releases/1.1.1/changes?from=1.0.0"])
def test_what_releases_differ_in_is_worked_out_in_a_thread(shipped: Library, path: str) -> None:
    watched = Watched(shipped.releases)
    app = app_of(shipped._replace(releases=watched))
    assert call(app, "GET", path).status_code == 200
    assert watched.threads - {threading.get_ident()}
