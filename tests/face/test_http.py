"""HTTP done right: tags, codings, conditions, ranges, digests, languages, and what leads on from an answer."""

import asyncio
import gzip
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import brotli
import httpx
import pytest
from starlette.types import ASGIApp

from api.releases.library import Library
from tests.face.calling import app_of, call

Json = Any
DECODE = {"gzip": gzip.decompress, "br": brotli.decompress, "identity": bytes}
LONG = "/v1/topics/legs"
KEPT = [
    LONG,
    "/v1/levels",
    "/v1/releases/1.0.0/bundle",
    "/v1/releases/latest",
    "/openapi.json",
    "/docs",
    "/problems/gone",
]


def raw(app: ASGIApp, path: str, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """Ask as a client that decodes nothing, and give the answer with its bytes as they came."""
    named = {"Accept-Encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def ask() -> tuple[httpx.Response, bytes]:
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client,
            client.stream(method, path, headers=named) as answer,
        ):
            return answer, b"".join([part async for part in answer.aiter_raw()])

    return asyncio.run(ask())


@pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
@pytest.mark.parametrize("path", KEPT)
def test_each_coding_has_bytes_a_tag_and_a_digest_of_its_own(small_app: ASGIApp, path: str, coding: str) -> None:
    plain, body = raw(small_app, path)
    answer, data = raw(small_app, path, Accept_Encoding=coding)
    assert answer.status_code == 200
    given = answer.headers.get("content-encoding", "identity")
    assert given in {coding, "identity"}
    assert DECODE[given](data) == body
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["repr-digest"] == f"sha-256=:{b64encode(sha256(data).digest()).decode()}:"
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["etag"])
    assert (answer.headers["etag"] == plain.headers["etag"]) == (given == "identity")
    assert ("Accept-Encoding" in answer.headers.get("vary", "")) == (len(body) >= 512)


def test_a_small_answer_has_one_coding_and_does_not_vary(small_app: ASGIApp) -> None:
    answer, _ = raw(small_app, "/v1/releases", Accept_Encoding="br, gzip")
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


def test_where_no_coding_is_acceptable_it_says_so(small_app: ASGIApp) -> None:
    answer, _ = raw(small_app, LONG, Accept_Encoding="identity;q=0, zstd")
    assert answer.status_code == 406
    assert raw(small_app, LONG, Accept_Encoding="identity;q=0, gzip")[0].headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_a_client_holds_is_not_sent_again(small_app: ASGIApp, coding: str) -> None:
    whole, _ = raw(small_app, LONG, Accept_Encoding=coding)
    tag = whole.headers["etag"]
    for condition in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        same, body = raw(small_app, LONG, Accept_Encoding=coding, If_None_Match=condition, Cache_Control="x", Foo="1")
        assert (same.status_code, body) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert same.headers[name] == whole.headers[name]
        assert "content-encoding" not in same.headers
    other, _ = raw(small_app, LONG, Accept_Encoding="br", If_None_Match=tag)
    assert other.status_code == 200


def test_a_client_that_means_another_state_is_told_so(small_app: ASGIApp) -> None:
    tag = raw(small_app, LONG)[0].headers["etag"]
    assert raw(small_app, LONG, If_Match=f'"x", {tag}')[0].status_code == 200
    assert raw(small_app, LONG, If_Match=f"W/{tag}")[0].status_code == 412
    assert raw(small_app, LONG, If_Match='"x"')[0].status_code == 412


@pytest.mark.parametrize(
    ("asked", "status", "places"),
    [
        ("bytes=0-99", 206, slice(100)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=0-0,5-9", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=9999999-", 416, None),
    ],
)
def test_a_bundle_is_given_in_parts(small_app: ASGIApp, asked: str, status: int, places: slice | None) -> None:
    path = "/v1/releases/1.0.0/bundle"
    for coding in ("identity", "gzip"):
        whole, body = raw(small_app, path, Accept_Encoding=coding)
        answer, data = raw(small_app, path, Accept_Encoding=coding, Range=asked)
        assert answer.status_code == status
        assert answer.headers["content-length"] == str(len(data))
        if places is None:
            assert answer.headers["content-range"] == f"bytes */{len(body)}"
            continue
        assert data == body[places]
        assert answer.headers["repr-digest"] == whole.headers["repr-digest"]
        if status == 206:
            start = range(len(body))[places][0]
            assert answer.headers["content-range"] == f"bytes {start}-{start + len(data) - 1}/{len(body)}"


