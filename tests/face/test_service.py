"""The service itself: health, documentation without another host, HEAD and OPTIONS, CORS, logs, failures."""

import asyncio
import io
import json
import re
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import make_routes
from api.releases.library import Library
from api.web import logs
from api.web.front import Front, request_ids, with_options
from api.web.problem_kinds import KINDS
from api.web.rendered import nothing_kept
from api.web.serving import Serving
from tests.face.calling import app_of, call, check

Json = Any


def test_health_and_readiness_are_told(small_app: ASGIApp) -> None:
    assert call(small_app, "GET", "/healthz").json() == {"status": "alive"}
    assert call(small_app, "GET", "/readyz").json()["release"]["version"] == "1.0.0"


def test_the_documentation_loads_nothing_from_another_host(small_app: ASGIApp) -> None:
    page = call(small_app, "GET", "/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "://" not in page.text
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        answer = call(small_app, "GET", asset)
        assert answer.status_code == 200
        assert answer.content
    first, second = (call(small_app, "GET", "/openapi.json").json() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_problem_has_a_page_that_explains_it(small_app: ASGIApp, kind: str) -> None:
    page = call(small_app, "GET", f"/problems/{kind}")
    assert page.headers["content-type"].startswith("text/html")
    assert KINDS[kind].title in page.text


@pytest.mark.parametrize("path", ["/v1/topics", "/v1/releases/1.0.0/bundle", "/healthz", "/v1/topics/none"])
def test_head_has_the_headers_of_get_and_no_body(small_app: ASGIApp, path: str) -> None:
    head, get = call(small_app, "HEAD", path), call(small_app, "GET", path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/v1/topics", "OPTIONS, GET, HEAD"), ("/v1/red-flag-checks", "OPTIONS, POST"), ("/docs", "OPTIONS, GET, HEAD")],
)
def test_options_tells_the_methods(small_app: ASGIApp, path: str, allow: str) -> None:
    answer = call(small_app, "OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"]) == (204, allow)


def test_options_of_nothing_is_a_problem(small_app: ASGIApp) -> None:
    assert call(small_app, "OPTIONS", "/none").status_code == 404


def test_browser_apps_of_named_origins_may_call(small: Library, small_app: ASGIApp) -> None:
    app = app_of(small, cors_origins="https://app.example")
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    preflight = call(app, "OPTIONS", "/v1/red-flag-checks", headers=headers)
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    assert call(app, "GET", "/healthz", headers=headers).headers["access-control-allow-origin"] == "https://app.example"
    stranger = call(app, "GET", "/healthz", headers={"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in stranger.headers
    assert "access-control-allow-origin" not in call(small_app, "GET", "/healthz", headers=headers).headers
    assert call(app, "OPTIONS", "/v1/topics").headers["allow"] == "OPTIONS, GET, HEAD"


def logged(app: ASGIApp, *requests: tuple[str, str, Json]) -> list[Json]:
    stream = io.StringIO()
    listener = logs.start(stream)
    try:
        for method, path, more in requests:
            call(app, method, path, **more)
    finally:
        listener.stop()
        logs.LOG.handlers = []
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_request_is_one_line_that_holds_nothing_a_person_sent(small_app: ASGIApp) -> None:
    marker = "zqmarker"
    lines = logged(
        small_app,
        ("GET", f"/v1/topics/{marker}?language={marker}", {"headers": {"X-Request-ID": marker, "User-Agent": marker}}),
        ("POST", "/v1/red-flag-checks", {"json": {"present": [marker]}}),
        ("GET", f"/{marker}", {}),
        (marker.upper(), "/v1/topics", {}),
    )
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/topics/{topic}", 422),
        ("POST", "/v1/red-flag-checks", 422),
        ("GET", "none", 404),
        ("OTHER", "/v1/topics", 405),
    ]
    assert all(
        line.keys() == {"time", "level", "event", "method", "route", "status", "duration_ms", "release", "request_id"}
        for line in lines
    )
    assert marker not in json.dumps(lines).lower()


def fronted(app: ASGIApp, library: Library) -> Front:
    """A front with an empty table before an app."""
    serving = Serving(library)
    return Front(app, request_ids().__next__, serving, nothing_kept)


def broken(library: Library, *, after_start: bool) -> ASGIApp:
    """An app that fails, before or after it has begun to answer."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        if after_start:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        message = "a message that could hold what a person sent"
        raise ValueError(message)

    return fronted(app, library)


def test_a_failure_is_one_clear_answer_and_a_line_without_its_message(small: Library) -> None:
    answers = []
    lines = logged(broken(small, after_start=False), ("GET", "/x", {}))
    answers.append(call(broken(small, after_start=False), "POST", "/v1/red-flag-checks"))
    assert answers[0].status_code == 500
    assert answers[0].json()["type"] == "/problems/failure"
    assert answers[0].json()["emergency"]
    assert (lines[0]["event"], lines[0]["error"]) == ("failure", "ValueError")
    assert "could hold" not in json.dumps(lines)


def scope_of(method: str, path: str, *headers: tuple[bytes, bytes]) -> Json:
    """A scope as a server makes it."""
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"test"), *headers], "scheme": "http", "server": ("test", 80), "root_path": "",
        "http_version": "1.1",
    }  # fmt: skip


def raw(app: ASGIApp, scope: Json) -> list[Json]:
    """Call an app with a bare scope and give the messages that it sends."""
    sent: list[Json] = []

    async def receive() -> Json:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Json) -> None:
        sent.append(message)

    async def run() -> None:
        await app(scope, receive, send)

    asyncio.run(run())
    return sent


def test_a_failure_in_the_midst_of_an_answer_ends_it_without_a_second_one(small: Library) -> None:
    sent = raw(broken(small, after_start=True), scope_of("GET", "/x"))
    assert [message["type"] for message in sent] == ["http.response.start"]


def test_a_client_that_goes_away_is_no_failure(small_app: ASGIApp) -> None:
    stream = io.StringIO()
    listener = logs.start(stream)
    sent: list[Json] = []

    async def receive() -> Json:
        return {"type": "http.disconnect"}

    async def send(message: Json) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"9")]
    scope = scope_of("POST", "/v1/red-flag-checks", *headers)

    async def run() -> None:
        await small_app(scope, receive, send)

    try:
        asyncio.run(run())
    finally:
        listener.stop()
        logs.LOG.handlers = []
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["event"], line["status"]) for line in lines] == [("request", 400)]
    assert sent[0]["status"] == 400


def test_a_route_that_fails_is_answered_with_a_problem_and_nothing_of_its_message(small: Library) -> None:
    routes = make_routes(small)

    async def fail() -> None:
        message = "a message that could hold what a person sent"
        raise ValueError(message)

    routes.add_api_route("/fail", fail)
    app = fronted(routes, small)
    answer = call(app, "GET", "/fail")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/failure"
    lines = logged(app, ("GET", "/fail", {}))
    assert [line["event"] for line in lines] == ["failure", "request"]
    assert "could hold" not in answer.text + json.dumps(lines)


def test_other_protocols_pass_through_the_front(small: Library) -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    raw(with_options(fronted(app, small), []), {"type": "lifespan"})
    assert seen == ["lifespan"]


def test_every_answer_has_a_request_id_of_its_own(small_app: ASGIApp) -> None:
    ids = {check(small_app, {}).headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5
