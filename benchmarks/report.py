"""Holds how a run is told: a table in Markdown and a bar chart in SVG, with the machine and the versions."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("uvicorn", "uvloop", "httptools", "fastapi", "starlette", "pydantic", "brotli")


class Row(NamedTuple):
    """One comparison: rates in requests a second, and the median, least and greatest ratio of the repeats."""

    case: str
    contender: str
    measure: str
    base: float
    rate: float
    ratio: float
    least: float
    greatest: float
    target: float

    def line(self) -> str:
        cells = (
            self.case, self.contender, f"{self.rate:,.0f}", self.measure, f"{self.base:,.0f}", f"**{self.ratio:.2f}**",
            f"{self.least:.2f} to {self.greatest:.2f}", f"{self.target:.2f}", "yes" if self.ratio >= self.target else "no",
        )  # fmt: skip
        return "| " + " | ".join(cells) + " |"


def write(folder: Path, rows: list[Row], seconds: float, memory: float) -> None:
    """Write `serving.md` and `serving.svg`."""
    head = "| what | who | a second | measured by | a second | ratio | of the repeats | at least | reached |"
    lines = [
        "# How fast answers are served",
        "",
        f"{machine()}. One core for each server, two for wrk with 64 connections; each ratio is the median of repeats "
        "that were taken in turns. The log was on. `make bench` measures anew.",
        "",
        "![Ratios](serving.svg)",
        "",
        head,
        "|" + "---|" * head.count(" | ") + "---|",
        *(row.line() for row in rows),
        "",
        f"Start to ready: {seconds:.2f} s (at most 1.00). Resident memory of a worker that has answered everything: "
        f"{memory:.0f} MB (at most 120).",
        "",
    ]
    (folder / "serving.md").write_text("\n".join(lines))
    (folder / "serving.svg").write_text(chart(rows))


def machine() -> str:
    """Name the machine and the versions."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    tools = {
        "wrk": subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout,  # noqa: S607
        "nginx": subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr,  # noqa: S607
    }
    found = {name: re.search(r"\d+\.\d+\.\d+", said) for name, said in tools.items()}
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    versions += [f"{name} {number[0]}" for name, number in found.items() if number]
    return (
        f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def chart(rows: list[Row]) -> str:
    """Draw the ratios as bars, each with a tick at its target."""
    left, unit, step = 330, 150, 22
    height = 46 + step * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" font-family="sans-serif" font-size="12">',
        "<title>How fast answers are served, as ratios</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for mark in range(4):
        x = left + unit * mark
        parts.append(
            f'<path d="M{x} 24V{height - 10}" stroke="#ddd"/><text x="{x}" y="16" text-anchor="middle">{mark}</text>'
        )
    for place, row in enumerate(rows):
        y = 30 + step * place
        colour = "#2a6f97" if row.ratio >= row.target else "#b5651d"
        name = f"{row.case}: {row.contender}"
        parts += [
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{name}</text>',
            f'<rect x="{left}" y="{y}" width="{row.ratio * unit:.0f}" height="16" fill="{colour}"/>',
            f'<path d="M{left + row.target * unit:.0f} {y - 2}v20" stroke="#000" stroke-width="2"/>',
            f'<text x="{left + row.ratio * unit + 6:.0f}" y="{y + 12}">{row.ratio:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
