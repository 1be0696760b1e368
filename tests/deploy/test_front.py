"""The shipped front: its words are those of the service, it writes down nothing of a client, and stale has an end."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx

from api.app import create_app
from api.mcp import door
from api.releases.library import Library
from api.routes import replies
from api.settings import Settings
from api.web import front as doors
from api.web.limits import LIMITS, MOST_BODY
from api.web.problem_kinds import KIND_OF, KINDS
from api.web.problems import EMERGENCY
from tests.deploy.fronting import HAPROXY, NGINX, OF_BODIES, SHIPPED, fronting, needs_front, placed
from tests.deploy.standing_in import standing_in
from tests.face.test_strictness import LONGEST, besieged
from tests.face.wire import Wire, serving

CONF = SHIPPED.read_text()
ALWAYS = {name.decode(): value.decode() for name, value in doors.ALWAYS}
Recording = Callable[[str, object], None]
MARKER = "zqmarker"


def mapped(target: str) -> dict[str, str]:
    """Give the lines of a map of the configuration."""
    block = re.findall(rf"map \S+ \${target} {{(.*?)\n    }}", CONF, re.DOTALL)[0]
    pairs = [line.strip().rstrip(";").split(None, 1) for line in block.strip().split("\n")]
    return {name: value.strip('"') for name, value in pairs}


def test_what_the_front_says_itself_are_the_words_of_the_service() -> None:
    kinds = mapped("problem")
    assert {status: kind for status, kind in kinds.items() if status.isdigit()}.items() <= {
        **{str(status): kind for status, kind in KIND_OF.items()}, "431": "too-large", "414": "too-large",
    }.items()  # fmt: skip
    titles = mapped("problem_title")
    assert titles.pop("default") == KINDS["failure"].title
    assert titles == {kind: KINDS[kind].title for kind in titles}
    assert set(titles) == set(kinds.values()) - {"failure"}
    assert mapped("emergency") == {"default": EMERGENCY}
    assert json.loads(re.findall(r"return 200 '(.*)';", CONF)[0].replace("$status", "400")).keys() == {
        "type", "title", "status", "detail", "emergency",
    }  # fmt: skip


def test_bodies_stay_in_memory_and_stale_answers_are_bounded_by_the_service() -> None:
    directives = re.sub(r"#.*", "", CONF)
    sizes = [int(size) for size in re.findall(r"client_max_body_size (\d+)k;", directives)]
    assert sizes == [size // 1024 for size in (MOST_BODY, replies.MOST_BODY, door.MOST_BODY)]
    assert f"client_body_buffer_size {max(sizes)}k;" in directives
    assert "proxy_cache_use_stale" not in directives
    assert directives.count("log_format") == 1
    form = re.findall(r"log_format own(.*?);", directives, re.DOTALL)[0]
    told = set(re.findall(r"\$(\w+)", form))
    assert told == {
        "time_iso8601", "method", "kind", "status", "request_time", "upstream_status", "upstream_cache_status",
        "upstream_http_x_request_id", "request_id",
    }, "nothing that a client writes"  # fmt: skip


class _Stub(BaseHTTPRequestHandler):
    """Answers as the service does, but only for a moment; keeps what it was sent."""

    headers_seen: list[str]

    def do_GET(self) -> None:
        if self.path == "/readyz":  # the front asks by itself, again and again
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.headers_seen.append(str(self.headers))
        kept = "max-age=1, stale-while-revalidate=1, stale-if-error=2"
        self.send_response(200)
        self.send_header("Cache-Control", kept if "kept" in self.path else "no-store")
        self.send_header("RateLimit", '"reads";r=1;t=60')
        self.send_header("X-Request-ID", "made for one request")
        body = b"%d" % len(self.headers_seen) if "counted" in self.path else b"ok"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


@contextmanager
def stub() -> Iterator[tuple[int, list[str]]]:
    """Run a replica that is none, and give its port and the headers that reach it."""
    seen: list[str] = []

    class Handler(_Stub):
        headers_seen = seen

    with standing_in(Handler) as port:
        yield port, seen


@needs_front
def test_the_shipped_configurations_are_taken_without_a_warning(tmp_path: Path) -> None:
    conf = placed(tmp_path, [8000]).conf
    nginx = [str(NGINX), "-t", "-c", str(conf), "-p", str(tmp_path)]
    haproxy = [str(HAPROXY), "-c", "-dW", "-f"]
    there = {**os.environ, "REPLICAS": "localhost:8000"}
    for command in (nginx, [*haproxy, str(tmp_path / OF_BODIES.name)], [*haproxy, str(OF_BODIES)]):
        found = subprocess.run(command, capture_output=True, text=True, check=False, env=there)
        assert found.returncode == 0, found.stderr
        assert "warn" not in found.stderr.replace('the "user" directive makes sense only', "").lower()


@needs_front
def test_what_went_stale_stands_in_for_a_failure_only_as_long_as_the_service_said(tmp_path: Path) -> None:
    replica = ExitStack()
    port, _ = replica.enter_context(stub())
    with fronting(tmp_path, [port]) as front:
        assert httpx.get(f"{front.address}/v1/kept").text == "ok"
        assert httpx.get(f"{front.address}/v1/other").text == "ok"
        replica.close()
        assert httpx.get(f"{front.address}/v1/other").status_code == 503
        time.sleep(1.5)
        assert httpx.get(f"{front.address}/v1/kept").status_code == 200, "it is stale, and nothing better is to be had"
        time.sleep(2.5)
        refused = httpx.get(f"{front.address}/v1/kept")
        assert (refused.status_code, refused.json()["emergency"]) == (503, EMERGENCY)
        assert int(refused.headers["retry-after"]) > 0
        for name, value in (("Range", "bytes=0-9"), ("Authorization", "Bearer k"), ("If-Match", '"x"')):
            again = httpx.get(f"{front.address}/v1/kept", headers={name: value})
            assert (again.status_code, again.json()) == (503, refused.json()), "asked past what is kept"
            assert {**again.headers, "x-request-id": ""} == {
                **refused.headers,
                "x-request-id": "",
                "date": again.headers["date"],
            }


@needs_front
def test_what_was_kept_makes_place_for_what_is_newer(tmp_path: Path) -> None:
    with stub() as (port, seen), fronting(tmp_path, [port]) as front:
        given = [httpx.get(f"{front.address}/v1/kept-counted").text for _ in range(5)]
        time.sleep(3.2)  # a second, another in which it may be stale, and nginx counts whole ones
        given += [httpx.get(f"{front.address}/v1/kept-counted").text for _ in range(5)]
    assert given == ["1"] * 5 + ["2"] * 5
    assert len(seen) == 2


@needs_front
def test_the_front_believes_no_client_about_itself_and_lets_nobody_see_the_quota_of_another(tmp_path: Path) -> None:
    with stub() as (port, seen), fronting(tmp_path, [port]) as front:
        headers = {"X-Forwarded-For": MARKER, "X-Forwarded-Proto": MARKER, "Forwarded": MARKER, "Tracestate": MARKER}
        answer = httpx.get(f"{front.address}/v1/kept", headers={**headers, "Traceparent": "00-1"})
        assert "ratelimit" not in answer.headers
        assert MARKER not in seen[-1]
        assert "X-Forwarded-For: 127.0.0.1" in seen[-1]
        with_key = [httpx.get(f"{front.address}/v1/kept", headers={"Authorization": "Bearer k"}) for _ in range(2)]
        assert [answer.status_code for answer in with_key] == [200, 200]
        assert len(seen) == 3, "a key is always for the service to look at"
        assert "ratelimit" in httpx.get(f"{front.address}/v1/changes").headers


@needs_front
def test_six_hundred_clients_who_keep_the_front_waiting_are_let_go_and_every_honest_one_is_answered(
    tmp_path: Path, small: Library, record_property: Recording
) -> None:
    with serving(create_app(small, Settings())) as served, fronting(tmp_path, [served.port]) as front:
        suffered, answered = asyncio.run(besieged(front.port))
    record_property("longest wait", max(seconds for held in suffered.values() for seconds, _ in held))
    head, lingering = (
        int(re.findall(rf"{name} (\d+)s;", CONF)[0]) for name in ("client_header_timeout", "lingering_time")
    )
    assert max(head, LIMITS["body"] + lingering) <= LONGEST
    assert answered.keys() == {b"200"}
    assert answered.total() > 20, "they went on asking"
    for name, status in (("slow heads", b""), ("slow bodies", b"408"), ("idle", b"")):
        assert {said[9:12] for _, said in suffered[name]} == {status}, name


@needs_front
def test_each_address_before_the_front_has_a_quota_of_its_own(tmp_path: Path, small: Library) -> None:
    settings = Settings(quota_checks="2/hour", trusted_proxies=("127.0.0.1",))
    given: dict[str, list[int]] = {}
    with serving(create_app(small, settings)) as served, fronting(tmp_path, [served.port]) as front:
        for address in ("127.0.0.5", "127.0.0.6"):
            with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
                answers = [client.post(f"{front.address}/v1/red-flag-checks", json={}) for _ in range(3)]
            given[address] = [answer.status_code for answer in answers]
    assert given == {"127.0.0.5": [200, 200, 429], "127.0.0.6": [200, 200, 429]}


@needs_front
def test_an_answer_that_is_kept_says_when_it_was_made(tmp_path: Path) -> None:
    with stub() as (port, _), fronting(tmp_path, [port]) as front:
        first = httpx.get(f"{front.address}/v1/kept").headers.get_list("date")
        time.sleep(1.1)
        again = httpx.get(f"{front.address}/v1/kept").headers.get_list("date")
        made_here = httpx.get(f"{front.address}/metrics").headers.get_list("date")
    assert first == again
    assert len(first) == len(made_here) == 1
    assert first != made_here


@needs_front
def test_every_answer_has_an_id_of_its_own_a_kept_one_too(tmp_path: Path) -> None:
    with stub() as (port, seen), fronting(tmp_path, [port]) as front:
        paths = ["/v1/kept", "/v1/kept", "/v1/changes", "/metrics"]
        given = [httpx.get(f"{front.address}{path}").headers.get_list("x-request-id") for path in paths]
        assert len(seen) == 2
    assert all(len(ids) == 1 and re.fullmatch("[0-9a-f]{32}", ids[0]) for ids in given)
    assert len({ids[0] for ids in given}) == len(paths)


@needs_front
def test_a_body_is_let_through_where_the_service_takes_one_of_its_size(tmp_path: Path) -> None:
    with stub() as (port, _), fronting(tmp_path, [port]) as front:
        for path, most in (
            ("/v1/red-flag-checks", 16),
            ("/v1/finding-matches", 16),
            ("/v1/reply-checks", 64),
            ("/mcp", 128),
        ):
            statuses = [
                httpx.post(f"{front.address}{path}", content=b"x" * size).status_code
                for size in (most * 1024, most * 1024 + 1)
            ]
            assert statuses == [200, 413], path


UNREADABLE = [
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
]
"""Heads that the front cannot read, and the status of its answer."""


@needs_front
def test_whatever_the_front_cannot_read_it_tells_so_with_a_problem(tmp_path: Path) -> None:
    with stub() as (port, _), fronting(tmp_path, [port]) as front:
        for head, status in UNREADABLE:
            wire = Wire(front.port)
            with contextlib.closing(wire.socket):
                wire.send(head)
                answer = wire.answer()
            assert answer.status == status, head
            assert answer.headers["content-type"] == "application/problem+json"
            assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
            told = json.loads(answer.body)
            assert (told["status"], told["emergency"]) == (status, EMERGENCY)
            assert told["title"] == KINDS[KIND_OF[status]].title


@needs_front
def test_the_front_answers_what_is_too_large_with_a_problem_and_writes_nothing_of_a_client_down(tmp_path: Path) -> None:
    with stub() as (port, _), fronting(tmp_path, [port, 1]) as front:
        address = f"{front.address}/v1/{MARKER}"
        answers = {
            200: httpx.get(f"{address}?q={MARKER}", headers={"User-Agent": MARKER, "Referer": MARKER}),
            413: httpx.post(f"{front.address}/v1/red-flag-checks?{MARKER}", content=MARKER * 5000),
            414: httpx.get(f"{address}?{MARKER * 4000}"),
            431: httpx.get(address, headers={f"x-{number}": MARKER * 700 for number in range(9)}),
            404: httpx.get(f"{front.address}/metrics?{MARKER}"),
            405: httpx.request("TRACE", address),
        }
        assert {status: answer.status_code for status, answer in answers.items()} == {one: one for one in answers}
        for status, answer in answers.items():
            assert MARKER not in answer.text
            if status != 200:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["cache-control"] == "no-store"
                assert (answer.json()["status"], answer.json()["emergency"]) == (status, EMERGENCY)
                assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
                assert answer.headers["content-language"] == "en"
                assert answer.headers.get("allow") == ("OPTIONS, GET, HEAD, POST" if status == 405 else None)
    lines = [json.loads(line) for line in front.log.read_text().splitlines()]
    assert {"check", "content", "other"} <= {line["kind"] for line in lines}
    assert {line["method"] for line in lines} == {"GET", "POST", "OTHER"}
    assert MARKER not in (front.log.read_text() + front.errors.read_text()).lower()
    assert "127.0.0.1" not in front.log.read_text() + front.errors.read_text()
