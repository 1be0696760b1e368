"""The shipped front changes nothing that the service says: whatever is asked, kept or not, it gives the same."""

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.app import create_app
from api.releases.library import Library
from api.settings import Settings
from tests.deploy.fronting import NGINX, SHIPPED, fronting
from tests.face.test_doors import Asked, Given, draw, without_chance
from tests.face.wire import serving

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
ITS_OWN = frozenset({"server", "connection", "keep-alive", "transfer-encoding"})
"""The headers that the front writes itself, about itself or about its connection."""
OF_304 = frozenset({"status", "etag", "cache-control", "vary"})
MANY = 12


def ask(port: int, asked: Asked) -> Given:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(asked.method, asked.target, skip_accept_encoding=True)
        for name, value in asked.headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        headers = [(name.lower(), value) for name, value in answer.getheaders()]
        body = answer.read()
    finally:
        connection.close()
    assert len(dict(headers)) == len(headers), f"a header stands twice: {headers}"
    given = without_chance(answer.status, dict(headers), body)
    return given._replace(headers={name: value for name, value in given.headers.items() if name not in ITS_OWN})


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def told(given: Given) -> Given:
    """Leave out what a 304 may say or not: the front repeats more of the answer that it stands for."""
    if given.status != 304:
        return given
    return given._replace(headers={name: value for name, value in given.headers.items() if name in OF_304})


def test_the_front_gives_whatever_the_service_gives(tmp_path: Path, bilingual_library: Library) -> None:
    chance, tags, statuses = random.Random(1), ['"x"'], Counter[int]()
    with serving(create_app(bilingual_library, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        for _ in range(500):
            asked = draw(chance, tags)
            wanted = ask(served.port, asked)
            for _ in range(2):
                given = ask(port_of(front.address), asked)
                if wanted.status == 406 and given.status != 406:
                    assert "accept-encoding" not in given.headers.get("vary", "").lower(), "there is one coding of it"
                else:
                    assert told(given) == told(wanted), asked
            statuses[wanted.status] += 1
            tags = [*tags, wanted.headers["etag"]][-20:] if "etag" in wanted.headers else tags
    assert statuses.keys() == {200, 206, 304, 404, 405, 406, 412, 416, 422}


def test_an_address_of_any_length_is_answered_or_refused_and_never_fails(tmp_path: Path, small: Library) -> None:
    lengths = [*range(100, 4600, 100), *range(14_800, 16_300, 50), *range(17_000, 20_000, 500)]
    seen: dict[str, set[int]] = {}
    with serving(create_app(small, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        for target in ("/v1/nothing/", "/v1/levels?x="):
            for length in lengths:
                given = ask(port_of(front.address), Asked("GET", target + "a" * length, ()))
                seen.setdefault(target, set()).add(given.status)
                assert given.headers["content-type"] == "application/problem+json"
                assert json.loads(given.body)["status"] == given.status
    assert seen == {"/v1/nothing/": {404, 414}, "/v1/levels?x=": {422, 414}}


def test_a_download_goes_on_at_the_front_where_it_broke(tmp_path: Path, small: Library) -> None:
    target = "/v1/releases/1.0.0/bundle"
    with serving(create_app(small, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        port = port_of(front.address)
        whole = ask(port, Asked("GET", target, ()))
        assert whole.headers["accept-ranges"] == "bytes"
        half = len(whole.body) // 2
        for tag, status in ((whole.headers["etag"], 206), ('"another"', 200)):
            rest = ask(port, Asked("GET", target, (("Range", f"bytes={half}-"), ("If-Range", tag))))
            assert (rest.status, rest.body) == (status, whole.body[half if status == 206 else 0 :])
        beyond = ask(port, Asked("GET", target, (("Range", "bytes=99999999-"),)))
        assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.body)}")
        assert ask(port, Asked("GET", target, ())) == whole, "what is kept stays whole"


def statuses_of(port: int, asked: Sequence[Asked]) -> set[int]:
    with ThreadPoolExecutor(len(asked)) as threads:
        return {given.status for given in threads.map(lambda one: ask(port, one), asked)}


def test_nobody_waits_for_others_who_ask_the_same(tmp_path: Path) -> None:
    assert "proxy_cache_lock" not in re.sub(r"#.*", "", SHIPPED.read_text()), "it would let them wait for two seconds"
    together = threading.Barrier(MANY)

    class Handler(BaseHTTPRequestHandler):
        """Answers when as many ask as there are, and not before."""

        def do_GET(self) -> None:
            try:
                together.wait(10)
            except threading.BrokenBarrierError:
                self.send_response(500)
            else:
                self.send_response(200)
            self.send_header("Cache-Control", "max-age=60" if "kept" in self.path else "no-store")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Write nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = MANY

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        with fronting(tmp_path, [server.server_port]) as front:
            for target in ("/v1/nothing", "/v1/search?q=leg", "/readyz", "/v1/kept"):
                assert statuses_of(port_of(front.address), [Asked("GET", target, ())] * MANY) == {200}, target
    finally:
        server.shutdown()
        server.server_close()
