"""Every header of every kind of answer: known here, and of the form that its standard gives it."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import http_sf
import httpx
import pytest
from starlette.types import ASGIApp

from api.releases.library import Library
from api.web.callers import hashed, new_key
from api.web.limits import MOST_HEAD, MOST_OF_ANY, MOST_QUERY
from tests.face.calling import app_of, call
from tests.releases.test_recalls import recalling as recalling

Json = Any
Form = Callable[[str], object]
CHECK = "/v1/red-flag-checks"
LEGS = "/v1/topics/legs"
PAGE = {"Origin": "https://page.example"}
PREFLIGHT = {**PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "If-None-Match"}
KEY = new_key()
NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
LINK = rf'<[^<>\s"]*>(; {NAME}=("[^"\\]*"|{NAME}))+'
MEDIA_TYPE = rf'{NAME}/{NAME}(; {NAME}=("[^"\\]*"|{NAME}))*'
DIRECTIVE = r"[a-z-]+( ('[a-z-]+'|[a-z]+:))+"


def parsed(value: str, form: str) -> Json:
    """Read a structured field."""
    return http_sf.parse(value.encode(), tltype=form)


def field(form: str) -> Form:
    """A structured field (RFC 9651) that holds something."""

    def read(value: str) -> object:
        found = parsed(value, form)
        assert found not in (None, [], {})
        return found

    return read


def grammar(pattern: str) -> Form:
    """A field of an older grammar."""

    def read(value: str) -> object:
        assert re.fullmatch(pattern, value), value
        return value

    return read


def names(value: str) -> object:
    """A list of tokens that stand there once each."""
    found = [str(token) for token, parameters in parsed(value, "list") if not parameters]
    assert all(re.fullmatch(NAME, one) for one in found)
    assert len({one.lower() for one in found}) == value.count(",") + 1
    return found


def quota(*parameters: str) -> Form:
    """A list of one name of a quota, with whole numbers of some names."""

    def read(value: str) -> object:
        ((name, told),) = parsed(value, "list")
        assert name in {"reads", "checks"}
        assert [*told] == [*parameters]
        assert all(type(number) is int and number >= 0 for number in told.values())
        return told

    return read


def caching(value: str) -> object:
    """Directives (RFC 9111) that do not contradict each other."""
    told = parsed(value, "dictionary")
    assert told.keys() <= {
        "max-age", "stale-while-revalidate", "stale-if-error", "immutable", "private", "no-cache", "no-store",
    }  # fmt: skip
    assert ("max-age" in told) + ("no-cache" in told) + ("no-store" in told) == 1
    for name, (number, parameters) in told.items():
        assert (type(number) is int) == (name == "max-age" or name.startswith("stale-"))
        assert not parameters
    return told


def digest(value: str) -> object:
    """One SHA-256 (RFC 9530)."""
    ((name, (data, parameters)),) = parsed(value, "dictionary").items()
    assert (name, len(data), parameters) == ("sha-256", 32, {})
    assert value == f"sha-256=:{b64encode(data).decode()}:"
    return data


def moment(value: str) -> object:
    """A moment as HTTP writes it (RFC 9110, 5.6.7)."""
    assert format_datetime(parsedate_to_datetime(value), usegmt=True) == value
    return value


FORMS: dict[str, Form] = {
    "accept-ranges": names,
    "access-control-allow-headers": names,
    "access-control-allow-methods": names,
    "access-control-allow-origin": grammar(r"https://page\.example"),
    "access-control-expose-headers": names,
    "access-control-max-age": field("item"),
    "allow": names,
    "cache-control": caching,
    "connection": grammar("close"),
    "content-encoding": names,
    "content-language": grammar(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
    "content-length": grammar(r"0|[1-9]\d*"),
    "content-range": grammar(r"bytes (\d+-\d+|\*)/\d+"),
    "content-security-policy": grammar(rf"{DIRECTIVE}(; {DIRECTIVE})*"),
    "content-type": grammar(MEDIA_TYPE),
    "cross-origin-resource-policy": field("item"),
    "deprecation": field("item"),
    "etag": grammar('"[0-9a-f]{32}"'),
    "link": grammar(rf"{LINK}(, {LINK})*"),
    "ratelimit": quota("r", "t"),
    "ratelimit-policy": quota("q", "w"),
    "referrer-policy": names,
    "repr-digest": digest,
    "retry-after": grammar(r"[1-9]\d*"),
    "sunset": moment,
    "vary": names,
    "www-authenticate": grammar(rf'Bearer {NAME}="[^"\\]*"'),
    "x-content-type-options": grammar("nosniff"),
    "x-request-id": grammar("[0-9a-f]{32}"),
}
"""How to read every header that the service sends, by its name in small letters."""
GETS: tuple[tuple[int, str, Json], ...] = (
    (200, LEGS, {}), (200, LEGS, {"Accept-Encoding": "br"}), (200, LEGS, {"Accept": "text/markdown"}),
    (200, f"{LEGS}?release=1.0.0", {}), (200, f"{LEGS}?release=1.1.0", {}), (200, LEGS, PAGE),
    (200, LEGS, {"Authorization": f"Bearer {KEY}"}), (200, "/v1/releases", {}), (200, "/v1/releases/1.0.0", {}),
    (200, "/v1/releases/1.0.0/bundle", {}), (200, "/v1/releases/latest", {}), (200, "/v1/releases/feed", {}),
    (200, "/v1/releases/1.1.0/changes", {}), (200, "/v1/changes", {}), (200, "/v1/search?q=cold", {}),
    (200, "/.well-known/jwks.json", {}), (200, "/.well-known/api-catalog", {}), (200, "/.well-known/security.txt", {}),
    (200, "/releases/latest.json", {}), (200, "/releases/1.0.0/bundle.json", {}), (200, "/healthz", {}),
    (200, "/readyz", {}), (200, "/metrics", {}), (200, "/docs", {}), (200, "/docs/assets/start.js", {}),
    (200, "/problems/gone", {}), (200, "/llms.txt", {}), (200, "/openapi.json", {}), (200, "/openapi-small.json", {}),
    (206, "/v1/releases/1.0.0/bundle", {"Range": "bytes=5-9"}), (304, LEGS, {"If-None-Match": "*"}),
    (304, f"{LEGS}?release=1.0.0", {**PAGE, "If-None-Match": "*"}), (400, "/v1/changes?since=none", {}),
    (401, LEGS, {"Authorization": "Bearer none"}), (404, "/nothing", {}), (404, "/v1/causes/nothing", {}),
    (405, CHECK, {}), (406, LEGS, {"Accept-Encoding": "identity;q=0"}), (410, "/v1/remedies/rest", {}),
    (412, LEGS, {"If-Match": '"x"'}), (413, LEGS, {"Content-Length": str(MOST_OF_ANY + 1)}),
    (414, f"{LEGS}?q={'x' * MOST_QUERY}", {}),
    (416, "/v1/releases/1.0.0/bundle", {"Range": "bytes=9999999-"}), (422, f"{LEGS}?x=1", {}),
    (431, LEGS, {"X-Long": "x" * MOST_HEAD}),
)  # fmt: skip
POSTS: tuple[tuple[int, str, bytes, str], ...] = (
    (200, CHECK, b"{}", "application/json"), (400, CHECK, b"{", "application/json"),
    (413, CHECK, b" " * 20_000, "application/json"), (415, CHECK, b"{}", "text/plain"),
    (422, CHECK, b"[]", "application/json"), (200, "/v1/finding-matches", b'{"text": "cold"}', "application/json"),
    (200, "/v1/reply-checks", b'{"profile": {}, "reply": "Act."}', "application/json"),
)  # fmt: skip


@pytest.fixture
def app(recalling: Callable[..., Library], tmp_path: Path) -> ASGIApp:
    """An app of which a release and an item are recalled, and that counts, knows a partner, a page and a contact."""
    library = recalling({"version": "1.0.0"}, {"version": "1.1.0", "kind": "remedy", "id": "rest"})
    partners = tmp_path / "partners.json"
    partners.write_text(json.dumps({"partners": [{"name": "one", "sha256": hashed(KEY), "quota": "9/hour"}]}))
    return app_of(
        library,
        partner_keys=partners,
        quota_reads="1000/hour",
        quota_checks=f"{len(POSTS) + 1}/hour",
        cors_origins="https://page.example",
        security_contact="mailto:a@example.org",
    )


def answers(app: ASGIApp) -> Iterator[tuple[int, httpx.Response]]:
    for status, path, headers in GETS:
        for _ in range(2):  # as it is made, and as it is kept
            yield status, call(app, "GET", path, headers=headers)
        if "Content-Length" not in headers:
            yield 200 if "Range" in headers else status, call(app, "HEAD", path, headers=headers)
    for status, path, body, media_type in POSTS:
        yield status, call(app, "POST", path, content=body, headers={**PAGE, "Content-Type": media_type})
    yield 405, call(app, "DELETE", LEGS)
    yield 429, call(app, "POST", CHECK, json={})
    yield 204, call(app, "OPTIONS", LEGS)
    yield 200, call(app, "OPTIONS", LEGS, headers=PREFLIGHT)
    yield 400, call(app, "OPTIONS", LEGS, headers={**PREFLIGHT, "Origin": "https://other.example"})


def test_every_header_of_every_kind_of_answer_has_the_form_that_its_standard_gives_it(app: ASGIApp) -> None:
    seen: set[str] = set()
    for status, answer in answers(app):
        assert answer.status_code == status, (answer.url, answer.status_code, answer.text)
        given = [name for name, _ in answer.headers.multi_items()]
        assert sorted(given) == sorted(set(given)), "a header stands twice"
        for name, value in answer.headers.items():
            FORMS[name](value)
        seen |= answer.headers.keys()
    assert seen == FORMS.keys()
