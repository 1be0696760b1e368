"""The real server: one uvicorn process, started as users start it, called over a real socket."""

import atexit
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from api.main import LONGEST_START
from api.settings import ROOT
from api.web.stopping import deafen
from tests.face.wire import Wire, request, wait_until

Json = Any
PATIENCE = 120.0
"""Seconds after which a test gives up waiting for what must come; a busy machine is no failure."""


class Server(NamedTuple):
    """A server process and its address."""

    process: subprocess.Popen[str]
    address: str


STARTED: list[Server] = []
"""The servers that the test under way has started; what it leaves running is ended with it."""
RESERVED: list[socket.socket] = []
"""One socket for each port that was given out. It listens to nobody, and is let go with the process."""
atexit.register(lambda: [one.detach() for one in RESERVED])


def free_port() -> int:
    """Give a port that nobody else is given: by no bind, nor for a connection of its own.

    It stays bound here, and whoever says SO_REUSEADDR, as servers do, may listen there all the same.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    RESERVED.append(probe)
    port: int = probe.getsockname()[1]
    return port


def start(**environment: str) -> Server:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    STARTED.append(server)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{server.address}/readyz").status_code == 200:
                return server
        except httpx.TransportError:
            time.sleep(0.05)
    process.terminate()
    pytest.fail(f"the server did not start: {process.communicate(timeout=PATIENCE)[1]}")


def stop(server: Server) -> tuple[str, str]:
    server.process.send_signal(signal.SIGTERM)
    return server.process.communicate(timeout=PATIENCE)


@pytest.fixture
def server() -> Iterator[Server]:
    made = start()
    yield made
    if made.process.poll() is None:
        stop(made)


def test_the_three_users_are_served_and_a_stop_is_clean(server: Server) -> None:
    with httpx.Client(base_url=server.address) as client:
        topic = client.get("/v1/topics/leg-twitching")
        assert topic.json()["topic"]["id"] == "leg-twitching"
        assert "server" not in topic.headers
        checked = client.post("/v1/red-flag-checks", json={"present": ["saddle-numbness"], "region": "GB"})
        assert checked.json()["advice"]["call"] == "999"
        bundle = client.get("/v1/releases/1.0.0/bundle")
        assert bundle.content == (ROOT / "data" / "releases" / "1.0.0" / "bundle.json").read_bytes()
        assert client.head("/v1/topics").content == b""
        assert client.options("/v1/topics").status_code == 204
        assert client.get("/v1/nothing").headers["content-type"] == "application/problem+json"
    out, err = stop(server)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["route"] for line in lines][-1] == "none"
    assert {line["event"] for line in lines} == {"request"}
    assert "Serving release" in err
    assert "Traceback" not in err


def test_no_line_is_written_where_the_log_is_off() -> None:
    server = start(SLEEP_GUIDANCE_LOG="off")
    assert httpx.get(f"{server.address}/healthz").status_code == 200
    out, _ = stop(server)
    assert out == ""


@pytest.mark.parametrize("junk", [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"])
def test_bytes_that_are_no_http_do_not_hurt(server: Server, junk: bytes) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(junk)
        connection.recv(4096)
    assert httpx.get(f"{server.address}/healthz").status_code == 200


CHECK = b'{"present": ["saddle-numbness"], "region": "GB"}'
REQUESTS = [
    request("GET", "/v1/topics"),
    request("GET", "/nothing"),
    b"POST /v1/red-flag-checks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 48\r\n\r\n"
    + CHECK,
]


def call_until_refused(port: int, first: int, fate: Counter[str]) -> None:
    """Send requests one after another, on a connection for as long as it is kept, until no connection is made."""
    for number in itertools.count(first):
        try:
            wire = Wire(port)
        except OSError:
            return
        with wire.socket:
            keeps = True
            while keeps:
                try:
                    wire.send(REQUESTS[number % 3])
                    answer = wire.answer()
                except (OSError, AssertionError) as error:
                    fate[f"lost: {error}"] += 1
                    return
                fate["answered"] += 1
                keeps = "connection" not in answer.headers and first % 4 != 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_under_load_loses_no_request(workers: str) -> None:
    server = start(SLEEP_GUIDANCE_WORKERS=workers, SLEEP_GUIDANCE_LOG="off")
    port = int(server.address.rpartition(":")[2])
    fate: Counter[str] = Counter()
    callers = [threading.Thread(target=call_until_refused, args=(port, first, fate)) for first in range(16)]
    for caller in callers:
        caller.start()
    wait_until(lambda: fate["answered"] >= 400 or len(fate) > 1)
    _, err = stop(server)
    for caller in callers:
        caller.join()
    assert set(fate) == {"answered"}
    assert server.process.returncode == 0
    assert "Traceback" not in err


def workers_of(server: Server) -> set[int]:
    """The processes that serve: the children of the one that watches over them."""
    found = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return {int(one) for one in found if "spawn_main" in told(f"{one}/cmdline")}


def told(place: str) -> str:
    """What the system tells of a process; nothing, when the process ended in the meantime."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path("/proc", place).read_text()
    return ""


