"""Holds the measuring of how fast answers are served, as ratios within one run. `python -m benchmarks.serving`."""

import argparse
import contextlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from api.releases.library import load_library
from api.settings import ROOT, Settings
from benchmarks import servers
from benchmarks.profiles import draw
from benchmarks.report import Row, write
from benchmarks.servers import PORTS, Headers

SIZES = {
    "1 KB": "/v1/red-flags/potassium-result-very-high",
    "10 KB": "/v1/remedies?category=body",
    "60 KB": "/v1/sources",
}
"""The addresses of about so many bytes."""
CHECK = "/v1/red-flag-checks"


class Load(NamedTuple):
    """What wrk is told besides the address."""

    headers: Headers
    script: Sequence[str] = ()


class Bench:
    """One run: how long, how often, on which cores."""

    def __init__(self, seconds: float, repeats: int, folder: Path) -> None:
        self.seconds, self.repeats, self.folder = seconds, repeats, folder
        self.client, self.core, self.other = "0,1", "2", "3"
        self.rows: list[Row] = []

    def wrk(self, port: int, address: str, load: Load, seconds: float) -> float:
        """Give the requests a second that a server answered; any failure ends the run."""
        headers = [part for name, value in load.headers.items() for part in ("-H", f"{name}: {value}")]
        script = ["-s", str(ROOT / "benchmarks" / "check.lua")] if load.script else []
        command = ["taskset", "-c", self.client, "wrk", "-t2", "-c64", f"-d{seconds:.0f}s", *headers, *script]
        command += [f"http://127.0.0.1:{port}{address}", *(["--", *load.script] if load.script else [])]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if ("Non-2xx" in said and "If-None-Match" not in load.headers) or "Socket errors" in said:
            raise SystemExit(said)
        return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]

    def compare(self, name: str, target: float, contenders: Sequence[tuple[str, int, str]], load: Load) -> None:
        """Measure the contenders in turns and note the ratio of each to the first."""
        for _, port, address in contenders:
            self.wrk(port, address, load, 1)
        rates = [
            [self.wrk(port, address, load, self.seconds) for _, port, address in contenders]
            for _ in range(self.repeats)
        ]
        for place, (contender, _, _) in enumerate(contenders[1:], start=1):
            ratios = sorted(one[place] / one[0] for one in rates)
            row = Row(
                name, contender, contenders[0][0], statistics.median(one[0] for one in rates),
                statistics.median(one[place] for one in rates), statistics.median(ratios), ratios[0], ratios[-1],
                target if contender != "the ASGI front alone" else 0.9,
            )  # fmt: skip
            self.rows.append(row)
            print(row.line(), flush=True)

    def content(self) -> None:
        """Content by both doors against a bare application that gives the same bytes and headers."""
        with contextlib.ExitStack() as stack:
            protocol, front = next(PORTS), next(PORTS)
            stack.enter_context(servers.service(protocol, self.core))
            stack.enter_context(servers.portable(front, self.core))
            cases: list[tuple[str, str, Headers]] = []
            for size, address in SIZES.items():
                cases.append((f"{size}, as it is", address, {}))
                cases += [(f"{size}, {coding}", address, {"Accept-Encoding": coding}) for coding in ("gzip", "br")]
            tag = servers.ask(protocol, "GET", SIZES["10 KB"], {})[1]["etag"]
            cases.append(("304 Not Modified", SIZES["10 KB"], {"If-None-Match": tag}))
            for name, address, headers in cases:
                for port in (protocol, front):
                    answer = servers.ask(port, "GET", address, headers)
                file = servers.record(self.folder, "answer", "GET", answer)
                with servers.bare(plain := next(PORTS), self.core, file):
                    contenders = [
                        ("bare uvicorn", plain, "/"),
                        ("the protocol", protocol, address),
                        ("the ASGI front alone", front, address),
                    ]
                    self.compare(name, 2.0, contenders, Load(headers))

    def checks(self) -> None:
        """The red-flag check against a bare application that reads the same body and gives as many bytes."""
        settings = Settings()
        profiles = draw(load_library(settings.releases), 10_000)
        lines = self.folder / "profiles.jsonl"
        lines.write_bytes(b"\n".join(profiles))
        kind = {"Content-Type": "application/json"}
        with servers.service(port := next(PORTS), self.core):
            answers = [servers.ask(port, "POST", CHECK, kind, one) for one in profiles[:200]]
            usual = sorted(answers, key=lambda one: len(one[2]))[100]
            file = servers.record(self.folder, "check", "POST", usual)
            with servers.bare(plain := next(PORTS), self.core, file):
                contenders = [("bare uvicorn", plain, "/"), ("the check", port, CHECK)]
                self.compare("red-flag check, 20 findings", 0.4, contenders, Load({}, [str(lines)]))

    def workers(self) -> None:
        """Two workers against one."""
        address = SIZES["10 KB"]
        with (
            servers.service(one := next(PORTS), self.core),
            servers.service(two := next(PORTS), f"{self.core},{self.other}", workers=2),
        ):
            for port in (one, two):
                for _ in range(20):
                    servers.ask(port, "GET", address, {})
            self.compare(
                "two workers, 10 KB", 1.8, [("one worker", one, address), ("two workers", two, address)], Load({})
            )

    def behind(self) -> None:
        """The service behind the shipped front with its cache, against the same front giving files."""
        for size, address in SIZES.items():
            with contextlib.ExitStack() as stack:
                stack.enter_context(servers.service(port := next(PORTS), self.other))
                answer = servers.ask(port, "GET", address, {})
                (self.folder / "files").mkdir(exist_ok=True)
                for name in ("answer", "readyz"):
                    (self.folder / "files" / name).write_bytes(answer[2])
                stack.enter_context(servers.plain(files := next(PORTS), self.core, self.folder, answer[1]))
                stack.enter_context(servers.cached(front := next(PORTS), self.core, port, self.folder))
                contenders = [("nginx giving files", files, "/answer"), ("nginx before the service", front, address)]
                self.compare(f"{size}, behind nginx", 0.9, contenders, Load({}))

    def start(self) -> tuple[float, float]:
        """Give the seconds from start to ready, and the megabytes of a worker that has answered everything."""
        seconds, memory = [], 0.0
        for _ in range(5):
            began = time.perf_counter()
            with servers.service(port := next(PORTS), f"{self.core},{self.other}") as process:
                seconds.append(time.perf_counter() - began)
                texts = load_library(Settings().releases).current().edition.texts["en"]
                kinds = {
                    "causes": texts.causes,
                    "remedies": texts.remedies,
                    "red-flags": texts.red_flags,
                    "findings": texts.findings,
                }
                addresses = [f"/v1/{kind}/{name}" for kind, items in kinds.items() for name in items]
                for address in [
                    *addresses,
                    *SIZES.values(),
                    "/v1/topics/leg-twitching",
                    "/docs/assets/swagger-ui-bundle.js",
                ]:
                    servers.ask(port, "GET", address, {"Accept-Encoding": "br"})
                status = Path(f"/proc/{process.pid}/status").read_text()
                memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
        return statistics.median(seconds), memory


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--repeats", type=int, default=5, help="of each comparison, in turns (5)")
    parser.add_argument("--only", choices=("content", "checks", "workers", "behind", "start"), action="append")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks", help="where the report goes")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(parsed.seconds, parsed.repeats, Path(folder))
        parts: dict[str, Callable[[], object]] = {
            "content": bench.content, "checks": bench.checks, "workers": bench.workers, "behind": bench.behind,
        }  # fmt: skip
        for name, part in parts.items():
            if not parsed.only or name in parsed.only:
                part()
        seconds, memory = bench.start()
        print(f"start to ready {seconds:.2f} s, resident {memory:.0f} MB")
        if not parsed.only:
            write(parsed.output, bench.rows, seconds, memory)


if __name__ == "__main__":
    main(sys.argv[1:])
