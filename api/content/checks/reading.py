"""Holds the checks on plain language: what a frightened person must understand at once is held to a school grade."""

from collections.abc import Iterator
from typing import Final

from api.content.checks.references import file_of
from api.content.reading import grade
from schemas.problems import Fault
from schemas.releases import Bundle

HARDEST_TITLE: Final = 6
"""The highest grade of a red flag's title and of what a level asks a person to do."""
HARDEST_TEXT: Final = 8
"""The highest grade of every other text."""


def reading_faults(bundle: Bundle) -> Iterator[Fault]:
    """Give a fault for every text of a red flag or level that reads too hard; the formula is for English alone."""
    if not bundle.manifest.default_language.startswith("en"):
        return
    for index, level in enumerate(bundle.levels):
        for name in ("headline", "action"):
            yield from _too_hard("levels.json", f"/{index}/{name}", getattr(level, name), HARDEST_TITLE)
    for flag in bundle.red_flags:
        file = file_of("red_flags", flag.id)
        yield from _too_hard(file, "/title", flag.title, HARDEST_TITLE)
        for name in ("summary", "why"):
            yield from _too_hard(file, f"/{name}", getattr(flag, name), HARDEST_TEXT)
        for index, step in enumerate(flag.while_waiting):
            yield from _too_hard(file, f"/while_waiting/{index}", step, HARDEST_TEXT)


def reading_warnings(bundle: Bundle) -> Iterator[Fault]:
    """Give a warning for every question and summary that reads too hard; it does not keep a draft from a release."""
    if not bundle.manifest.default_language.startswith("en"):
        return
    for finding in bundle.findings:
        yield from _too_hard(file_of("findings", finding.id), "/question", finding.question, HARDEST_TEXT)
    for folder in ("topics", "causes", "remedies"):
        for item in getattr(bundle, folder):
            yield from _too_hard(file_of(folder, item.id), "/summary", item.summary, HARDEST_TEXT)


def _too_hard(file: str, pointer: str, text: str, hardest: int) -> Iterator[Fault]:
    found = grade(text)
    if found > hardest:
        yield Fault(file, pointer, f"it reads at grade {found:.1f}; at most {hardest} is plain enough")
