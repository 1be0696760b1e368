"""Holds what is compared with what, and how fast each is meant to be. Measures nothing itself."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from api.releases.library import load_library
from api.routes.checks import answer_check
from api.settings import Settings
from benchmarks import fronts, servers
from benchmarks.comparing import CORE, OTHER, Contender, Row, Turns, compare
from benchmarks.loading import BODIES, TURNING, Load
from benchmarks.profiles import draw
from benchmarks.servers import Answer, Server

SIZES: Final = {
    "1 KB": "/v1/red-flags/potassium-result-very-high",
    "10 KB": "/v1/remedies?category=body",
    "60 KB": "/v1/sources",
}
"""The addresses of about so many bytes."""
CODINGS: Final = {"as it is": {}, "gzip": {"Accept-Encoding": "gzip"}, "br": {"Accept-Encoding": "br"}}
CHECK: Final = "/v1/red-flag-checks"
PROFILES: Final = 10_000
JSON: Final = {"Content-Type": "application/json"}
BARE: Final = "bare uvicorn"

Tell = Callable[[Row], None]


def content(turns: Turns, tell: Tell) -> list[Row]:
    """Compare content at both doors with a bare application that gives the same bytes under the same headers."""
    rows: list[Row] = []
    with servers.service(CORE) as protocol, servers.portable(CORE) as front:
        cases = {
            f"GET {size}, {coding}": Load(address, headers)
            for size, address in SIZES.items()
            for coding, headers in CODINGS.items()
        }
        tag = servers.ask(protocol.port, "GET", SIZES["10 KB"]).headers["etag"]
        cases["GET, 304 Not Modified"] = Load(SIZES["10 KB"], {"If-None-Match": tag}, answers=304)
        cases["GET 10 KB, gzip, many clients"] = Load(SIZES["10 KB"], CODINGS["gzip"], script=TURNING)
        for case, load in cases.items():
            given = [_kept(one, load) for one in (protocol, front)]
            assert not fronts.differing(*given), case
            assert given[0].status == load.answers, case
            with _folder() as folder, servers.bare(CORE, given[0], "GET", folder) as bare:
                others = [
                    Contender("the service", protocol, load, 2.0),
                    Contender("its ASGI front alone", front, load, 0.9),
                ]
                rows += compare(case, Contender(BARE, bare, load), others, turns, tell)
    return rows


def checks(turns: Turns, tell: Tell) -> list[Row]:
    """Compare the check with a bare application that reads the same bodies and gives as many bytes in the mean."""
    library = load_library(Settings().releases)
    profiles = draw(library, PROFILES)
    sizes = [len(answer_check(body, library)) for body in profiles]
    mean = sum(sizes) / len(sizes)
    nearest = min(range(len(sizes)), key=lambda place: abs(sizes[place] - mean))
    with _folder() as folder, servers.service(CORE) as service:
        lines = folder / "profiles"
        lines.write_bytes(b"\n".join(profiles))
        load = Load(CHECK, JSON, lines, script=BODIES)
        usual = servers.ask(service.port, "POST", CHECK, JSON, profiles[nearest])
        assert usual.status == 200
        with servers.bare(CORE, usual, "POST", folder) as bare:
            others = [Contender("the service", service, load, 0.4)]
            return compare(
                f"check of 20 findings, {mean / 1000:.1f} KB", Contender(BARE, bare, load), others, turns, tell
            )


def workers(turns: Turns, tell: Tell) -> list[Row]:
    """Compare two workers on two cores with one on one."""
    load = Load(SIZES["10 KB"])
    both = f"{CORE},{OTHER}"
    with servers.service(CORE) as one, servers.service(both, workers="2") as two:
        for server in (one, two):
            for _ in range(50):  # each worker keeps its own answers
                _kept(server, load)
        return compare(
            "GET 10 KB, as it is",
            Contender("one worker", one, load),
            [Contender("two workers", two, load, 1.8)],
            turns,
            tell,
        )


def behind(turns: Turns, tell: Tell) -> list[Row]:
    """Compare the service behind the shipped front with the same front giving files."""
    rows: list[Row] = []
    for size, address in SIZES.items():
        for coding in ("as it is", "gzip"):
            load = Load(address, CODINGS[coding])
            with contextlib.ExitStack() as stack:
                folders = [stack.enter_context(_folder()) for _ in range(2)]
                service = stack.enter_context(servers.service(OTHER))
                _kept(service, load)
                front = stack.enter_context(fronts.shipped(CORE, folders[0], service))
                given = _kept(front, load)
                files = stack.enter_context(fronts.of_files(CORE, folders[1], given))
                same = load._replace(address=f"/{fronts.FILE}")
                assert _kept(files, same).body == given.body
                assert not fronts.differing(given, _kept(files, same)), fronts.differing(given, _kept(files, same))
                rows += compare(
                    f"GET {size}, {coding}",
                    Contender("nginx giving files", files, same),
                    [Contender("behind the front", front, load, 0.9)],
                    turns,
                    tell,
                )
    return rows


PARTS: Final = {"content": content, "checks": checks, "workers": workers, "behind": behind}


def _kept(server: Server, load: Load) -> Answer:
    """Ask twice, and give the second answer: from then on it is kept wherever it can be."""
    servers.ask(server.port, "GET", load.address, load.headers)
    return servers.ask(server.port, "GET", load.address, load.headers)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