def two_that_answer(server: Server) -> set[int]:
    """Wait until two workers answer, and give them: connections are made until each holds one."""
    port = int(server.address.rpartition(":")[2])
    answering: set[int] = set()
    with contextlib.ExitStack() as stack:

        def both() -> bool:
            wire = Wire(port)
            stack.enter_context(wire.socket)
            wire.send(request("GET", "/healthz"))
            assert wire.answer().status == 200
            ours, theirs = wire.socket.getsockname()[1], wire.socket.getpeername()[1]
            answering.update(one for one in workers_of(server) if holds(one, theirs, ours))
            answering.intersection_update(workers_of(server))
            return len(answering) == 2

        wait_until(both)
    return answering


def holds(process: int, port: int, peer: int) -> bool:
    """Whether a process holds the end at `port` of the connection whose other end is at `peer`."""
    ends = f"0100007F:{port:04X} 0100007F:{peer:04X}"
    lines = told(f"{process}/net/tcp").splitlines()
    inodes = {f"socket:[{line.split()[9]}]" for line in lines if ends in line}
    with contextlib.suppress(OSError):
        return any(str(one.readlink()) in inodes for one in Path(f"/proc/{process}/fd").iterdir())
    return False


def test_a_worker_that_dies_is_replaced_and_their_lines_never_mix() -> None:
    server = start(SLEEP_GUIDANCE_WORKERS="2")
    before = two_that_answer(server)
    died = min(before)
    os.kill(died, signal.SIGKILL)
    after = two_that_answer(server)
    assert len(after & before) == 1
    port = int(server.address.rpartition(":")[2])
    fate: Counter[str] = Counter()
    callers = [threading.Thread(target=call_until_refused, args=(port, first, fate)) for first in range(8)]
    for caller in callers:
        caller.start()
    wait_until(lambda: fate["answered"] >= 1000 or len(fate) > 1)
    out, err = stop(server)
    for caller in callers:
        caller.join()
    assert set(fate) == {"answered"}
    lines = [json.loads(line) for line in out.splitlines()]
    assert sum(line["route"] in {"/v1/topics", "none", "/v1/red-flag-checks"} for line in lines) == fate["answered"]
    assert "Traceback" not in err


def test_a_worker_that_dies_while_it_is_asked_for_a_sign_of_life_is_replaced() -> None:
    server = start(SLEEP_GUIDANCE_WORKERS="2")
    before = two_that_answer(server)
    os.kill(min(before), signal.SIGSTOP)
    time.sleep(1.5)  # it is asked every half a second, and cannot answer
    os.kill(min(before), signal.SIGKILL)
    began = time.monotonic()
    assert len(two_that_answer(server) & before) == 1
    assert time.monotonic() - began < LONGEST_START / 2, "nobody waits for the dead"
    stop(server)


def test_a_worker_that_is_slow_to_start_is_waited_for(tmp_path: Path) -> None:
    slow = "import sys, time; '--multiprocessing-fork' in sys.argv and time.sleep(12)"
    (tmp_path / "sitecustomize.py").write_text(slow)
    server = start(SLEEP_GUIDANCE_WORKERS="2", PYTHONPATH=str(tmp_path))
    _, err = stop(server)
    assert "Traceback" not in err


def test_a_worker_that_cannot_start_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(ROOT / "data" / "releases", releases)
    good = (releases / "latest.json").read_bytes()
    server = start(SLEEP_GUIDANCE_WORKERS="2", SLEEP_GUIDANCE_RELEASES=str(releases))
    before = two_that_answer(server)
    (releases / "latest.json").write_bytes(b"{")
    os.kill(min(before), signal.SIGKILL)
    seen: set[int] = set()

    def tried_twice() -> bool:
        seen.update(workers_of(server) - before)
        return len(seen) > 1

    wait_until(tried_twice)
    assert httpx.get(f"{server.address}/readyz").status_code == 200
    (releases / "latest.json").write_bytes(good)
    two_that_answer(server)
    assert httpx.get(f"{server.address}/readyz").status_code == 200
    _, err = stop(server)
    assert "A worker cannot start, another will be tried: latest.json: The text is not JSON." in err
    assert "Traceback" not in err


def test_settings_that_no_worker_can_start_with_are_refused_before(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "api", "serve", "--host", "127.0.0.1", "--port", str(free_port())],
        env={
            **os.environ, "SLEEP_GUIDANCE_WORKERS": "2",
            "SLEEP_GUIDANCE_PARTNER_KEYS": str(tmp_path / "none.json"),
        },
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert process.returncode == 1
    assert "none.json: the file is missing" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="no other system can refuse connections alone")
def test_a_connection_that_is_half_made_is_made_whole_though_no_other_is_begun() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5
        )  # half made until its client says something
        listening.listen()
        listening.settimeout(PATIENCE)
        with socket.create_connection(listening.getsockname(), timeout=PATIENCE) as half, socket.socket() as late:
            deafen([listening])
            late.settimeout(0)
            late.connect_ex(listening.getsockname())
            half.sendall(b"x")
            made, _ = listening.accept()
            with made:
                assert made.recv(1) == b"x"
            with pytest.raises(OSError, match="not connected"):
                late.getpeername()
