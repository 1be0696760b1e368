"""The shipped front changes nothing that the service says: whatever is asked, kept or not, it gives the same."""

import contextlib
import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from tests.deploy.fronting import SHIPPED, fronting, needs_front
from tests.deploy.standing_in import standing_in
from tests.face.test_doors import Asked, Given, by_wire, draw
from tests.face.wire import Wire, serving

pytestmark = needs_front
ITS_OWN = frozenset({"server", "connection", "keep-alive", "transfer-encoding"})
"""The headers that the front writes itself, about itself or about its connection."""
OF_304 = frozenset({"status", "etag", "cache-control", "vary"})
MANY = 12


def ask(port: int, asked: Asked) -> Given:
    """Ask over a connection of its own, and leave out what the front says of itself."""
    wire = Wire(port)
    with contextlib.closing(wire.socket):
        given = by_wire(wire, asked)
    return given._replace(headers={name: value for name, value in given.headers.items() if name not in ITS_OWN})


def told(given: Given) -> Given:
    """Leave out what a 304 may say or not: the front repeats more of the answer that it stands for."""
    if given.status != 304:
        return given
    return given._replace(headers={name: value for name, value in given.headers.items() if name in OF_304})


def test_the_front_gives_whatever_the_service_gives(tmp_path: Path, bilingual_library: Library) -> None:
    chance, tags = random.Random(3), ['"x"']
    statuses, chosen = set[int](), set[str | None]()
    with serving(create_app(bilingual_library, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        for _ in range(700):
            asked = draw(chance, tags)
            wanted = ask(served.port, asked)
            for _ in range(2):
                given = ask(front.port, asked)
                if wanted.status == 406 and given.status != 406:
                    assert "accept-encoding" not in given.headers.get("vary", "").lower(), "there is one coding of it"
                else:
                    assert told(given) == told(wanted), asked
            statuses.add(wanted.status)
            chosen |= {wanted.headers.get(f"content-{what}") for what in ("encoding", "language", "type")}
            tags = [*tags, wanted.headers["etag"]][-20:] if "etag" in wanted.headers else tags
    assert statuses == {200, 206, 304, 404, 405, 406, 412, 416, 422}
    assert chosen >= {"br", "gzip", None, "en", "eo", "application/json", "text/markdown; charset=utf-8"}


def test_an_address_of_any_length_is_answered_or_refused_and_never_fails(tmp_path: Path, small: Library) -> None:
    lengths = [*range(100, 4600, 100), *range(14_800, 16_300, 50), *range(17_000, 20_000, 500)]
    seen: dict[str, set[int]] = {}
    with serving(create_app(small, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        for target in ("/v1/nothing/", "/v1/levels?x="):
            for length in lengths:
                given = ask(front.port, Asked("GET", target + "a" * length, ()))
                seen.setdefault(target, set()).add(given.status)
                assert given.headers["content-type"] == "application/problem+json"
                assert json.loads(given.body)["status"] == given.status
    assert seen == {"/v1/nothing/": {404, 414}, "/v1/levels?x=": {422, 414}}


def test_a_download_goes_on_at_the_front_where_it_broke(tmp_path: Path, small: Library) -> None:
    target = "/v1/releases/1.0.0/bundle"
    with serving(create_app(small, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        port = front.port
        whole = ask(port, Asked("GET", target, ()))
        assert whole.headers["accept-ranges"] == "bytes"
        half = len(whole.body) // 2
        for tag, status in ((whole.headers["etag"], 206), ('"another"', 200)):
            rest = ask(port, Asked("GET", target, (("Range", f"bytes={half}-"), ("If-Range", tag))))
            assert (rest.status, rest.body) == (status, whole.body[half if status == 206 else 0 :])
        beyond = ask(port, Asked("GET", target, (("Range", "bytes=99999999-"),)))
        assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.body)}")
        assert ask(port, Asked("GET", target, ())) == whole, "what is kept stays whole"


def test_nobody_waits_for_others_who_ask_the_same(tmp_path: Path) -> None:
    assert "proxy_cache_lock" not in re.sub(r"#.*", "", SHIPPED.read_text()), "it would let them wait for two seconds"
    together = threading.Barrier(MANY)

    class Handler(BaseHTTPRequestHandler):
        """Answers when as many ask as there are, and not before."""

        def do_GET(self) -> None:
            try:
                _ = self.path == "/readyz" or together.wait(10)  # the front asks that by itself
            except threading.BrokenBarrierError:
                self.send_response(500)
            else:
                self.send_response(200)
            self.send_header("Cache-Control", "max-age=60" if "kept" in self.path else "no-store")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with (
        standing_in(Handler) as port,
        fronting(tmp_path, [port]) as front,
        ThreadPoolExecutor(MANY) as threads,
    ):
        for target in ("/v1/nothing", "/v1/search?q=leg", "/healthz", "/v1/kept"):
            given = threads.map(lambda one: ask(front.port, one), [Asked("GET", target, ())] * MANY)
            assert {one.status for one in given} == {200}, target
