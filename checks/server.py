"""Holds how a checker starts the service on loopback, and ends it by its own process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import httpx

from api.settings import PREFIX

ROOT: Final = Path(__file__).parent.parent
PATIENCE: Final = 20.0
"""How many seconds the service may take to be ready."""


@contextmanager
def served(told: IO[bytes] | None = None, /, **settings: str) -> Iterator[str]:
    """Serve the shipped releases for as long as the block runs, and give the address; the settings may say else.

    What the service writes goes to `told`, where it is given.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(port)],
        stdout=told or subprocess.DEVNULL,
        stderr=told,
        cwd=ROOT,
        env={**os.environ, **{f"{PREFIX}{name}": value for name, value in {"LOG": "off", **settings}.items()}},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            httpx.get(f"{address}/readyz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    sys.exit("The service did not become ready.")
