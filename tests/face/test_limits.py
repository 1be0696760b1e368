"""What the head of a request may be, on any server: how large, to which host, from which page or proxy, how slow."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from api.releases.library import Library
from api.web import limits
from api.web.limits import MOST_HEAD, MOST_OF_ANY, MOST_QUERY
from tests.face.calling import app_of, call
from tests.face.test_bad_requests import problem
from tests.face.test_service import raw, scope_of

Json = Any
CHECK = "/v1/red-flag-checks"


@pytest.mark.parametrize("path", ["/v1/topics", CHECK, "/nothing"])
def test_a_head_that_is_too_large_is_refused(small_app: ASGIApp, path: str) -> None:
    long_query = call(small_app, "GET", f"{path}?q=" + "x" * MOST_QUERY)
    assert problem(long_query, 414)["type"] == "/problems/too-large"
    assert long_query.headers["connection"] == "close"
    for headers in ({"X-Long": "x" * MOST_HEAD}, {f"X-{number}": "x" * 40 for number in range(400)}):
        assert problem(call(small_app, "GET", path, headers=headers), 431)["type"] == "/problems/too-large"
    fitting = call(small_app, "GET", "/v1/topics", headers={"X-Long": "x" * (MOST_HEAD - 400)})
    assert fitting.status_code == 200


@pytest.mark.parametrize(
    ("query", "status"), [(b"q=caf%C3%A9", 200), (b"q=%FF", 400), (b"%ED%A0%80=1", 400), (b"q=caf\xc3\xa9", 400)]
)
def test_a_query_that_is_no_utf8_is_refused(small_app: ASGIApp, query: bytes, status: int) -> None:
    start, _ = raw(small_app, {**scope_of("GET", "/v1/search"), "query_string": query})
    assert start["status"] == status


@pytest.mark.parametrize("length", [str(MOST_OF_ANY + 1), "9" * 5000, "-1", "1e3", "\u0663"])
def test_a_body_that_is_said_to_be_too_large_is_refused_anywhere(small_app: ASGIApp, length: str) -> None:
    for method, path in (("POST", CHECK), ("POST", "/nothing"), ("GET", "/v1/topics")):
        scope = scope_of(method, path, (b"content-length", length.encode()))
        start, body = raw(small_app, scope)
        assert start["status"] == 413
        assert ("emergency" in json.loads(body["body"])) == (path == CHECK)


@pytest.mark.parametrize(
    ("hosts", "version", "status"),
    [
        ([], "1.1", 400), ([b"a", b"b"], "1.1", 400), ([b"a", b"a"], "1.0", 400), ([], "1.0", 200),
        ([b"a"], "1.1", 200),
    ],
)  # fmt: skip
def test_a_request_names_its_host_once(small_app: ASGIApp, hosts: list[bytes], version: str, status: int) -> None:
    scope = {**scope_of("GET", "/v1/topics"), "headers": [(b"host", host) for host in hosts], "http_version": version}
    assert raw(small_app, scope)[0]["status"] == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("api.example", 200), ("API.Example", 200), ("api.example:8000", 200), ("[::1]:8000", 200), ("[::1]", 200),
        ("other.example", 421), ("api.example.other", 421), ("api.example:port", 421), ("", 421), (":80", 421),
    ],
)  # fmt: skip
def test_where_names_are_set_the_service_answers_under_no_other(small: Library, host: str, status: int) -> None:
    app = app_of(small, hosts="api.example, [::1]")
    for _ in range(2):
        assert call(app, "GET", "/v1/topics", headers={"Host": host}).status_code == status
    assert call(app, "POST", CHECK, json={}, headers={"Host": host}).status_code == status
    assert call(app, "GET", "/readyz", headers={"Host": host}).status_code == 200


def test_no_host_is_ever_repeated(small: Library, small_app: ASGIApp) -> None:
    marker = "zqmarker.example"
    for app in (small_app, app_of(small, hosts="api.example")):
        for path in ("/v1/topics", "/v1/topics/", "/docs", "/nothing", "/.well-known/api-catalog", "/v1/releases/feed"):
            answer = call(app, "GET", path, headers={"Host": marker, "X-Forwarded-Host": marker, "Forwarded": marker})
            assert marker not in answer.text + str(answer.headers)
            assert answer.status_code not in range(300, 400)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PROPFIND"])
def test_no_other_method_is_taken(small_app: ASGIApp, method: str) -> None:
    answer = call(small_app, method, "/v1/topics", headers={"X-Secret": "zqmarker"})
    assert problem(answer, 405)["type"] == "/problems/method-not-allowed"
    assert "zqmarker" not in answer.text


def test_options_of_the_server_names_every_method(small_app: ASGIApp) -> None:
    start, _ = raw(small_app, {**scope_of("OPTIONS", "*"), "raw_path": b"*"})
    assert start["status"] == 204
    assert dict(start["headers"])[b"allow"] == b"OPTIONS, GET, HEAD, POST"


def clients_of(library: Library, **settings: Json) -> Json:
    """The client that the app sees behind a proxy that tells of another one."""
    app = app_of(library, **settings)
    scope = scope_of("GET", "/healthz", (b"x-forwarded-for", b"203.0.113.7"), (b"x-forwarded-proto", b"https"))
    scope["client"] = ("10.0.0.1", 1)
    raw(app, scope)
    return scope["client"], scope["scheme"]


def test_only_a_proxy_that_is_named_is_believed(small: Library) -> None:
    assert clients_of(small) == (("10.0.0.1", 1), "http")
    assert clients_of(small, trusted_proxies="192.0.2.0/24") == (("10.0.0.1", 1), "http")
    assert clients_of(small, trusted_proxies="192.0.2.1, 10.0.0.0/8") == (("203.0.113.7", 0), "https")


def test_pages_of_other_origins_are_told_apart_in_every_answer(small: Library) -> None:
    app = app_of(small, cors_origins="https://app.example")
    for headers in ({}, {"Origin": "https://other.example"}):
        for path in ("/v1/levels", "/nothing"):
            answer = call(app, "GET", path, headers=headers)
            assert "Origin" in answer.headers["vary"]
            assert "access-control-allow-origin" not in answer.headers
    page = call(app, "GET", "/v1/levels", headers={"Origin": "https://app.example"})
    assert page.headers["access-control-allow-origin"] == "https://app.example"
    assert "ETag" in page.headers["access-control-expose-headers"]
    for app_for_pages in (app, app_of(small, cors_origins="*")):
        made, kept = (call(app_for_pages, "GET", "/v1/levels").headers["vary"] for _ in range(2))
        assert made == kept
        assert made.endswith("Origin")


def test_a_preflight_that_is_refused_is_a_problem(small: Library) -> None:
    app = app_of(small, cors_origins="https://app.example")
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    assert problem(call(app, "OPTIONS", "/v1/red-flag-checks", headers=asked), 400)["emergency"]


def test_a_page_may_send_what_its_own_traces_are_known_by(small: Library) -> None:
    app = app_of(small, cors_origins="https://app.example")
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, traceparent, tracestate",
    }
    assert call(app, "OPTIONS", "/v1/red-flag-checks", headers=asked).status_code == 200


def test_a_body_that_does_not_arrive_is_not_waited_for(small_app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECEIVING", 0.05)
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": b'{"present', "more_body": True}]

    async def receive() -> Message:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        await small_app(scope_of("POST", CHECK, (b"content-type", b"application/json")), receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 408
    assert dict(sent[0]["headers"])[b"connection"] == b"close"
    said = json.loads(sent[1]["body"])
    assert said["type"] == "/problems/too-slow"
    assert said["emergency"]
