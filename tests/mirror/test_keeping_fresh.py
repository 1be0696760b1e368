"""How a running server keeps fresh, in this process: what it puts in place, what it tells, whom it stands by for."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api import freshness, upstream
from api.mirror.following import Plan
from api.mirror.keeping import writing
from api.releases.library import Library
from api.settings import Settings
from api.web.logs import LOG
from schemas.problems import ContentRefused
from tests.face.wire import wait_until
from tests.mirror.misbehaving import status
from tests.mirror.publishing import publisher
from tests.mirror.test_serving import days_ago
from tests.mirror.upstreams import upstream_of

Json = Any


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What is told in the log; and whoever looks again and again does so at once."""
    monkeypatch.setattr(freshness, "LOOK_EVERY", 0.01)
    caplog.set_level(logging.INFO, LOG.name)
    return caplog


def outcomes(told: pytest.LogCaptureFixture, event: str) -> list[str]:
    return [vars(record)["outcome"] for record in told.records if record.msg == event]


@contextmanager
def following(plan: Plan) -> Iterator[None]:
    """Follow in a thread until the block ends."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(upstream.keep_following(plan))

    def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def test_what_is_newer_is_put_in_place_and_what_cannot_be_served_is_told_of_once(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(40)).release("1.0.0")
    settings = Settings(releases=one.folder)
    put: list[Library] = []
    with freshness.kept_fresh(freshness.first_served(settings), settings, put.append):
        one._replace(now=datetime.now(UTC)).release("1.1.0")
        wait_until(lambda: bool(put) and put[-1].latest.version == "1.1.0")
        wait_until(lambda: outcomes(told, "releases")[-1:] == ["fresh"])
        (one.folder / "latest.json").write_bytes(b"{")
        wait_until(lambda: outcomes(told, "releases")[-1:] == ["refused"])
    assert outcomes(told, "releases") == ["fresh", "refused"]
    assert put[-1].latest.version == "1.1.0"


def test_what_a_server_begins_with_comes_from_its_upstream_where_it_has_nothing_else(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    with upstream_of(one.files()) as source:
        settings = Settings(
            releases=tmp_path / "none", upstream=source.address, upstream_unsigned="follow", mirror=tmp_path / "mirror"
        )
        source.faults[""] = status(503)
        with pytest.raises(ContentRefused, match="status 503"):
            freshness.first_served(settings)
        source.faults.clear()
        served = freshness.first_served(settings)
        assert served.library.latest.version == "1.0.0"
        source.names()
        put: list[Library] = []
        with freshness.kept_fresh(served, settings, put.append):
            wait_until(lambda: len(source.asked) > 1)
    assert put == []
    signed = settings.model_copy(update={"upstream_unsigned": "refuse"})
    assert freshness.following(signed).endswith("as far as its releases are signed by trusted keys.")


def test_a_change_of_what_comes_of_following_is_told_once(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    one = publisher(tmp_path, signed=False, now=days_ago(1)).release("1.0.0")
    with upstream_of(one.files()) as source:
        settings = Settings(upstream=source.address, upstream_unsigned="follow", mirror=tmp_path / "mirror")
        plan = upstream.plan_of(settings)._replace(every=0.01)
        with writing(plan.directory), following(plan):
            wait_until(lambda: outcomes(told, "upstream") == ["unwritable"])
        told.clear()
        with following(plan):
            wait_until(lambda: outcomes(told, "upstream") == ["updated", "unchanged"])
            source.names()
            wait_until(lambda: len(source.asked) > 4)
            source.faults[""] = status(503)
            wait_until(lambda: outcomes(told, "upstream") == ["updated", "unchanged", "unreachable"])
    levels = {vars(record)["outcome"]: record.levelname for record in told.records if record.msg == "upstream"}
    assert levels == {"updated": "INFO", "unchanged": "INFO", "unreachable": "ERROR"}
