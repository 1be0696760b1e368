"""Holds how a run is told: tables and a chart, with the machine and the versions. Measures nothing."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from benchmarks.chart import chart
from benchmarks.comparing import Row, Turns
from benchmarks.loading import CONNECTIONS
from tests.deploy.fronting import NGINX

PACKAGES = ("uvicorn", "uvloop", "httptools", "fastapi", "starlette", "pydantic", "brotli")
LONGEST_EVALUATION, MOST_GROWTH = 30.0, 10.0
LONGEST_START, MOST_MEMORY = 1.0, 120.0
COST = (
    "In seconds of a core that the server itself worked, as the system counts them, not the time that passed; wrk is "
    "not in it. Behind the front it is the work of nginx alone: what it keeps asks the service nothing."
)
BUSY = 0.5
"""The load, as the mean number of programs that ran in the minute before, from which the machine was not left alone."""


class Run(NamedTuple):
    """All that one run measured."""

    rows: Sequence[Row]
    evaluation: float
    """Microseconds of weighing the shipped rules, both ends."""
    growth: Mapping[int, float]
    """The same for so many rules of one shape."""
    start: float
    """Seconds."""
    memory: float
    """Megabytes."""
    load: float
    """How many programs ran on the machine, in the mean of the minute before the run."""


def write(folder: Path, run: Run, turns: Turns) -> None:
    """Write `serving.md` and `serving.svg`."""
    (folder / "serving.md").write_text("\n".join(_lines(run, turns)))
    (folder / "serving.svg").write_text(chart(run.rows))


def _lines(run: Run, turns: Turns) -> list[str]:
    few, many = min(run.growth), max(run.growth)
    grown = run.growth[many] / run.growth[few]
    return [
        "# How fast answers are served",
        "",
        "Written by `make bench`; no figure in it is written by hand.",
        "",
        f"{machine()}. {_load(run.load)}",
        "",
        _how(turns),
        "",
        "![Ratios](serving.svg)",
        "",
        *_table(
            ("what", "who", "a second", "measured by", "a second", "ratio", "span", "at least", "reached", "by work"),
            [_compared(row) for row in run.rows],
        ),
        "",
        "| what | measured | at most | reached |",
        "|---|---|---|---|",
        _limited("evaluation of the shipped rules, both ends, 20 answers", run.evaluation, LONGEST_EVALUATION, "µs"),
        _limited(f"evaluation of {many:,} rules against {few}, 20 answers", grown, MOST_GROWTH, "-fold"),
        _limited("start to first answer", run.start, LONGEST_START, "s"),
        _limited("memory of a worker that has answered everything", run.memory, MOST_MEMORY, "MB"),
        "",
        "## What a million requests cost",
        "",
        COST,
        "",
        *_table(
            ("what", "who", "core seconds for a million", "core hours for a million"),
            [
                (row.case, row.contender.name, f"{row.work * 1e6:.0f}", f"{row.work * 1e6 / 3600:.4f}")
                for row in run.rows
            ],
        ),
        "",
    ]  # fmt: skip


def _how(turns: Turns) -> str:
    return (
        f"wrk with {CONNECTIONS} connections on two cores; one core for each server, two for two workers. The service "
        f"runs as `make serve` starts it, with its log and its metrics. Servers that are compared take turns, "
        f"{turns.repeats} times {turns.seconds:g} seconds each: a ratio is the median of the turns, the span that of "
        "all of them. `bare uvicorn` is an application of a few lines on uvloop and httptools, without log, that gives "
        "the same bytes under the same headers; beside a check it reads the same bodies and gives as many bytes as the "
        "mean answer has. `nginx giving files` is the shipped front, log and all, with a folder in the place of the "
        "service, and the same headers. The service writes its log to `/dev/null`; each nginx writes its own, and "
        "what it keeps or gives, to files of a temporary folder. wrk sends the same bytes again and again on each "
        "connection, where the service knows them again without reading them anew; `many clients` names another "
        "client each time, so that each request is read. `by work` is the ratio of the seconds of a core that each "
        "worked for a request; it suffers less where others use the machine."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


def _compared(row: Row) -> Sequence[str]:
    return (
        row.case,
        row.contender.name,
        f"{row.rate:,.0f}",
        row.base.name,
        f"{row.base_rate:,.0f}",
        f"**{row.ratio:.2f}**",
        f"{row.least:.2f} to {row.greatest:.2f}",
        f"{row.contender.target:.2f}",
        "yes" if row.reached else "no",
        f"{row.work_ratio:.2f}",
    )


def _limited(what: str, measured: float, most: float, unit: str) -> str:
    return f"| {what} | {measured:.3g} {unit} | {most:g} {unit} | {'yes' if measured <= most else 'no'} |"


def _load(load: float) -> str:
    if load < BUSY:
        return f"Nothing else ran (load {load:.2f})."
    return f"**The machine was not left alone (load {load:.2f} at the start): other programs took from these figures.**"


def machine() -> str:
    """Name the machine and the versions."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    said = {"wrk": _said("wrk", "-v"), "nginx": _said(NGINX or "nginx", "-v")}
    found = {name: re.search(r"\d+\.\d+\.\d+", text) for name, text in said.items()}
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    versions += [f"{name} {number[0]}" for name, number in found.items() if number]
    return (
        f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def _said(*command: str) -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.stdout + said.stderr