def test_a_part_is_given_only_of_the_state_that_is_meant(small_app: ASGIApp) -> None:
    tag = raw(small_app, LONG)[0].headers["etag"]
    for condition, status in ((tag, 206), ('"x"', 200), (f"W/{tag}", 200), ("Sun, 22 Nov 2026 12:00:00 GMT", 200)):
        assert raw(small_app, LONG, Range="bytes=0-9", If_Range=condition)[0].status_code == status
    assert raw(small_app, LONG, "HEAD", Range="bytes=0-9")[0].status_code == 200


@pytest.mark.parametrize("path", KEPT)
@pytest.mark.parametrize("coding", ["identity", "br"])
def test_head_gives_the_headers_of_get(small_app: ASGIApp, path: str, coding: str) -> None:
    (head, nothing), (get, _) = (raw(small_app, path, method, Accept_Encoding=coding) for method in ("HEAD", "GET"))
    assert nothing == b""
    del head.headers["x-request-id"], get.headers["x-request-id"]
    assert head.headers == get.headers


@pytest.mark.parametrize("path", [LONG, "/v1/causes", "/v1/releases", "/v1/releases/1.0.0", "/v1/releases/latest"])
def test_links_lead_to_the_description_the_manifest_and_the_licence(small_app: ASGIApp, path: str) -> None:
    links = call(small_app, "GET", path).headers["link"]
    targets = dict(re.findall(r'<([^>]*)>; rel="([a-z-]+)"', links))
    assert targets == {
        "/openapi.json": "service-desc", "/v1/releases/1.0.0": "describedby",
        "https://spdx.org/licenses/CC0-1.0": "license",
    }  # fmt: skip
    for target in targets:
        assert target.startswith("https://") or call(small_app, "GET", target).status_code == 200


def test_the_catalogue_names_what_there_is(small_app: ASGIApp) -> None:
    answer = call(small_app, "GET", "/.well-known/api-catalog")
    assert answer.headers["content-type"].startswith("application/linkset+json")
    (entry,) = answer.json()["linkset"]
    for relation in ("service-desc", "service-doc", "service-meta", "status"):
        (target,) = entry[relation]
        found = call(small_app, "GET", target["href"])
        assert found.status_code == 200
        assert found.headers["content-type"].startswith(target["type"])


def test_a_weakness_can_be_reported_where_a_contact_is_set(small: Library, small_app: ASGIApp) -> None:
    assert call(small_app, "GET", "/.well-known/security.txt").status_code == 404
    answer = call(app_of(small, security_contact="mailto:a@example.org"), "GET", "/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "Contact: mailto:a@example.org\nExpires: 2027-11-22T00:00:00Z\nPreferred-Languages: en\n"


@pytest.mark.parametrize("path", [LONG, "/healthz", "/nothing", "/docs", "/problems/gone", "/v1/red-flag-checks"])
def test_every_answer_carries_the_security_headers(small_app: ASGIApp, path: str) -> None:
    headers = call(small_app, "GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert len(headers.get_list("content-security-policy")) == 1
    assert "unsafe" not in headers["content-security-policy"]
    assert not {"server", "x-powered-by", "strict-transport-security", "location"} & set(headers)


def test_an_answer_in_another_language_is_another_answer(bilingual_library: Library) -> None:
    app = app_of(bilingual_library)
    answers = [call(app, "GET", LONG, headers={"Accept-Language": name}) for name in ("en", "eo", "en", "eo")]
    assert [one.headers["content-language"] for one in answers] == ["en", "eo", "en", "eo"]
    assert answers[0].headers["etag"] == answers[2].headers["etag"] != answers[1].headers["etag"]
    assert answers[0].headers["vary"] == "Accept-Encoding, Accept-Language, Accept"
    chosen = call(app, "GET", f"{LONG}?language=eo", headers={"Accept-Language": "en"})
    assert chosen.headers["vary"] == "Accept-Encoding, Accept"
    assert chosen.headers["content-language"] == "eo"
