"""One answer, whichever door it is asked at: the bare routes, the front and the protocol, cold and warm."""

import asyncio
import gzip
import random
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import brotli
import pytest
from starlette.types import ASGIApp, Message

from api.app import create_app, make_routes
from api.releases.library import Library
from api.settings import Settings
from api.web.limits import MOST_BODY
from tests.face.wire import Served, Wire, request, serving, wait_until

Json = Any
PATHS = [
    "/v1/topics", "/v1/topics/legs", "/v1/causes", "/v1/causes/cold", "/v1/remedies", "/v1/red-flags", "/v1/findings",
    "/v1/levels", "/v1/sources/book", "/v1/regions/GB", "/v1/releases", "/v1/releases/latest", "/v1/releases/1.0.0",
    "/v1/releases/1.0.0/bundle", "/v1/changes", "/v1/search", "/openapi.json", "/docs", "/problems/gone", "/healthz",
    "/readyz", "/nothing", "/v1/causes/nothing", "/v1/%74opics", "/v1/red-flag-checks", "/.well-known/api-catalog",
    "/docs/assets/favicon.png", "/releases/ledger.json",
]  # fmt: skip
QUERIES = [
    "language=en", "language=eo", "release=1.0.0", "topic=legs", "language=xx", "release=9.9.9", "q=cold", "x=1",
    "topic=%6cegs", "level=urgent",
]  # fmt: skip
HEADERS = {
    "Accept-Encoding": ["br", "gzip", "gzip;q=0.5, br;q=0.1", "identity;q=0", "*", "*;q=0", "identity", "zstd", ""],
    "Accept": ["text/markdown", "text/*, application/json;q=0.5", "application/json", "*/*", "text/markdown;q=x"],
    "Accept-Language": ["eo", "en;q=0.1, eo", "de", "!!", ""],
    "Range": ["bytes=0-9", "bytes=-5", "bytes=999999-", "bytes=1-2,4-5", "x"],
    "If-Range": ['"x"', "TAG"],
    "If-None-Match": ["TAG", "W/TAG", '"x", TAG', "*", '"x"'],
    "If-Match": ["TAG", '"x"'],
    "Origin": ["https://a.example"],
    "User-Agent": ["x"],
    "X-Other": ["y"],
    "Cookie": ["a=b"],
}


