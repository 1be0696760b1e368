"""Measures a tool call against the plain POST, on one server of its own, and prints medians and ratios.

`python -m benchmarks.tool_calls`: the same profiles over the same kept-alive connection; the ways take turns, so that a
busy machine is unfair to none. The ratio to read is that of the bare messages: the official client adds work of its own
in the caller, not in the service.
"""

import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from mcp import Client

from api.releases.library import load_library
from api.settings import ROOT

Json = Any
ROUNDS = 300
PROFILES = 30
REVISION = "2026-07-28"
ABOUT = {"io.modelcontextprotocol/protocolVersion": REVISION, "io.modelcontextprotocol/clientCapabilities": {}}
TAKES = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
MODERN = {**TAKES, "MCP-Protocol-Version": REVISION, "Mcp-Method": "tools/call", "Mcp-Name": "check_red_flags"}
OLDER = {**TAKES, "MCP-Protocol-Version": "2025-11-25"}


def profiles() -> list[Json]:
    """Make profiles that are accepted: an age, and findings that are absent or unsure."""
    names = sorted(load_library(ROOT / "data" / "releases").edition(None).rules.views[""].readable)
    chance = random.Random(20261122)
    yes_no = [name for name in names if name not in {"age-years", "pregnancy-weeks"}]
    made: list[Json] = []
    for _ in range(PROFILES):
        absent = chance.sample(yes_no, chance.randint(0, 25))
        age = {"finding": "age-years", "value": chance.randint(18, 80)}
        made.append({"topic": "leg-twitching", "region": "GB", "language": "en", "present": [], "absent": absent})
        made[-1] |= {"unsure": [], "measurements": [age]}
    return made


def tool_call(profile: Json, about: Json) -> bytes:
    """Write a call of the tool."""
    params = {"name": "check_red_flags", "arguments": profile} | ({"_meta": about} if about else {})
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()


async def measure(address: str) -> dict[str, list[float]]:
    """Time every way in turn, in milliseconds."""
    taken: dict[str, list[float]] = {}
    sent = profiles()
    async with (
        httpx.AsyncClient(base_url=address) as http,
        Client(f"{address}/mcp", mode=REVISION) as modern,
        Client(f"{address}/mcp", mode="legacy") as older,
    ):
        ways: dict[str, Callable[[Json], Awaitable[object]]] = {
            "POST /v1/red-flag-checks": lambda one: http.post(
                "/v1/red-flag-checks", content=json.dumps(one).encode(), headers=TAKES
            ),
            "bare tool call, 2026-07-28": lambda one: http.post("/mcp", content=tool_call(one, ABOUT), headers=MODERN),
            "bare tool call, 2025-11-25": lambda one: http.post("/mcp", content=tool_call(one, {}), headers=OLDER),
            "official client, 2026-07-28": lambda one: modern.call_tool("check_red_flags", one),
            "official client, 2025-11-25": lambda one: older.call_tool("check_red_flags", one),
        }
        for round_ in range(ROUNDS + PROFILES):
            for name, way in ways.items():
                started = time.perf_counter()
                answer = await way(sent[round_ % PROFILES])
                spent = (time.perf_counter() - started) * 1000
                assert not getattr(answer, "is_error", False), name
                assert getattr(answer, "status_code", 200) == 200, name
                if round_ >= PROFILES:  # the first of each are for warming up
                    taken.setdefault(name, []).append(spent)
    return taken


def main() -> None:
    """Start a server, measure, print."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    environment = {**os.environ, "SLEEP_GUIDANCE_LOG": "off"}
    started = time.perf_counter()
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(address)
            print(f"ready after {time.perf_counter() - started:.2f} s with {memory(server.pid)}")
            started = time.perf_counter()
            httpx.post(f"{address}/mcp", content=tool_call(profiles()[0], {}), headers=OLDER).raise_for_status()
            print(f"first tool call {(time.perf_counter() - started) * 1000:.0f} ms; then {memory(server.pid)}")
            taken = asyncio.run(measure(address))
        finally:
            server.terminate()
    plain = statistics.median(taken["POST /v1/red-flag-checks"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:30} median {median:6.2f} ms, 95 of 100 below {sorted(times)[len(times) * 95 // 100]:6.2f} ms, "
              f"{median / plain:4.2f} times the plain POST")  # fmt: skip


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(1000):
        try:
            httpx.get(f"{address}/readyz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    sys.exit("The server did not start.")


def memory(process: int) -> str:
    """Say how much memory a process holds, where the system tells."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return "unknown memory"
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
