"""How these tests run the shipped front on loopback: the same configuration, with only its places exchanged."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from api.settings import ROOT
from tests.face.test_server import free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
SHIPPED = ROOT / "deploy" / "nginx" / "nginx.conf"


class Front(NamedTuple):
    """A running front and where it writes its log."""

    port: int
    address: str
    log: Path
    errors: Path


def placed(folder: Path, ports: Sequence[int]) -> tuple[Path, int]:
    """Write the shipped configuration with places of our own, each of which it must name; give it and its port."""
    port = free_port()
    text = SHIPPED.read_text()
    for shipped, ours in {
        "listen 8080": f"listen 127.0.0.1:{port}",
        "/tmp/": f"{folder}/",  # noqa: S108 -- of the shipped configuration
        "/var/cache/nginx": f"{folder}/cache",
        "/dev/stdout": f"{folder}/access.log",
        "/dev/stderr": f"{folder}/error.log",
    }.items():
        assert shipped in text
        text = text.replace(shipped, ours)
    conf = folder / "nginx.conf"
    conf.write_text(text)
    shipped = re.sub(r"resolver .*", "", (SHIPPED.parent / "upstreams.conf").read_text())
    here = "\\n    ".join(f"server 127.0.0.1:{one} \\1" for one in ports)
    upstreams, count = re.subn(r"server service:8000 resolve (.*)", here, shipped)
    assert count == 2
    (folder / "upstreams.conf").write_text(upstreams)
    return conf, port


@contextmanager
def fronting(folder: Path, ports: Sequence[int]) -> Iterator[Front]:
    """Run the front before replicas at some ports."""
    assert NGINX is not None
    conf, port = placed(folder, ports)
    who = "user root; " if os.geteuid() == 0 else ""  # as root, its workers could not enter our folder
    program = subprocess.Popen([NGINX, "-c", str(conf), "-p", str(folder), "-g", f"{who}daemon off;"])
    front = Front(port, f"http://127.0.0.1:{port}", folder / "access.log", folder / "error.log")
    try:
        for _ in range(100):
            try:
                httpx.get(f"{front.address}/metrics")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield front
    finally:
        program.terminate()
        program.wait(timeout=300)
