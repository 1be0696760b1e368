"""How these tests run the shipped front on loopback: the same configuration, with only its places exchanged."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from api.settings import ROOT
from tests.face.test_server import free_port
from tests.face.wire import wait_until

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
NGINX, HAPROXY = (shutil.which(name, path=PLACES) for name in ("nginx", "haproxy"))
SHIPPED = ROOT / "deploy" / "front" / "nginx.conf"
OF_BODIES = SHIPPED.parent / "haproxy.cfg"
needs_front = pytest.mark.skipif(not (NGINX and HAPROXY), reason="nginx or HAProxy is not installed")


class Front(NamedTuple):
    """A running front, where it writes its log, and the half of it that bodies go through."""

    port: int
    log: Path
    errors: Path
    bodies: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Its address, as clients are given it."""
        return f"http://127.0.0.1:{self.port}"


class Placed(NamedTuple):
    """The configuration of nginx, and where it and HAProxy listen."""

    conf: Path
    port: int
    bodies: int


def placed(folder: Path, ports: Sequence[int]) -> Placed:
    """Write the shipped configurations with places of our own, each of which they must name."""
    port, bodies = free_port(), free_port()
    _exchange(
        SHIPPED,
        folder,
        {
            "listen 8080": f"listen 127.0.0.1:{port}",
            "/tmp/": f"{folder}/",  # noqa: S108 -- of the shipped configuration
            "/var/cache/nginx": f"{folder}/cache",
            "/dev/stdout": f"{folder}/access.log",
            "/dev/stderr": f"{folder}/error.log",
        },
    )
    _exchange(
        SHIPPED.parent / "upstreams.conf",
        folder,
        {
            r"resolver .*": "",
            r"server bodies:8081 resolve (.*)": rf"server 127.0.0.1:{bodies} \1",
            r"server service:8000 resolve *(.*)": "\n    ".join(rf"server 127.0.0.1:{one} \1" for one in ports),
        },
    )
    _exchange(
        OF_BODIES,
        folder,
        {
            "bind :8081": f"bind 127.0.0.1:{bodies}",
            "default-server .*": "",
            r"server-template (\w+) 32 \S+(.*)": "\n    ".join(
                rf"server \g<1>{one} 127.0.0.1:{one}\2" for one in ports
            ),
        },
    )
    return Placed(folder / SHIPPED.name, port, bodies)


def _exchange(shipped: Path, folder: Path, places: Mapping[str, str]) -> None:
    """Write a shipped configuration into a folder with other places."""
    text = shipped.read_text()
    for place, ours in places.items():
        text, count = re.subn(place, ours, text)
        assert count, place
    (folder / shipped.name).write_text(text)


def listens(port: int) -> bool:
    """Tell whether somebody listens at a port."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@contextmanager
def fronting(folder: Path, ports: Sequence[int]) -> Iterator[Front]:
    """Run the front before replicas at some ports."""
    assert NGINX is not None
    assert HAPROXY is not None
    conf, port, at = placed(folder, ports)
    who = "user root; " if os.geteuid() == 0 else ""  # as root, its workers could not enter our folder
    bodies = subprocess.Popen([HAPROXY, "-q", "-db", "-f", str(folder / OF_BODIES.name)])
    nginx = subprocess.Popen([NGINX, "-c", str(conf), "-p", str(folder), "-g", f"{who}daemon off;"])
    front = Front(port, folder / "access.log", folder / "error.log", bodies)
    try:
        wait_until(lambda: listens(port) and listens(at))
        yield front
    finally:
        for program in (nginx, bodies):
            program.terminate()
            program.wait(timeout=300)
