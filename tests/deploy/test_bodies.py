"""What comes with a body, at the shipped front: waited for as a whole, asked of one replica after another, not lost."""

import contextlib
import json
import os
import re
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from api.app import create_app
from api.releases.library import Library
from api.settings import ROOT, Settings
from api.web.limits import LIMITS, MOST_BODY
from api.web.problem_kinds import KINDS
from api.web.problems import EMERGENCY, problem
from tests.deploy.fronting import HAPROXY, OF_BODIES, fronting, needs_front
from tests.deploy.standing_in import standing_in
from tests.deploy.test_front import ALWAYS, CONF, mapped
from tests.deploy.test_front_alike import ITS_OWN
from tests.face.test_server import free_port
from tests.face.test_strictness import CHECK, KIND, LONGEST
from tests.face.wire import PATIENCE, Answer, Wire, request, serving, wait_until

BODIES = OF_BODIES.read_text()
DEPLOYMENT = ROOT / "deploy" / "kubernetes" / "components" / "front" / "deployment.yaml"


class Replica(NamedTuple):
    """A replica that is none: where it listens, and the bodies that it was sent."""

    port: int
    taken: list[bytes]


@contextmanager
def replica(
    *,
    ready: int = 200,
    answers: bytes | None = b"ok",
    address: str = "127.0.0.1",
    port: int = 0,
    silent: threading.Event | None = None,
) -> Iterator[Replica]:
    """Run a replica that says how ready it is, and answers; or is gone as soon as it was asked, or silent."""
    taken: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(ready, b"")

        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            if silent is not None:
                silent.wait(PATIENCE)
            elif answers is not None:
                self._say(200, answers)

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("X-Request-ID", "one")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with standing_in(Handler, address, port) as at:
        yield Replica(at, taken)


def reaches(one: Replica, port: int) -> bool:
    """Tell whether a check that is sent to a port reaches a replica."""
    before = len(one.taken)
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(f"http://127.0.0.1:{port}{CHECK}", json={})
    return len(one.taken) > before


