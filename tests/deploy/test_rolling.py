"""Two replicas behind the shipped front, under load: each is killed, and each is rolled to a new release.

No request fails, no sync ever mixes two releases or is led back, and what a copy holds is the release byte for byte.
`make rolling` runs it and prints what was counted.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.content.loading import load_draft
from api.releases.freezing import freeze
from api.settings import ROOT
from tests.builders import NOW, write
from tests.content.test_loading import good
from tests.deploy.fronting import fronting, needs_front
from tests.face.test_server import free_port
from tests.releases.test_syncing import partner

Json = Any
PAUSE = 0.6
"""Seconds between two events, so that load meets every state."""
SETTLED = 2.5
"""Seconds for which a replica is ready before the next one goes: longer than the front leaves one alone that failed,
which nginx counts in whole seconds, so that one may be nearly two."""
SMALL = b'{"present": ["numb"]}'
LARGE = SMALL.replace(b" ", b" " * 12_000)
"""A small check, and one that is large, which the front takes whole as well where it comes with its head."""
HEAD = "POST /v1/red-flag-checks HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n"
PAGE = 3
"""Records a page, so that a sync has many."""


class Replicas:
    """The processes behind the front, by their ports."""

    def __init__(self, ports: list[int], log: Path) -> None:
        self.ports = ports
        self.log = log
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, port: int, releases: Path) -> None:
        words = [sys.executable, "-m", "api", "serve", "--host", "127.0.0.1", "--port", str(port)]
        environment = {**os.environ, "SLEEP_GUIDANCE_RELEASES": str(releases)}
        with self.log.open("ab") as log:
            self.running[port] = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        for _ in range(400):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail("a replica did not start")

    def end(self, port: int, how: signal.Signals) -> None:
        self.running[port].send_signal(how)
        self.running.pop(port).wait(timeout=300)


@contextmanager
def replicas(log: Path, releases: Path) -> Iterator[Replicas]:
    """Run two replicas that serve a folder of releases."""
    made = Replicas([free_port(), free_port()], log)
    try:
        for port in made.ports:
            made.start(port, releases)
        yield made
    finally:
        for process in made.running.values():
            process.kill()
            process.wait()


def two_folders(place: Path) -> tuple[Path, Path]:
    """Publish 1.0.0, and in a second folder 1.1.0 after it, with other words and one cause less."""
    old, new = place / "old", place / "new"
    old.mkdir()
    files = good()
    freeze(load_draft(write(place / "one", files)), "1.0.0", old, NOW)
    shutil.copytree(old, new)
    files["phrases.json"] = {**files["phrases.json"], "no_advice_yet": "Newer words."}
    del files["causes/arm-cause.json"]
    freeze(load_draft(write(place / "two", files)), "1.1.0", new, NOW)
    return old, new


class Load:
    """What clients send until they are told to stop, and what became of it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.counted: Counter[tuple[str, int | str]] = Counter()
        self.stopped = False
        self.syncs: Counter[str] = Counter()

    async def ask(self, client: httpx.AsyncClient, what: str, method: str, path: str, **more: Json) -> Json:
        try:
            answer = await client.request(method, path, **more)
        except httpx.HTTPError as error:
            self.counted[what, repr(error)] += 1
            return None
        self.counted[what, answer.status_code] += 1
        return answer.json() if answer.status_code == 200 else None

    async def reading(self, client: httpx.AsyncClient) -> None:
        while not self.stopped:
            for path in ("/v1/topics/legs", "/v1/releases/1.0.0/bundle", "/v1/red-flags"):
                await self.ask(client, "read", "GET", path)

    async def checking(self, client: httpx.AsyncClient) -> None:
        """Check with bodies that come behind their heads."""
        headers = {"Content-Type": "application/json"}
        while not self.stopped:
            for body in (SMALL, LARGE):
                answer = await self.ask(client, "check", "POST", "/v1/red-flag-checks", content=body, headers=headers)
                assert answer is None or answer["level"] == "emergency"

    async def checking_whole(self, client: httpx.AsyncClient) -> None:
        """Check with bodies that come with their heads."""
        while not self.stopped:
            for body in (SMALL, LARGE):
                reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
                writer.write(f"{HEAD}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                head, _, answer = (await asyncio.wait_for(reader.read(), 15)).partition(b"\r\n\r\n")
                writer.close()
                self.counted["whole check", int(head[9:12] or b"0")] += 1
                assert head[9:12] != b"200" or json.loads(answer)["level"] == "emergency"

    async def syncing(self, client: httpx.AsyncClient) -> None:
        """Sync again and again, half the times anew, and hold each sync to one release and to its bytes."""
        copying = partner()
        copy: dict[Json, Json] = {}
        token: str | None = None
        newest = 0
        while not self.stopped:
            if self.syncs.total() % 2:
                copy, token = {}, None
            led: set[str] = set()
            while True:
                query = {"limit": PAGE} | ({"since": token} if token else {})
                page = await self.ask(client, "sync", "GET", "/v1/changes", params=query)
                if page is None:
                    return
                led |= {page["release"]["version"], *(one["release"] for one in page["items"])}
                for one in page["items"]:
                    key = one["kind"], one["id"], one.get("language", "")
                    copy.pop(key, None) if one["op"] == "delete" else copy.__setitem__(key, one["item"])
                token = page.get("next_page_token", page.get("next_sync_token"))
                if "next_sync_token" in page:
                    break
            assert len(led) == 1, "one sync leads to one release"
            assert copying["digest"](copy) == page["release"]["digest"]
            if query.get("since"):
                self.syncs[page["release"]["version"]] += 1
            newest = page["release"]["sequence"]
        assert newest == 2


async def under_load(address: str, events: Callable[[], Awaitable[None]]) -> Load:
    """Let clients call while something happens."""
    load = Load(address)
    limits = httpx.Limits(max_connections=1)
    kinds = [load.reading, load.reading, *[load.checking] * 4, load.checking_whole, load.syncing, load.syncing]
    clients = [httpx.AsyncClient(base_url=address, limits=limits, timeout=15) for _ in kinds]
    async with asyncio.TaskGroup() as tasks:
        for client, kind in zip(clients, kinds, strict=True):
            tasks.create_task(kind(client))
        await events()
        load.stopped = True
    for client in clients:
        await client.aclose()
    return load


@needs_front
def test_killed_replicas_and_a_new_release_cost_no_request_and_mix_nothing(tmp_path: Path) -> None:
    old, new = two_folders(tmp_path)
    with replicas(tmp_path / "replicas.log", old) as behind, fronting(tmp_path, behind.ports) as front:

        async def events() -> None:
            for port in behind.ports:
                await asyncio.sleep(SETTLED)
                behind.end(port, signal.SIGKILL)
                await asyncio.sleep(PAUSE)
                await asyncio.to_thread(behind.start, port, old)
            for port in behind.ports:
                await asyncio.sleep(SETTLED)
                await asyncio.to_thread(behind.end, port, signal.SIGTERM)
                await asyncio.sleep(PAUSE)
                await asyncio.to_thread(behind.start, port, new)
            await asyncio.sleep(SETTLED)

        load = asyncio.run(under_load(front.address, events))
        again = Counter(json.loads(line)["upstream_status"] for line in front.log.read_text().splitlines())
        retried = {tried: count for tried, count in again.items() if "," in tried}
        print(f"\nanswers: {dict(load.counted)}\nsyncs: {dict(load.syncs)}\nretried: {retried}")  # noqa: T201
        assert {what for what, _ in load.counted} == {"read", "check", "whole check", "sync"}
        assert {status for _, status in load.counted} == {200}
        assert load.syncs.keys() == {"1.0.0", "1.1.0"}
        assert httpx.get(f"{front.address}/v1/releases/latest").json()["version"] == "1.1.0"