class Asked(NamedTuple):
    """One request."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]


class Given(NamedTuple):
    """One answer, without what no two answers share."""

    status: int
    headers: dict[str, str]
    body: bytes


def draw(chance: random.Random, tags: list[str]) -> Asked:
    """Draw a request; most are of the kind that is kept."""
    queries = chance.sample(QUERIES, chance.choice([0, 0, 0, 1, 1, 2, 3]))
    target = chance.choice(PATHS) + ("?" + "&".join(queries) if queries else "")
    names = chance.sample(list(HEADERS), chance.choice([0, 1, 1, 2, 3]))
    tag = chance.choice(tags)
    headers = tuple((name, chance.choice(HEADERS[name]).replace("TAG", tag)) for name in names)
    return Asked(chance.choice(["GET", "GET", "GET", "HEAD"]), target, headers)


def without_chance(status: int, headers: dict[str, str], body: bytes) -> Given:
    kept = {name: value for name, value in headers.items() if name not in {"date", "x-request-id"}}
    return Given(status, kept, body)


def by_app(app: ASGIApp, asked: Asked) -> Given:
    """Ask an app itself, as a server would."""
    path, _, query = asked.target.partition("?")
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": asked.method, "path": path.replace("%74", "t"), "raw_path": path.encode(),
        "query_string": query.encode(), "http_version": "1.1", "scheme": "http", "root_path": "",
        "headers": [(b"host", b"test"), *((name.lower().encode(), value.encode()) for name, value in asked.headers)],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]  # an app's call is a coroutine
    start, *bodies = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return without_chance(start["status"], headers, b"".join(one.get("body", b"") for one in bodies))


def by_wire(wire: Wire, asked: Asked) -> Given:
    """Ask over a connection that is kept open."""
    wire.send(request(asked.method, asked.target, *(f"{name}: {value}" for name, value in asked.headers)))
    return without_chance(*wire.answer(asked.method))


@pytest.fixture(scope="module")
def served(bilingual_library: Library) -> Iterator[Served]:
    with serving(create_app(bilingual_library, Settings())) as server:
        yield server


@pytest.mark.parametrize("seed", range(4))
def test_every_door_gives_the_same_answer_cold_and_warm(bilingual_library: Library, served: Served, seed: int) -> None:
    chance = random.Random(seed)
    routes, front = make_routes(bilingual_library), create_app(bilingual_library, Settings())
    wire = served.wire()
    tags = ['"0"']
    kinds: set[int] = set()
    for _ in range(350):
        asked = draw(chance, tags)
        given = by_app(front, asked)
        assert by_app(front, asked) == given
        for _ in range(3):
            assert by_wire(wire, asked) == given, asked
        as_route(by_app(routes, asked._replace(method="GET")), given, asked)
        kinds.add(given.status)
        if "etag" in given.headers:
            tags.append(given.headers["etag"])
    assert kinds >= {200, 304, 404, 422}


def as_route(route: Given, given: Given, asked: Asked) -> None:
    """Hold an answer to that of the bare route: nothing of it is lost, and only what HTTP adds is added."""
    if route.status != 200:
        assert given.status == route.status
    if given.status != 200:
        return
    changed = {"content-length", "vary"}
    assert {name: given.headers.get(name) for name in route.headers.keys() - changed} == {
        name: value for name, value in route.headers.items() if name not in changed
    }
    assert set(given.headers.get("vary", "").split(", ")) >= set(route.headers.get("vary", "").split(", ")) - {""}
    if asked.method == "GET":
        decode = {"gzip": gzip.decompress, "br": brotli.decompress, "identity": bytes}
        assert decode[given.headers.get("content-encoding", "identity")](given.body) == route.body


def test_a_swap_of_the_library_is_seen_at_once_at_the_wire(small: Library, shipped: Library) -> None:
    app = create_app(small, Settings())
    with serving(app) as server:
        wire = server.wire()
        for library in (small, shipped, small, shipped):
            app.serving.library = library
            for _ in range(3):
                wire.send(request("GET", "/v1/levels"))
                assert wire.answer().body.count(library.latest.digest.encode()) == 1


BODIES = [
    b"{}", b'{"present": ["numb"]}', b'{"absent": ["numb"], "region": "GB"}', b'{"include": ["possible"]}', b"[]", b"{",
    b'{"present": ["unknown"]}', b'{"present": ["numb"], "absent": ["numb"]}', b'{"release": "9.9.9"}', b"\xff",
    b'{"topic": "legs", "language": "eo"}', b" " * MOST_BODY + b"{}", b"{}" + b" " * (MOST_BODY - 2), b"",
]  # fmt: skip
BESIDE = {
    "Accept": ["*/*", "text/html"],
    "Accept-Encoding": ["br", "identity;q=0"],
    "Accept-Language": ["eo"],
    "Authorization": ["Bearer x"],
    "Connection": ["close"],
    "Content-Encoding": ["gzip"],
    "Content-Type": ["application/json", "text/plain", "application/json; charset=latin-1"],
    "Cookie": ["a=b" * 4000],
    "Host": ["other"],
    "Origin": ["https://a.example"],
    "User-Agent": ["x"],
    "X-Other": ["y"],
}


class Sent(NamedTuple):
    """One POST."""

    target: str
    headers: tuple[str, ...]
    body: bytes


def draw_check(chance: random.Random) -> Sent:
    """Draw a check; most are of the kind that is answered at once."""
    names = chance.sample(list(BESIDE), chance.choice([0, 0, 1, 2]))
    headers = [f"{name}: {chance.choice(BESIDE[name])}" for name in names]
    if chance.random() < 0.9:
        kind = chance.choice(["application/json", "application/json; charset=utf-8", "Application/JSON"])
        headers.append(f"Content-Type: {kind}")
    body = chance.choice(BODIES)
    target = chance.choice(["/v1/red-flag-checks"] * 8 + ["/v1/red-flag-checks?x=1", "/v1/%72ed-flag-checks"])
    return Sent(target, (*headers, f"Content-Length: {len(body)}"), body)


def by_post(served: Served, sent: Sent, *more: str) -> Given:
    """Send a check on a connection of its own."""
    return without_chance(*served.ask("POST", sent.target, *sent.headers, *more, body=sent.body))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(hosts=("test",)),
        Settings(cors_origins=("https://a.example",)),
        Settings(quota_checks="100000/hour"),
    ],
)
def test_a_check_is_answered_alike_at_once_and_on_the_ordinary_way(
    bilingual_library: Library, settings: Settings
) -> None:
    chance = random.Random(7)
    kinds: set[int] = set()
    fast = create_app(bilingual_library, settings)
    ordinary = create_app(bilingual_library, settings)
    ordinary.at_once = None
    with serving(fast) as at_once, serving(ordinary) as by_routes:
        for _ in range(150):
            sent = draw_check(chance)
            given, same = by_post(at_once, sent), by_post(by_routes, sent)
            quota = {"ratelimit", "ratelimit-policy"}
            for one in (given, same):
                for name in quota:
                    one.headers.pop(name, None)
            assert given == same, sent
            kinds.add(given.status)
    assert kinds >= {200, 400, 413, 415, 422}
    assert (fast.at_once is None) == (settings.quota_checks != "off")


def test_a_check_in_parts_is_answered_as_one_that_comes_whole(served: Served) -> None:
    body = b'{"present": ["numb"]}'
    head = request("POST", "/v1/red-flag-checks", "Content-Type: application/json", f"Content-Length: {len(body)}")
    wire = served.wire()
    wire.send(head + body)
    whole = without_chance(*wire.answer())
    for parts in ((head, body), (head + body[:5], body[5:]), (head, body[:5], body[5:]), (head[:30], head[30:] + body)):
        for part in parts:
            wire.send(part)
            time.sleep(0.02)
        assert without_chance(*wire.answer()) == whole


def test_a_check_whose_body_comes_while_the_server_stops_is_answered_as_the_last(small: Library) -> None:
    body = b'{"present": ["numb"]}'
    head = request("POST", "/v1/red-flag-checks", "Content-Type: application/json", f"Content-Length: {len(body)}")
    with serving(create_app(small, Settings())) as server:
        wire = server.wire()
        wire.send(head)
        wait_until(lambda: server.phases() == ["head"])
        server.stop()
        wire.send(body)
        answer = wire.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert wire.ended()
