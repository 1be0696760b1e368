"""Quotas in a Redis: workers share them, nobody is named there, and one that fails stands in nobody's way."""

import asyncio
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis
from limits import parse
from starlette.types import ASGIApp

from api.releases.library import Library
from api.settings import SettingsRefused
from api.web import counting
from api.web.counting import SharedCounter, Spent
from api.web.logs import LOG
from tests.face.calling import app_of
from tests.face.test_server import free_port
from tests.web.calling import CHECK, asking
from tests.web.small_redis import SmallRedis, small_redis

TWO = parse("2/hour")
READ = ("GET", "/v1/topics")


@pytest.fixture
def server() -> Iterator[SmallRedis]:
    with small_redis() as made:
        yield made


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a Redis is there, a busy machine is no reason to go without it."""
    monkeypatch.setattr(counting, "PATIENCE", 10)


def app_with(library: Library, address: str) -> ASGIApp:
    return app_of(library, quota_reads="2/hour", quota_checks="2/hour", quota_storage=address)


async def spend(counter: SharedCounter, count: int, name: str = "somebody") -> list[Spent | None]:
    try:
        return [await counter.spend(TWO, name) for _ in range(count)]
    finally:
        await counter.pool.aclose()


@pytest.mark.usefixtures("patient")
def test_workers_share_what_was_counted(server: SmallRedis) -> None:
    found = [asyncio.run(spend(SharedCounter(server.address), 1))[0] for _ in range(4)]
    assert [spent and (spent.fits, spent.left) for spent in found] == [(True, 1), (True, 0), (False, 0), (False, 0)]


@pytest.mark.usefixtures("patient")
def test_nobody_is_named_in_the_redis(server: SmallRedis) -> None:
    asyncio.run(spend(SharedCounter(server.address), 1, "network 192.0.2.77 reads"))
    asyncio.run(spend(SharedCounter(server.address + "/0"), 1, "network 192.0.2.77 reads"))
    assert len(server.counts) == 2, "under another address, password and all, the same caller is another hash"
    assert b"192.0.2" not in b" ".join(server.counts)


@pytest.mark.usefixtures("patient")
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no Redis is installed")
def test_a_real_redis_counts_as_the_small_one_does() -> None:
    port = free_port()
    program = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],  # noqa: S607
        stdout=subprocess.DEVNULL,
    )
    try:
        plain = redis.Redis(port=port)
        for _ in range(100):
            try:
                plain.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        found = asyncio.run(spend(SharedCounter(f"redis://127.0.0.1:{port}"), 3, "network 192.0.2.77 reads"))
        assert [spent and (spent.fits, spent.left) for spent in found] == [(True, 1), (True, 0), (False, 0)]
        keys = plain.keys()
        assert isinstance(keys, list)
        assert keys
        assert all(b"192.0.2" not in key and 0 < int(str(plain.ttl(key))) <= 7200 for key in keys)
        plain.close()
    finally:
        program.terminate()
        program.wait()


def test_where_the_redis_is_gone_checks_pass_and_reads_are_counted_by_each_worker(small: Library) -> None:
    app = app_with(small, f"redis://127.0.0.1:{free_port()}")
    ask = asking(app)

    async def run() -> list[int]:
        reads = [(await ask(*READ)).status_code for _ in range(3)]
        checks = [(await ask("POST", CHECK, json={})).status_code for _ in range(5)]
        return reads + checks

    assert asyncio.run(run()) == [200, 200, 429, 200, 200, 200, 200, 200]


def test_a_redis_that_does_not_answer_is_asked_once_and_then_left_alone(server: SmallRedis) -> None:
    server.silent.set()
    counter = SharedCounter(server.address)
    assert asyncio.run(spend(counter, 50)) == [None] * 50
    assert server.asked == 1


def test_a_redis_that_answers_again_counts_again(
    server: SmallRedis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "PAUSE", 0.01)
    monkeypatch.setattr(LOG, "propagate", True)
    counter = SharedCounter(server.address)

    async def run() -> list[bool]:
        server.silent.set()
        found = [await counter.spend(TWO, "somebody") is None]
        await asyncio.sleep(0.02)
        found.append(await counter.spend(TWO, "somebody") is None)  # it is tried, and still silent
        server.silent.clear()
        monkeypatch.setattr(counting, "PATIENCE", 10)
        await asyncio.sleep(0.02)
        found += [await counter.spend(TWO, "somebody") is None for _ in range(2)]
        await counter.pool.aclose()
        return found

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(run()) == [True, True, False, False]
    assert [record.message for record in caplog.records] == ["quota storage fails", "quota storage answers again"]


def test_while_one_request_tries_a_redis_again_nobody_waits_with_it(
    server: SmallRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = SharedCounter(server.address)
    server.silent.set()

    async def run() -> None:
        await counter.spend(TWO, "somebody")
        asked = server.asked
        monkeypatch.setattr(counter, "_ask_again", time.monotonic() - 1)  # as if the pause were over
        assert await asyncio.gather(*(counter.spend(TWO, "somebody") for _ in range(20))) == [None] * 20
        assert server.asked <= asked + 1
        await counter.pool.aclose()

    asyncio.run(run())


def test_a_redis_that_dies_in_the_midst_is_gone_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PATIENCE", 10)
    with small_redis() as server:
        counter = SharedCounter(server.address)
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(counter.spend(TWO, "somebody")) is not None
        server.silent.set()
    monkeypatch.setattr(counting, "PATIENCE", 0.1)
    assert loop.run_until_complete(counter.spend(TWO, "somebody")) is None
    loop.run_until_complete(counter.pool.aclose())
    loop.close()


def test_without_the_package_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(SettingsRefused, match="install the extra `redis`"):
        SharedCounter("redis://127.0.0.1:6379")
