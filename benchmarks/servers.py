"""Holds the starting of every server that is measured, each pinned to its cores, and their stopping."""

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from api.settings import ROOT
from tests.face.test_server import free_port

Headers = Mapping[str, str]
NONE: Headers = MappingProxyType({})
UNSET: Mapping[str, str] = {name: value for name, value in os.environ.items() if not name.startswith("SLEEP_GUIDANCE_")}
"""The environment without any setting, so that the service runs as it does for whoever starts it first."""
PER_ANSWER = frozenset({"date", "x-request-id"})
"""The headers that differ from answer to answer."""


class Answer(NamedTuple):
    """What came back; the names of the headers in lower case."""

    status: int
    headers: Headers
    body: bytes


class Server(NamedTuple):
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]
    ready_after: float
    """Seconds from its start to its first answer."""


@contextlib.contextmanager
def running(command: Sequence[str], port: int, cores: str, settings: Headers = NONE) -> Iterator[Server]:
    """Start a server on some cores, wait until it answers, and stop it at the end. What it says goes nowhere."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "-c", cores, *command],  # noqa: S607 -- it stands where the system has it
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**UNSET, "PYTHONPATH": str(ROOT), **settings},
    )
    try:
        wait_for(port, process)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server takes connections and answers."""
    for _ in itertools.takewhile(lambda _: process.poll() is None, range(4000)):
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(port, "GET", "/readyz")
            return
        time.sleep(0.005)
    message = f"nothing answers on port {port}"
    raise SystemExit(message)


def ask(port: int, method: str, address: str, headers: Headers = NONE, body: bytes | None = None) -> Answer:
    """Send one request, with no other headers than said, and give the answer as it came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest(method, address, skip_accept_encoding=True)
        for name, value in {**headers, **({} if body is None else {"Content-Length": str(len(body))})}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        data = answer.read()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)


def service(cores: str, **settings: str) -> AbstractContextManager[Server]:
    """Start the service as `make serve` does, with the log and the metrics on; `settings` change that."""
    port = free_port()
    said = {f"SLEEP_GUIDANCE_{name.upper()}": value for name, value in settings.items()}
    return running([sys.executable, "-m", "api", "serve", "--port", str(port)], port, cores, said)


def portable(cores: str) -> AbstractContextManager[Server]:
    """Start the service by its ASGI front alone, on uvicorn as it comes."""
    port = free_port()
    return running([sys.executable, "-m", "benchmarks.portable", str(port)], port, cores)


def bare(cores: str, recorded: Answer, method: str, folder: Path) -> AbstractContextManager[Server]:
    """Start a bare uvicorn application that gives a recorded answer: the same bytes under the same headers."""
    port = free_port()
    file = folder / "recorded.json"
    kept = [(name, value) for name, value in recorded.headers.items() if name != "date"]
    told = {"method": method, "status": recorded.status, "headers": kept, "body": b64encode(recorded.body).decode()}
    file.write_text(json.dumps(told))
    return running([sys.executable, "-m", "benchmarks.bare", str(port), str(file)], port, cores)
