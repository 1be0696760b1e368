"""Metrics: every answer counted once by route, method and class of status; the release; and nothing of a person."""

import asyncio
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from api import VERSION
from api.releases.library import Library
from api.settings import Place, SettingsRefused
from api.web import exposing
from api.web.exposing import SHARED, listen, page_of, registry_of, sharing
from api.web.metrics import BOUNDS, Served, Tally
from api.web.observing import to_all, unobserved
from api.web.problems import CHECK_PATH
from tests.face.calling import app_of, call, check
from tests.face.test_server import free_port, start, stop
from tests.face.wire import wait_until

Json = Any
Series = dict[tuple[str, ...], float]
COUNT = "sleep_guidance_request_duration_seconds_count"


def read(text: str, name: str) -> Series:
    """Give the series of a name in a page, by the values of their labels."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def page(app: ASGIApp) -> str:
    return call(app, "GET", "/metrics").text


@pytest.fixture
def app(small: Library) -> ASGIApp:
    return app_of(small)


def test_each_answer_is_counted_once(app: ASGIApp) -> None:
    for method, path in [("GET", "/v1/topics/legs"), ("GET", "/v1/topics/arms"), ("GET", "/v1/topics/none")]:
        call(app, method, path)
    call(app, "HEAD", "/v1/topics/legs")
    call(app, "BREW", "/somewhere")
    for _ in range(3):
        check(app, {})
    check(app, {"present": ["nothing"]})
    call(app, "POST", "/v1/red-flag-checks", content=b"{}")
    found = page(app)
    assert read(found, COUNT) == {
        ("GET", "/v1/topics/{topic}", "2xx"): 2,
        ("GET", "/v1/topics/{topic}", "4xx"): 1,
        ("HEAD", "/v1/topics/{topic}", "2xx"): 1,
        ("OTHER", "none", "4xx"): 1,
        ("POST", "/v1/red-flag-checks", "2xx"): 3,
        ("POST", "/v1/red-flag-checks", "4xx"): 2,
    }
    assert read(found, "sleep_guidance_check_answers_total") == {("200",): 3, ("422",): 1, ("415",): 1}


def test_the_buckets_add_up() -> None:
    tally = Tally()
    for seconds in (*BOUNDS[:-1], 7.0):
        tally.record("/v1/topics", "GET", 200, seconds, [])
    registry = CollectorRegistry()
    registry.register(tally)
    text = generate_latest(registry).decode()
    name = "sleep_guidance_request_duration_seconds"
    buckets = read(text, f"{name}_bucket")
    assert [*buckets.values()] == [*range(1, len(BOUNDS) + 1)], "a bound belongs to its own bucket"
    assert read(text, f"{name}_sum") == {("GET", "/v1/topics", "2xx"): pytest.approx(sum(BOUNDS[:-1]) + 7)}


def test_the_page_is_kept_for_a_moment_and_by_nobody_else(app: ASGIApp) -> None:
    first = call(app, "GET", "/metrics")
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["content-type"].startswith("text/plain; version=")
    now = 0.0
    tally = Tally()
    registry = CollectorRegistry()
    registry.register(tally)
    get_metrics = page_of(registry, lambda: now)

    def counted() -> Series:
        return read(bytes(asyncio.run(get_metrics()).body).decode(), COUNT)

    assert counted() == {}
    tally.record("/v1/topics", "GET", 200, 0.1, [])
    assert counted() == {}
    now = 1.5
    assert counted() == {("GET", "/v1/topics", "2xx"): 1}


def test_the_release_and_its_age_are_told(small: Library) -> None:
    registry = CollectorRegistry()
    now = small.latest.expires - timedelta(seconds=1)
    registry.register(Served(lambda: small, lambda: now))
    text = generate_latest(registry).decode()
    reference = small.current().edition.reference
    assert read(text, "sleep_guidance_service_info") == {(VERSION,): 1}
    assert read(text, "sleep_guidance_release_info") == {("none", reference.digest, "1.0.0"): 1}
    assert read(text, "sleep_guidance_release_expires_timestamp_seconds") == {(): small.latest.expires.timestamp()}
    assert read(text, "sleep_guidance_release_stale") == {(): 0}
    now += timedelta(seconds=2)
    assert read(generate_latest(registry).decode(), "sleep_guidance_release_stale") == {(): 1}


def test_metrics_can_be_off(small: Library) -> None:
    assert call(app_of(small, metrics="off"), "GET", "/metrics").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_metrics_can_be_read_at_a_place_of_their_own_alone(host: str) -> None:
    place = f"{host}:{free_port()}"
    server = start(SLEEP_GUIDANCE_METRICS=place)
    assert httpx.get(f"{server.address}/v1/topics").status_code == 200
    assert httpx.get(f"{server.address}/metrics").status_code == 404
    text = httpx.get(f"http://{place}/metrics?zqmarker").text
    assert read(text, COUNT)["GET", "/v1/topics", "2xx"] == 1
    out, err = stop(server)
    assert "zqmarker" not in out + err


def test_a_place_that_is_taken_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsRefused, match="nothing can listen there: Address already in use"):
            listen(Place("127.0.0.1", taken.getsockname()[1]), CollectorRegistry())


def test_workers_tell_together_what_each_of_them_counted() -> None:
    with sharing():
        folder = os.environ[SHARED]
        place = f"127.0.0.1:{free_port()}"
        one, other = (start(SLEEP_GUIDANCE_METRICS=place) for _ in range(2))
        for server, count in ((one, 3), (other, 4)):
            for _ in range(count):
                assert httpx.get(f"{server.address}/v1/topics").status_code == 200
            httpx.post(f"{server.address}/v1/red-flag-checks", json={})
        stop(one)

        def told() -> str:
            return httpx.get(f"http://{place}/metrics").text

        # each tells once a second, and what a worker counted outlives it
        wait_until(lambda: read(told(), COUNT).get(("GET", "/v1/topics", "2xx")) == 7)
        wait_until(lambda: read(told(), "sleep_guidance_check_answers_total") == {("200",): 2})
        assert len(read(told(), "sleep_guidance_release_info")) == 1
        stop(other)
    assert SHARED not in os.environ
    assert not os.path.exists(folder)  # noqa: PTH110


def test_what_is_counted_is_told_to_those_who_share_again_and_again(
    small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposing, "TELL_EVERY", 0.01)
    with sharing():
        Path(os.environ[SHARED], "counter_of_one_that_has_just_made_it.db").touch()
        tally = Tally()
        registry = registry_of(tally, lambda: small)
        for count in (1, 2):
            tally.record(CHECK_PATH, "POST", 200, 0.01, [])
            expected = {("200",): float(count)}
            wait_until(
                lambda: read(generate_latest(registry).decode(), "sleep_guidance_check_answers_total") == expected  # noqa: B023 -- it is over before the next
            )
        text = generate_latest(registry).decode()
    assert read(text, COUNT) == {("POST", CHECK_PATH, "2xx"): 2}
    assert read(text, "sleep_guidance_request_duration_seconds_sum") == {("POST", CHECK_PATH, "2xx"): 0.02}


def test_a_place_of_their_own_is_made_with_the_app(small: Library) -> None:
    place = f"127.0.0.1:{free_port()}"
    app = app_of(small, metrics=place)
    assert call(app, "GET", "/v1/topics").status_code == 200
    assert read(httpx.get(f"http://{place}/metrics").text, COUNT) == {("GET", "/v1/topics", "2xx"): 1}


def test_whoever_observes_is_told_and_nobody_need_be() -> None:
    told: list[tuple[object, ...]] = []

    def first(*words: object) -> None:
        told.append(("first", *words))

    def second(*words: object) -> None:
        told.append(("second", *words))

    answer = ("/v1/topics", "GET", 200, 0.1, [(b"host", b"test")])
    for records in ([], [first], [first, second]):
        to_all(records)(*answer)
    unobserved(*answer)
    assert told == [("first", *answer), ("first", *answer), ("second", *answer)]
    assert to_all([first]) is first
