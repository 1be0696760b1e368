"""The table of rendered answers: what it keeps, for whom, how much of it, and that it never outlives its library."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.releases.library import Library
from api.web import rendered
from api.web.front import finished
from api.web.kept import through_table
from api.web.negotiating import Wishes
from api.web.rendered import MOST_ADDRESSES, RenderedAnswers
from api.web.representing import Answer, encode, represent
from api.web.serving import Serving

HOST = (b"host", b"test")
ANY = Wishes(b"", b"")
PUBLIC = ((b"cache-control", b"max-age=60"), (b"content-type", b"text/plain"))


def table_of(library: Library, **more: Any) -> RenderedAnswers:  # noqa: ANN401
    return RenderedAnswers(Serving(library), lambda headers: finished(headers, ()), **more)


def put(table: RenderedAnswers, address: bytes, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    made = represent(Answer(200, [*PUBLIC, *headers], body), encode(body))
    table.keep(address, ANY, table.serving.library, None, made)


def body_of(table: RenderedAnswers, address: bytes, *headers: tuple[bytes, bytes]) -> bytes | None:
    hit = table.hit(address, [HOST, *headers])
    return hit.body if hit else None


def test_what_was_kept_is_given_and_nothing_else(small: Library) -> None:
    table = table_of(small)
    put(table, b"/a", b"the body")
    put(table, b"/a", b"the body again")
    assert body_of(table, b"/a") == b"the body"
    assert body_of(table, b"/a?x=1") is None
    assert table.find(b"/b", ANY) is None


@pytest.mark.parametrize(
    "address", [b"/%61", b"/a?q=a%20b", b"/a?", b"/a?x", b"/a?x=1&", b"/a?q=a+b", b"", b"/a#b", b"*"]
)
def test_an_address_in_an_odd_spelling_is_never_kept(small: Library, address: bytes) -> None:
    table = table_of(small)
    put(table, address, b"the body")
    assert body_of(table, address) is None


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [HOST, HOST],
        [HOST, (b"range", b"bytes=0-1")],
        [HOST, (b"expect", b"100-continue")],
        [HOST, (b"origin", b"https://a.example")],
        [HOST, (b"authorization", b"Bearer x")],
        [HOST, (b"x-unheard-of", b"1")],
        [HOST, (b"content-length", b"0")],
        [HOST, (b"accept-encoding", b"gzip"), (b"accept-encoding", b"br")],
        [HOST, (b"accept-encoding", b"identity;q=0")],
        [HOST, (b"cookie", b"x" * 20_000)],
    ],
)
def test_whatever_is_unusual_about_a_request_goes_the_ordinary_way(
    small: Library, headers: Sequence[tuple[bytes, bytes]]
) -> None:
    table = table_of(small)
    put(table, b"/a", b"the body")
    assert table.hit(b"/a", headers) is None
    assert table.hit(b"/a", [HOST, (b"user-agent", b"x"), (b"cookie", b"y")]) is not None


def test_where_hosts_are_named_only_they_are_answered_from_it(small: Library) -> None:
    table = table_of(small, hosts=frozenset({b"api.example"}))
    put(table, b"/a", b"the body")
    assert table.hit(b"/a", [HOST]) is None
    assert table.hit(b"/a", [(b"host", b"api.example")]) is not None


def test_a_representation_is_not_sent_to_who_holds_it(small: Library) -> None:
    table = table_of(small)
    put(table, b"/a", b"the body" * 100)
    whole = table.hit(b"/a", [HOST, (b"accept-encoding", b"br")])
    assert whole is not None
    tag = dict(whole.headers)[b"etag"]
    same = table.hit(b"/a", [HOST, (b"accept-encoding", b"br"), (b"if-none-match", b'"x", W/' + tag)])
    assert same is not None
    assert (same.status, same.body) == (304, b"")
    assert dict(same.headers)[b"etag"] == tag
    other = table.hit(b"/a", [HOST, (b"accept-encoding", b"gzip"), (b"if-none-match", tag)])
    assert other is not None
    assert other.status == 200


def test_another_library_is_never_answered_from_what_the_old_one_gave(small: Library, shipped: Library) -> None:
    table = table_of(small)
    put(table, b"/a", b"old")
    table.serving.library = shipped
    assert body_of(table, b"/a") is None
    made = represent(Answer(200, PUBLIC, b"late"), encode(b"late"))
    table.keep(b"/a", ANY, small, None, made)
    assert body_of(table, b"/a") is None
    assert table.find(b"/a", ANY) is None
    table.keep(b"/a", ANY, small, None, made)
    assert body_of(table, b"/a") is None
    put(table, b"/a", b"new")
    assert body_of(table, b"/a") == b"new"
    table.serving.library = small
    assert body_of(table, b"/a") is None


def test_the_language_of_a_request_decides_only_where_the_answer_says_so(bilingual_library: Library) -> None:
    table = table_of(bilingual_library)
    put(table, b"/same", b"in any language")
    varying = Answer(200, [*PUBLIC, (b"vary", b"Accept-Language")], b"in English")
    table.keep(b"/a", Wishes(b"", b"en"), bilingual_library, None, represent(varying, encode(varying.body)))
    assert body_of(table, b"/same", (b"accept-language", b"eo")) == b"in any language"
    assert body_of(table, b"/a", (b"accept-language", b"en-AU, de")) == b"in English"
    assert body_of(table, b"/a") == b"in English"
    assert body_of(table, b"/a", (b"accept-language", b"eo")) is None
    assert table.find(b"/a", Wishes(b"", b"eo")) is None
    other = varying._replace(body=b"en Esperanto")
    table.keep(b"/a", Wishes(b"", b"eo"), bilingual_library, None, represent(other, encode(other.body)))
    assert body_of(table, b"/a", (b"accept-language", b"eo")) == b"en Esperanto"
    assert body_of(table, b"/a", (b"accept-language", b"en")) == b"in English"


def test_the_media_types_of_a_request_decide_only_where_the_answer_says_so(small: Library) -> None:
    table = table_of(small)
    put(table, b"/same", b"in any form")
    json_form = Answer(200, [*PUBLIC, (b"vary", b"Accept")], b"{}")
    table.keep(b"/a", ANY, small, None, represent(json_form, encode(json_form.body)))
    assert body_of(table, b"/same", (b"accept", b"text/markdown")) == b"in any form"
    assert body_of(table, b"/a", (b"accept", b"*/*")) == b"{}"
    assert body_of(table, b"/a", (b"accept", b"text/markdown")) is None
    text = json_form._replace(body=b"# Text")
    table.keep(b"/a", Wishes(b"text/markdown", b""), small, None, represent(text, encode(text.body)))
    assert body_of(table, b"/a", (b"accept", b"text/markdown, */*;q=0.1")) == b"# Text"
    assert body_of(table, b"/a", (b"accept", b"text/markdown, application/json")) == b"{}"
    assert body_of(table, b"/a") == b"{}"


def test_an_answer_that_varies_by_what_the_table_does_not_know_is_not_kept(small: Library) -> None:
    table = table_of(small)
    put(table, b"/a", b"the body", (b"vary", b"Cookie"))
    assert body_of(table, b"/a") is None


def test_a_flood_fills_no_more_than_there_is_room_and_leaves_what_is_used(small: Library) -> None:
    table = table_of(small)
    wanted = [b"/wanted/%d" % number for number in range(50)]
    for address in wanted:
        put(table, address, b"body of " + address)
    chance = random.Random(1)
    for number in range(3 * MOST_ADDRESSES):
        put(table, b"/flood?x=%d" % number, b"body %d" % number)
        assert body_of(table, chance.choice(wanted)) is not None
    assert all(body_of(table, address) == b"body of " + address for address in wanted)
    given = [number for number in range(3 * MOST_ADDRESSES) if body_of(table, b"/flood?x=%d" % number)]
    assert len(given) <= MOST_ADDRESSES


def test_where_everything_is_used_the_oldest_still_makes_room(small: Library) -> None:
    table = table_of(small)
    for number in range(MOST_ADDRESSES):
        put(table, b"/%d" % number, b"the same body")
        assert body_of(table, b"/%d" % number)
    put(table, b"/more", b"another body")
    put(table, b"/yet-more", b"another body")
    assert sum(body_of(table, b"/%d" % number) is not None for number in range(MOST_ADDRESSES)) <= MOST_ADDRESSES


def test_bodies_are_bounded_in_bytes_and_one_body_counts_once(small: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "MOST_BYTES", 10_000)
    table = table_of(small)
    for number in range(100):
        put(table, b"/same?x=%d" % number, b"s" * 400)
    assert sum(body_of(table, b"/same?x=%d" % number) is not None for number in range(100)) == 100
    for number in range(100):
        put(table, b"/other?x=%d" % number, b"%d" % number * 150)
    kept = [body_of(table, b"/other?x=%d" % number) for number in range(100)]
    assert 0 < sum(len(body) for body in kept if body) <= 10_000


def test_a_body_is_encoded_once_however_many_wait_for_it(small: Library) -> None:
    table = table_of(small)
    body = b"a long body " * 5000

    async def ask() -> list[object]:
        return list(await asyncio.gather(*(table.encode(body) for _ in range(20))))

    first, *others = asyncio.run(ask())
    assert all(one is first for one in others)
    put(table, b"/a", body)
    again = asyncio.run(table.encode(body))
    assert again == first


def test_a_body_that_the_library_holds_is_not_held_twice(small: Library) -> None:
    body = small.newest().bundle_bytes

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": PUBLIC})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})

    table = table_of(small)
    scope = {"type": "http", "method": "GET", "raw_path": b"/a", "query_string": b"", "headers": [HOST]}

    async def take(_part: Message) -> None:
        pass

    async def ask() -> None:
        await through_table(app, table)(scope, Request(scope).receive, take)

    asyncio.run(ask())
    assert body_of(table, b"/a") is body
