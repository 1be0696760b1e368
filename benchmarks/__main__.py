"""Measures how fast the service is, prints it, and writes the report. `python -m benchmarks --help` says how."""

import argparse
import os
from pathlib import Path

from api.releases.library import load_library
from api.settings import ROOT, Settings
from benchmarks.cases import PARTS
from benchmarks.comparing import Row, Turns
from benchmarks.evaluation import growth, shipped
from benchmarks.report import Run, write
from benchmarks.starting import memory, start

PROFILES = 2000
"""The profiles over which evaluation alone is measured."""


def main() -> None:
    """Measure what was asked for; the report is written only where everything was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--repeats", type=int, default=5, help="of each comparison, in turns (5)")
    parser.add_argument("--only", choices=(*PARTS, "rest"), action="append", help="measure only this; write no report")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks", help="the folder for the report")
    said = parser.parse_args()
    turns = Turns(said.seconds, said.repeats)
    load = os.getloadavg()[0]
    rows = [row for part in PARTS if part in (said.only or PARTS) for row in PARTS[part](turns, tell)]
    if said.only and "rest" not in said.only:
        return
    library = load_library(Settings().releases)
    run = Run(
        rows=rows,
        evaluation=shipped(library, PROFILES),
        growth=growth(library.newest().bundle, PROFILES),
        start=start(),
        memory=memory(),
        load=load,
    )
    costs = ", ".join(f"{size} rules {cost:.1f} µs" for size, cost in run.growth.items())
    print(f"evaluation {run.evaluation:.1f} µs; of one shape: {costs}")
    print(f"start {run.start:.2f} s, memory {run.memory:.0f} MB")
    if not said.only:
        write(said.output, run, turns)


def tell(row: Row) -> None:
    """Print one comparison."""
    print(
        f"{row.case:28} {row.contender.name:22} {row.rate:8,.0f}/s; {row.base.name} {row.base_rate:8,.0f}/s; ratio "
        f"{row.ratio:.2f} ({row.least:.2f} to {row.greatest:.2f}), target {row.contender.target:.2f}; by work "
        f"{row.work_ratio:.2f}, {row.work * 1e6:.1f} µs",
        flush=True,
    )


if __name__ == "__main__":
    main()
