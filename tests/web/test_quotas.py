"""Quotas: who is counted as one, what is counted apart, what a refusal says, and that nothing is counted unasked."""

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.releases.library import Library
from api.settings import Settings
from api.web import counting
from api.web.callers import network
from api.web.counting import Counts, OwnCounter
from api.web.problems import EMERGENCY
from api.web.quotas import Gate, gated
from tests.face.calling import app_of, call
from tests.web.calling import CHECK, asking, statuses

READ, ASK = ("GET", "/v1/topics"), ("POST", CHECK)
POLICY = re.compile(r'"(reads|checks)";q=[1-9]\d*;w=[1-9]\d*')
LEFT = re.compile(r'"(reads|checks)";r=\d+;t=[1-9]\d*')
"""A list of one string with integers as parameters, as RFC 9651 writes it."""


@pytest.fixture
def two_each(small: Library) -> ASGIApp:
    """An app that lets through two reads and two checks an hour."""
    return app_of(small, quota_reads="2/hour", quota_checks="2/hour")


def test_nothing_is_counted_by_default(small_app: ASGIApp) -> None:
    answer = call(small_app, *READ)
    assert not {"ratelimit", "ratelimit-policy"} & answer.headers.keys()
    assert set(statuses(small_app, [READ] * 30)) == {200}


def test_reads_and_checks_are_counted_apart(two_each: ASGIApp) -> None:
    assert statuses(two_each, [READ, READ, READ, ("HEAD", "/v1/topics"), ("OPTIONS", "/v1/topics")]) == [
        200, 200, 429, 429, 429,
    ]  # fmt: skip
    assert statuses(two_each, [ASK] * 3, json={}) == [200, 200, 429]


def test_health_and_metrics_are_never_refused(two_each: ASGIApp) -> None:
    free = [("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")]
    assert set(statuses(two_each, [READ, READ, READ, *free * 5])[3:]) == {200}


def test_only_what_the_settings_name_is_counted(small: Library) -> None:
    app = app_of(small, quota_checks="1/hour")
    assert set(statuses(app, [READ] * 5)) == {200}
    assert statuses(app, [ASK] * 2, json={}) == [200, 429]


def test_a_refused_check_says_where_to_turn_at_once(two_each: ASGIApp) -> None:
    statuses(two_each, [ASK] * 2, json={})
    refused = asyncio.run(asking(two_each)("POST", CHECK, json={}))
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["cache-control"] == "no-store"
    assert refused.json()["type"] == "/problems/too-many"
    assert refused.json()["emergency"] == EMERGENCY
    elsewhere = asyncio.run(asking(two_each)("POST", "/v1/nothing", json={}))
    assert elsewhere.json()["emergency"] == EMERGENCY


def test_a_refused_read_says_when_to_come_again(two_each: ASGIApp) -> None:
    ask = asking(two_each)
    answers = [asyncio.run(ask(*READ)) for _ in range(3)]
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"reads";q=2;w=3600'] * 3
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert all(POLICY.fullmatch(answer.headers["ratelimit-policy"]) for answer in answers)
    assert all(LEFT.fullmatch(answer.headers["ratelimit"]) for answer in answers)
    wait = int(answers[2].headers["retry-after"])
    assert 1 <= wait <= 3600
    assert answers[2].headers["ratelimit"] == f'"reads";r=0;t={wait}'
    assert "emergency" not in answers[2].json()


def test_whoever_waits_as_long_as_was_said_is_answered(small: Library) -> None:
    app = app_of(small, quota_checks="1/second")
    ask = asking(app)

    async def wait() -> int:
        answer = await ask("POST", CHECK, json={})
        while answer.status_code == 200:
            answer = await ask("POST", CHECK, json={})
        await asyncio.sleep(int(answer.headers["retry-after"]))
        return (await ask("POST", CHECK, json={})).status_code

    assert asyncio.run(wait()) == 200


def test_callers_do_not_use_up_the_quota_of_others(two_each: ASGIApp) -> None:
    for host in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
        assert statuses(two_each, [READ] * 3, host) == [200, 200, 429]


def test_the_addresses_of_one_household_count_as_one(two_each: ASGIApp) -> None:
    hosts = ["2001:db8:0:7::1", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7::2"]
    assert [statuses(two_each, [READ], host)[0] for host in hosts] == [200, 200, 429]
    assert network("::ffff:192.0.2.9") == network("192.0.2.9")


def test_what_is_no_address_shares_one_quota(two_each: ASGIApp) -> None:
    hosts = ["unix", "a name", "192.0.2.999"]
    assert [statuses(two_each, [READ], host)[0] for host in hosts] == [200, 200, 429]


def test_a_peer_without_an_address_is_not_counted(two_each: ASGIApp) -> None:
    assert set(statuses(two_each, [READ] * 5, None)) == {200}


def test_a_header_that_names_an_address_is_not_believed(two_each: ASGIApp) -> None:
    given = [
        statuses(two_each, [READ], headers={"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for={number}"})
        for number in range(3)
    ]
    assert given == [[200], [200], [429]]


def test_browser_apps_can_read_what_is_left_and_their_preflights_are_not_counted(small: Library) -> None:
    app = app_of(small, quota_reads="1/hour", cors_origins="https://app.example")
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert set(statuses(app, [("OPTIONS", CHECK)] * 5, headers=headers)) == {200}
    assert statuses(app, [READ], headers=headers) == [200]
    refused = asyncio.run(asking(app)(*READ, headers=headers))
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == "https://app.example"
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= {
        name.strip() for name in refused.headers["access-control-expose-headers"].split(",")
    }


def test_other_protocols_pass_through_the_gate() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(_message: Message) -> None:
        """Nothing is sent."""

    gate = Gate(Settings(quota_reads="1/hour"))

    async def run() -> None:
        await gated(app, gate)({"type": "lifespan"}, receive, send)

    asyncio.run(run())
    assert seen == ["lifespan"]


@settings(deadline=None)
@given(
    limit=st.integers(1, 5),
    callers=st.lists(st.sampled_from(["a", "b", "c"]), max_size=40),
)
def test_counts_are_those_of_the_library(limit: int, callers: list[str]) -> None:
    """Ours differ in how they forget, never in what fits."""
    quota = parse(f"{limit}/hour")

    async def run() -> None:
        theirs, ours = SlidingWindowCounterRateLimiter(MemoryStorage()), OwnCounter()
        for caller in callers:
            fits = await theirs.hit(quota, caller)
            assert (await ours.spend(quota, caller)).fits == fits

    asyncio.run(run())


def test_however_many_call_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTS", 50)
    counts = Counts()

    async def run() -> None:
        for number in range(500):
            await counts.incr(f"caller {number}", 3600)

    asyncio.run(run())
    assert len(counts.expirations) == len(counts.storage) == 50
    assert "caller 499" in counts.storage
    assert not counts.locks


def test_what_has_expired_is_forgotten() -> None:
    counts = Counts()

    async def run() -> None:
        await counts.incr("early", 0.001)
        await asyncio.sleep(0.01)
        await counts.incr("late", 3600)
        assert await counts.incr("late", 3600) == 2

    asyncio.run(run())
    assert dict(counts.storage) == {"late": 2}
