"""How long each kind of answer holds, and what recalls and newer releases change of it."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import http_sf
import pytest
from starlette.types import ASGIApp

from api.app import create_app
from api.releases.library import Library, gone_stale
from api.settings import Settings
from api.web.caching import FOR_EVER, NEWEST
from tests.builders import NOW
from tests.face.calling import app_of, call, check
from tests.releases.test_recalls import recalling as recalling

Json = Any
Recalling = Callable[..., Library]
LONG = "/v1/topics/legs"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (LONG, NEWEST), (f"{LONG}?release=1.0.0", FOR_EVER), ("/v1/releases", NEWEST), ("/v1/releases/latest", NEWEST),
        ("/v1/releases/1.0.0", FOR_EVER), ("/v1/releases/1.0.0/bundle", FOR_EVER), ("/releases/latest.json", NEWEST),
        ("/releases/1.0.0/bundle.json", FOR_EVER), ("/v1/changes", "no-cache"),
        ("/v1/search?q=cold", "private, max-age=60"),
        ("/healthz", "no-store"), ("/readyz", "no-store"), ("/nothing", "no-store"), ("/v1/causes/nothing", "no-store"),
        ("/v1/topics?x=1", "no-store"), ("/openapi.json", NEWEST), ("/.well-known/api-catalog", NEWEST),
        ("/v1/releases/feed", NEWEST), ("/.well-known/jwks.json", NEWEST),
    ],
)  # fmt: skip
def test_an_answer_says_how_long_it_holds(small_app: ASGIApp, path: str, expected: str) -> None:
    assert call(small_app, "GET", path).headers["cache-control"] == expected


def test_the_answer_to_a_check_is_never_stored(small_app: ASGIApp) -> None:
    for profile in ({}, {"present": ["nothing"]}):
        answer = check(small_app, profile)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


def test_a_release_that_is_recalled_as_unsafe_is_never_kept_for_ever(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.0.0"}))
    for path in (f"{LONG}?release=1.0.0", "/v1/releases/1.0.0/bundle", "/v1/releases/1.0.0"):
        headers = call(app, "GET", path).headers
        assert headers["cache-control"] == NEWEST
        assert parsedate_to_datetime(headers["sunset"]) == NOW
    assert call(app, "GET", f"{LONG}?release=1.1.0").headers["cache-control"] == FOR_EVER


def test_a_release_that_is_withdrawn_says_since_when_and_by_what_it_is_replaced(recalling: Recalling) -> None:
    for more, replacement in (({}, "1.1.0"), ({"replacement": "1.1.0"}, "1.1.0")):
        app = app_of(recalling({"version": "1.0.0", "severity": "withdrawn", **more}))
        headers = call(app, "GET", f"{LONG}?release=1.0.0").headers
        assert headers["cache-control"] == FOR_EVER
        assert http_sf.parse(headers["deprecation"].encode(), tltype="item") == (NOW, {})
        assert f'</v1/releases/{replacement}>; rel="successor-version"' in headers["link"]
        assert "sunset" not in headers
        assert "deprecation" not in call(app, "GET", LONG).headers


def test_where_an_item_is_recalled_no_answer_of_a_release_is_kept_for_ever(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "kind": "remedy", "id": "rest"}))
    headers = call(app, "GET", f"{LONG}?release=1.0.0").headers
    assert headers["cache-control"] == NEWEST
    assert "deprecation" not in headers


def test_an_item_that_is_withdrawn_says_since_when_in_every_form(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.0.0", "kind": "red_flag", "id": "mild", "severity": "withdrawn"}))
    for accept in ("application/json", "text/markdown"):
        for _ in range(2):
            answer = call(app, "GET", "/v1/red-flags/mild?release=1.0.0", headers={"Accept": accept})
            assert answer.status_code == 200
            assert http_sf.parse(answer.headers["deprecation"].encode(), tltype="item") == (NOW, {})
            assert 'rel="describedby"' in answer.headers["link"]
            assert '</problems/gone>; rel="deprecation"; type="text/html"' in answer.headers["link"]
            assert "sunset" not in answer.headers
    for path in ("/v1/red-flags/mild", "/v1/red-flags/mild?release=1.1.0", "/v1/causes/cold?release=1.0.0"):
        assert "deprecation" not in call(app, "GET", path).headers


def test_an_item_withdrawn_from_a_recalled_release_says_since_when_the_release_is(recalling: Recalling) -> None:
    item = {"version": "1.1.0", "kind": "cause", "id": "cold", "severity": "withdrawn", "recalled": NOW}
    release = {"version": "1.0.0", "severity": "withdrawn", "recalled": NOW - timedelta(days=1)}
    app = app_of(recalling(item, release))
    moments = [
        http_sf.parse(call(app, "GET", path).headers["deprecation"].encode(), tltype="item")
        for path in ("/v1/causes/cold", "/v1/causes/cold?release=1.0.0")
    ]
    assert moments == [(NOW, {}), (NOW - timedelta(days=1), {})]
    links = call(app, "GET", "/v1/causes/cold?release=1.0.0").headers["link"]
    assert links.count('rel="deprecation"') == links.count('rel="successor-version"') == 1


def test_an_item_that_is_unsafe_is_gone_whichever_release_is_asked(recalling: Recalling) -> None:
    app = app_of(recalling({"version": "1.1.0", "kind": "remedy", "id": "rest"}))
    for path in ("/v1/remedies/rest", "/v1/remedies/rest?release=1.0.0", "/v1/remedies/rest?release=1.1.0"):
        answer = call(app, "GET", path)
        assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store")
        assert answer.json()["type"] == "/problems/gone"


def test_what_is_said_while_the_pointer_has_expired_is_not_kept_for_ever(small: Library) -> None:
    assert call(app_of(gone_stale(small)), "GET", f"{LONG}?release=1.0.0").headers["cache-control"] == NEWEST


def test_a_newer_library_is_answered_from_at_once(small: Library, shipped: Library) -> None:
    app = create_app(small, Settings())
    addresses = ["/v1/releases/latest", "/v1/levels", "/v1/levels?release=1.0.0", "/v1/releases/1.0.0/bundle"]
    old = [call(app, "GET", address) for address in addresses]
    assert [one.content for one in old] == [call(app, "GET", address).content for address in addresses]
    app.serving.library = shipped
    new = [call(app, "GET", address) for address in addresses]
    assert not {one.headers["etag"] for one in old} & {one.headers["etag"] for one in new}
    fresh = app_of(shipped)
    assert [one.content for one in new] == [call(fresh, "GET", address).content for address in addresses]
