"""Holds the command of clinical reviewers: `review`."""

from pathlib import Path
from typing import Final

from api.cli.editing import load
from api.cli.terminal import Terminal
from api.review.material import gather
from api.review.page import page
from api.settings import ROOT
from schemas.problems import ContentRefused, Fault

CASES: Final = ROOT / "tests" / "cases"
"""The folder of the cases; where there is none the page says so."""


def review(directory: Path, output: Path, terminal: Terminal) -> int:
    """Write a draft and its cases as one page that needs nothing else.

    Raises:
        ContentRefused: the draft has faults, a file of cases cannot be read, or the page cannot be written.

    """
    material = gather(load(directory, terminal), CASES)
    try:
        output.write_text(page(material), encoding="utf-8")
    except OSError:
        raise ContentRefused((Fault(str(output), "", "the page cannot be written there"),)) from None
    count = sum(map(len, material.cases.values()))
    terminal.write(f"{output}: {len(material.red_flags)} red flags, {count} cases.")
    return 0
