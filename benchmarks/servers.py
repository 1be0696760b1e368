"""Holds the starting of every server that is measured, each pinned to its cores, and their stopping."""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from api.settings import ROOT

PORTS = iter(range(18100, 18999))
Headers = dict[str, str]


@contextlib.contextmanager
def running(command: list[str], port: int, cores: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server on cores, wait until it answers, and stop it at the end."""
    process = subprocess.Popen(
        ["taskset", "-c", cores, *command],  # noqa: S607
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server takes connections and answers."""
    for _ in range(2000):
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(port, "GET", "/readyz", {})
            return
        if process.poll() is not None:
            break
        time.sleep(0.005)
    message = f"nothing answers on port {port}"
    raise SystemExit(message)


def ask(port: int, method: str, address: str, headers: Headers, body: bytes = b"") -> tuple[int, Headers, bytes]:
    """Send one request and give status, headers and body as they came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, address, body or None, {"Accept-Encoding": "identity", **headers})
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data
    finally:
        connection.close()


def record(folder: Path, name: str, method: str, answer: tuple[int, Headers, bytes]) -> Path:
    """Write an answer for the bare application: the same bytes, the same headers."""
    status, headers, body = answer
    given = [(key, value) for key, value in headers.items() if key != "date"]
    file = folder / f"{name}.json"
    file.write_text(
        json.dumps({"method": method, "status": status, "headers": given, "body": b64encode(body).decode()})
    )
    return file


def service(port: int, cores: str, workers: int = 1) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """The service as `make serve` starts it."""
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    return running(command, port, cores, **({"SLEEP_GUIDANCE_WORKERS": str(workers)} if workers > 1 else {}))


def portable(port: int, cores: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """The service by its ASGI front alone, on uvicorn as it comes."""
    return running([sys.executable, "-m", "benchmarks.portable", str(port)], port, cores)


def bare(port: int, cores: str, file: Path) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """A bare uvicorn application that gives a recorded answer."""
    return running([sys.executable, "-m", "benchmarks.bare", str(port), str(file)], port, cores)


def cached(port: int, cores: str, behind: int, folder: Path) -> contextlib.AbstractContextManager[object]:
    """The shipped front with its cache, before a service that listens at a port."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("listen 8080", f"listen 127.0.0.1:{port}")
    text = text.replace("/tmp/", f"{folder}/").replace("worker_processes auto", "worker_processes 1")  # noqa: S108
    return _nginx(text, port, cores, folder / "cached.conf")


def plain(port: int, cores: str, folder: Path, headers: Headers) -> contextlib.AbstractContextManager[object]:
    """The same front, giving files instead: the same bytes with the same headers."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/nginx.pid", f"{folder}/plain.pid")  # noqa: S108
    text = text.replace("/tmp/", f"{folder}/plain-").replace("worker_processes auto", "worker_processes 1")  # noqa: S108
    own = {"content-type", "content-length", "date", "etag", "accept-ranges", "server", "connection", "x-request-id"}
    added = "".join(
        f"add_header {name} '{value.replace(chr(39), '')}';\n" for name, value in headers.items() if name not in own
    )
    location = f"location / {{ root {folder}/files; default_type application/json; {added} add_header x-request-id $request_id; }}"
    text = re.sub(r"location / \{.*?\n        \}", lambda _: location, text, flags=re.DOTALL)
    return _nginx(text, port, cores, folder / "plain.conf")


def _nginx(text: str, port: int, cores: str, file: Path) -> contextlib.AbstractContextManager[object]:
    file.write_text("daemon off;\n" + text)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return running([program, "-p", str(file.parent), "-c", str(file)], port, cores)