def in_parts(port: int, body: bytes) -> Wire:
    """Send a check of which the head comes first, and then the body in two parts."""
    wire = Wire(port)
    wire.send(request("POST", CHECK, KIND, f"Content-Length: {len(body)}"))
    for part in (body[: len(body) // 2], body[len(body) // 2 :]):
        time.sleep(0.05)
        wire.send(part)
    return wire


def test_what_the_front_says_of_bodies_are_the_words_of_the_service() -> None:
    said = re.findall(r"http-error status (\d+) content-type application/problem\+json string (.*)", BODIES)
    assert [status for status, _ in said] == ["400", "408", "500", "502", "503", "504"]
    failure = re.findall(r"setenv FAILURE (.*)", BODIES)[0]
    words = {status: json.loads(text.replace('"${FAILURE}"', failure).strip("'")) for status, text in said}
    assert words["408"] == json.loads(bytes(problem(408, "/v1/red-flag-checks").body))
    for status in ("500", "502", "503", "504"):
        assert words[status] == {
            "type": "/problems/failure",
            "title": KINDS["failure"].title,
            "status": 503,
            "detail": mapped("problem_help")["default"],
            "emergency": EMERGENCY,
        }
    assert words["400"]["detail"] == mapped("problem_help")["bad-request"]
    assert {**words["400"], "detail": ""} == {
        **json.loads(bytes(problem(400, "/v1/red-flag-checks").body)), "detail": "",
    }  # fmt: skip
    given = dict(re.findall(r'http-after-response set-header (\S+) (".*?"|\S+) if !ours', BODIES))
    assert {name: value.strip('"') for name, value in given.items()} == {
        **ALWAYS,
        "retry-after": mapped("problem_wait")["failure"],
        "date": "%[date,http_date]",
        "cache-control": "no-store",
        "content-language": "en",
    }


def test_a_whole_check_stands_in_one_buffer_and_all_of_them_in_the_memory_there_is() -> None:
    buffer, connections = (int(re.findall(rf"{name} (\d+)", BODIES)[0]) for name in ("tune.bufsize", "maxconn"))
    head = int(re.findall(r"client_header_buffer_size (\d+)k;", CONF)[0]) * 1024
    assert buffer >= head + MOST_BODY + 2048, "a part of it is kept free for what is added to a head"
    limits = re.findall(r"cpu: \"1\", memory: (\d+)Mi", DEPLOYMENT.read_text())
    assert buffer * connections * 2 < int(limits[0]) * 2**20, "of each a copy, until it is answered"


@needs_front
@pytest.mark.parametrize("size", [20, MOST_BODY])
def test_a_check_is_asked_of_another_replica_where_one_dies_of_it(tmp_path: Path, size: int) -> None:
    body = b"{" + b" " * (size - 2) + b"}"
    with replica(answers=None) as dying, replica() as other, fronting(tmp_path, [dying.port, other.port]) as front:
        for _ in range(6):
            wire = in_parts(front.port, body)
            with contextlib.closing(wire.socket):
                assert (wire.answer().body) == b"ok"
        assert dying.taken == [body] * len(dying.taken) != [], "whole, and not before it was"
        assert other.taken == [body] * 6


@needs_front
def test_a_check_is_asked_of_another_replica_where_one_is_silent(tmp_path: Path) -> None:
    over = threading.Event()
    with replica(silent=over) as one, replica() as other, fronting(tmp_path, [one.port, other.port]) as front:
        waited = []
        for _ in range(2):
            began, wire = time.monotonic(), in_parts(front.port, b"{}")
            with contextlib.closing(wire.socket):
                assert wire.answer().body == b"ok"
            waited.append(time.monotonic() - began)
        over.set()
    assert one.taken
    assert other.taken == [b"{}"] * 2
    assert max(waited) < int(re.findall(r"proxy_read_timeout (\d+)s;", CONF)[0])


@needs_front
def test_where_every_replica_dies_of_it_there_is_an_end_and_the_emergency_line(tmp_path: Path) -> None:
    with replica(answers=None) as one, replica(answers=None) as two, fronting(tmp_path, [one.port, two.port]) as front:
        answer = httpx.post(f"{front.address}{CHECK}", json={})
    assert (answer.status_code, answer.json()["emergency"]) == (503, EMERGENCY)
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("5", "no-store")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.headers.get_list("x-request-id")) == 1
    assert 2 <= len(one.taken) + len(two.taken) <= 4


@needs_front
def test_replicas_that_are_too_busy_to_say_that_they_are_ready_are_asked_all_the_same(tmp_path: Path) -> None:
    with replica(ready=503) as one, replica(ready=503) as two, fronting(tmp_path, [one.port, two.port]) as front:
        time.sleep(3)
        answers = [httpx.post(f"{front.address}{CHECK}", json={}).text for _ in range(4)]
    assert answers == ["ok"] * 4
    assert len(one.taken) + len(two.taken) == 4


@needs_front
def test_a_replica_that_says_that_it_is_not_ready_is_left_alone(tmp_path: Path) -> None:
    with replica(ready=503) as one, replica() as other, fronting(tmp_path, [one.port, other.port]) as front:
        wait_until(lambda: not any(reaches(one, front.port) for _ in range(4)))
        assert all(reaches(other, front.port) for _ in range(4))


@needs_front
def test_without_its_other_half_nginx_asks_the_replicas_itself(tmp_path: Path) -> None:
    with replica() as one, fronting(tmp_path, [one.port]) as front:
        assert httpx.post(f"{front.address}{CHECK}", json={}).text == "ok"
        front.bodies.kill()
        front.bodies.wait()
        for _ in range(5):
            wire = in_parts(front.port, b"{}")
            with contextlib.closing(wire.socket):
                assert wire.answer().body == b"ok"


@needs_front
def test_a_body_that_does_not_end_is_told_so_as_the_service_tells_it(tmp_path: Path, small: Library) -> None:
    def dripping(port: int) -> tuple[float, Answer]:
        wire, began = Wire(port), time.monotonic()
        with contextlib.closing(wire.socket):
            wire.send(request("POST", CHECK, KIND, "Content-Length: 1000") + b"{")
            while not select.select([wire.socket], [], [], 0.25)[0]:
                wire.send(b" ")
            return time.monotonic() - began, wire.answer()

    with (
        serving(create_app(small, Settings())) as served,
        fronting(tmp_path, [served.port]) as front,
        ThreadPoolExecutor(2) as threads,
    ):
        (at_once, by_service), (waited, by_front) = threads.map(dripping, [served.port, front.port])
    assert by_front.status == by_service.status == 408
    assert json.loads(by_front.body)["type"] == json.loads(by_service.body)["type"]
    assert by_front.headers.keys() - ITS_OWN == by_service.headers.keys() - ITS_OWN
    for name in {*ALWAYS, "cache-control", "content-language", "content-type"}:
        assert by_front.headers[name] == by_service.headers[name]
    assert abs(waited - at_once) < LONGEST - LIMITS["body"]


@contextmanager
def naming(addresses: list[str]) -> Iterator[int]:
    """Run a name server that says these addresses of every name, or nothing where there are none; give its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        here.settimeout(PATIENCE)

        def answer() -> None:
            while (asked := here.recvfrom(4096))[0] != b"end":
                data, caller = asked
                question = data[12 : data.index(b"\0", 12) + 5]
                found = [socket.inet_aton(one) for one in addresses if question[-4:-2] == b"\0\1"]
                head = data[:2] + struct.pack("!5H", 0x8180, 1, len(found), 0, 0)
                if addresses:
                    here.sendto(head + question + b"".join(OF_IT + one for one in found), caller)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield here.getsockname()[1]
        finally:
            here.sendto(b"end", here.getsockname())
            thread.join()


OF_IT = b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 1, 4)
"""What stands before an address in an answer: it is one of the name in the question, for a second."""


@needs_front
def test_replicas_are_found_by_their_name_as_they_come_and_go_and_not_forgotten_where_nobody_says_it(
    tmp_path: Path,
) -> None:
    places = ["127.0.0.1"]
    port, behind = free_port(), free_port()
    with ExitStack() as stack:
        first, second = (stack.enter_context(replica(address=f"127.0.0.{n}", port=behind)) for n in (1, 2))
        names = stack.enter_context(naming(places))
        text = BODIES.replace("parse-resolv-conf", f"nameserver here 127.0.0.1:{names}")
        conf = tmp_path / "haproxy.cfg"
        conf.write_text(text.replace("bind :8081", f"bind 127.0.0.1:{port}"))
        there = {**os.environ, "REPLICAS": f"replicas.test:{behind}"}
        program = subprocess.Popen([str(HAPROXY), "-q", "-db", "-f", str(conf)], env=there)
        stack.callback(program.wait, 60)
        stack.callback(program.terminate)

        wait_until(lambda: reaches(first, port))
        assert not second.taken
        places.append("127.0.0.2")
        wait_until(lambda: reaches(second, port))
        places.remove("127.0.0.1")
        wait_until(lambda: not any(reaches(first, port) for _ in range(4)))
        places.clear()
        time.sleep(5)
        assert all(reaches(second, port) for _ in range(4))
