"""Holds how long the service takes to start, and how much memory it holds when it has answered everything."""

import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from api.releases.library import load_library
from api.settings import ROOT, Settings
from benchmarks import servers
from benchmarks.cases import CHECK, CODINGS, JSON, SIZES
from benchmarks.comparing import CORE
from benchmarks.profiles import draw
from benchmarks.servers import Server
from benchmarks.tool_calls import ABOUT, MODERN, tool_call

STARTS = 5
CHECKS = 2000
PLENTY = "1000000/second"
"""A quota that is counted and never spent."""


def start() -> float:
    """Give the seconds from the start of the service to its first answer, on one core: the median of some."""
    found = []
    for _ in range(STARTS):
        with servers.service(CORE) as server:
            found.append(server.ready_after)
    return statistics.median(found)


def memory() -> float:
    """Give the megabytes (1,000,000 bytes) that a worker holds which has answered everything.

    Log and metrics are on; it was asked for every item in every coding, and for many checks. With quotas it counts
    calls, without it holds more answers ready: what is given is the greater of the two.
    """
    found = []
    for quotas in ({"quota_reads": PLENTY, "quota_checks": PLENTY}, {}):
        with servers.service(CORE, **quotas) as server:
            answer_everything(server)
            found.append(resident(server))
    return max(found)


def answer_everything(server: Server) -> None:
    """Ask a server for everything there is."""
    for address in addresses():
        for headers in CODINGS.values():
            asked = servers.ask(server.port, "GET", address, headers)
            assert asked.status == 200, address
    profiles = draw(load_library(Settings().releases), CHECKS)
    for body in profiles:
        assert servers.ask(server.port, "POST", CHECK, JSON, body).status == 200
    for address, body in posts():
        assert servers.ask(server.port, "POST", address, JSON, body).status == 200, address
    called = servers.ask(server.port, "POST", "/mcp", MODERN, tool_call(json.loads(profiles[0]), ABOUT))
    assert called.status == 200


def addresses() -> Iterator[str]:
    """Give every address that answers a GET, of the newest release and of every one that is held."""
    library = load_library(Settings().releases)
    bundle = library.current().bundle
    yield from SIZES.values()
    for kind in ("topics", "causes", "remedies", "red_flags", "findings", "sources"):
        path = f"/v1/{kind.replace('_', '-')}"
        yield path
        for item in getattr(bundle, kind):
            yield f"{path}/{item.id}"
    yield from ("/v1/levels", "/v1/regions", "/v1/search?q=twitching", "/v1/changes", "/v1/releases")
    yield from ("/openapi.json", "/openapi-small.json", "/llms.txt", "/docs", "/docs/assets/swagger-ui-bundle.js")
    yield from ("/metrics", "/readyz", "/healthz", "/v1/releases/latest", "/v1/releases/feed")
    for version in library.releases:
        yield from (f"/v1/releases/{version}", f"/v1/releases/{version}/bundle", f"/v1/topics?release={version}")


def posts() -> Iterator[tuple[str, bytes]]:
    """Give the examples of the OpenAPI document for every call that takes a body."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    yield path, json.dumps(example["value"]).encode()


def resident(server: Server) -> float:
    """Give the megabytes of memory that a server holds, with its files in memory, which it holds beside."""
    process = Path(f"/proc/{server.process.pid}")
    found = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text())
    assert found
    files = [one.stat().st_size for one in (process / "fd").iterdir() if one.readlink().name.startswith("memfd:")]
    return (int(found[1]) * 1024 + sum(files)) / 1e6
