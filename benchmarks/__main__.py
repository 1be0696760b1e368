"""Measures how fast the service is, prints it, and writes the report. `python -m benchmarks --help` says how."""

import argparse
from pathlib import Path

from api.settings import ROOT
from benchmarks.cases import PARTS
from benchmarks.comparing import Row, Turns


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--repeats", type=int, default=5, help="of each comparison, in turns (5)")
    parser.add_argument("--only", choices=tuple(PARTS), action="append", help="measure only this, and write no report")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks", help="where the report goes")
    said = parser.parse_args()
    turns = Turns(said.seconds, said.repeats)
    rows: list[Row] = []
    for part in said.only or PARTS:
        rows += PARTS[part](turns, tell)


def tell(row: Row) -> None:
    print(
        f"{row.case:28} {row.contender.name:22} {row.rate:8.0f}/s {row.base.name:20} {row.base_rate:8.0f}/s "
        f"{row.ratio:5.2f} ({row.least:.2f}-{row.greatest:.2f}) of {row.contender.target:.2f}; work {row.work * 1e6:6.1f} us, {row.work_ratio:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
