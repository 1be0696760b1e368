"""Holds how a server is loaded and its work counted. Starts no server, and compares nothing."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from api.settings import ROOT
from benchmarks.servers import NONE, Headers, Server

CONNECTIONS = 64
BODIES = ROOT / "benchmarks" / "check.lua"
TURNING = ROOT / "benchmarks" / "turning.lua"
TICKS = os.sysconf("SC_CLK_TCK")


class Load(NamedTuple):
    """What is asked of a server: headers, and a file of bodies to send, one a line, where it is a POST.

    What `script` says is sent is sent instead of one request again and again.
    """

    address: str
    headers: Headers = NONE
    bodies: Path | None = None
    answers: int = 200
    script: Path | None = None


class Measured(NamedTuple):
    """What one run of wrk found."""

    rate: float
    """Requests answered in a second of time."""
    work: float
    """Seconds of a core that the server worked for each request."""


def measure(server: Server, load: Load, seconds: float, cores: str) -> Measured:
    """Load a server for so many seconds from some cores; any failed request ends the run."""
    headers = [part for name, value in load.headers.items() for part in ("-H", f"{name}: {value}")]
    script = ["-s", str(load.script)] if load.script else []
    command = ["taskset", "-c", cores, "wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", *headers, *script]
    command += [f"http://127.0.0.1:{server.port}{load.address}", *(["--", str(load.bodies)] if load.bodies else [])]
    before = worked(server.process.pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = worked(server.process.pid) - before
    found = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    failed = "Non-2xx" in said and load.answers < 300
    if failed or "Socket errors" in said or found is None or rate is None:
        raise SystemExit(said)
    return Measured(float(rate[1]), spent / int(found[1]))


def worked(process: int) -> float:
    """Give the seconds of a core that a process and its children have worked."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS
    return own + sum(worked(child) for child in children(process))


def children(process: int) -> Sequence[int]:
    """Give the processes that a process started and that still run."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
