"""Holds what the page is made from: a content with its families of findings, its sources by id and its cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.strict_json import NotStrictJson, read_json
from api.content.vocabulary import Vocabulary, vocabulary
from schemas.content import RedFlag, Source
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bundle
from schemas.words import LEVELS, Frozen, Json, Level

GRAVEST_FIRST: Final[tuple[Level, ...]] = LEVELS[::-1]
"""Every level in the order of the page."""


class Case(Frozen):
    """One test case: a profile, what the answer to it must be, and why."""

    name: str
    given: dict[str, Json]
    expect: dict[str, Json]
    because: str


class Material(NamedTuple):
    """All that the page is made from; `cases` are by the id of the red flag for which they are written."""

    bundle: Bundle
    words: Vocabulary
    red_flags: Mapping[str, RedFlag]
    sources: Mapping[str, Source]
    cases: Mapping[str, tuple[Case, ...]]


_CASES: Final = TypeAdapter(tuple[Case, ...])


def gather(bundle: Bundle, folder: Path) -> Material:
    """Put together a content and the cases in a folder: one file a red flag; where there is no file, no case.

    Raises:
        ContentRefused: a file of cases cannot be read; every such file is named.

    """
    cases: dict[str, tuple[Case, ...]] = {}
    faults: list[Fault] = []
    for red_flag in bundle.red_flags:
        path = folder / f"{red_flag.id}.json"
        if path.is_file():
            try:
                cases[red_flag.id] = _CASES.validate_python(read_json(path.read_bytes()))
            except (NotStrictJson, ValidationError):
                faults.append(Fault(str(path), "", "it is no list of cases with name, given, expect and because"))
    if faults:
        raise ContentRefused(tuple(faults))
    return Material(
        bundle,
        vocabulary(bundle.findings),
        {red_flag.id: red_flag for red_flag in bundle.red_flags},
        {source.id: source for source in bundle.sources},
        cases,
    )


def marks(red_flag: RedFlag, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Give the warnings that a red flag carries for a reviewer."""
    opinion = ("EXPERT OPINION",) if red_flag.evidence.strength == "expert_opinion" else ()
    return opinion if any(sources[name].read for name in red_flag.citations) else (*opinion, "NO SOURCE WAS READ")


def opinions(material: Material) -> tuple[RedFlag, ...]:
    """Give the red flags of which a threshold is opinion, gravest first.

    These are the ones that carry a mark, and those whose evidence says that a threshold is opinion.
    """
    return tuple(
        red_flag
        for level in GRAVEST_FIRST
        for red_flag in material.bundle.red_flags
        if red_flag.level == level and (marks(red_flag, material.sources) or red_flag.evidence.threshold is not MISSING)
    )
