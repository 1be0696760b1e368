"""Holds how changes and witnesses are put into words, by the names that people know. Proves and compares nothing."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pydantic import MISSING

from api.changes.vocabularies import REMOVED
from api.logic import identifier, ways
from schemas.content import Finding
from schemas.criteria import Criterion
from schemas.words import Level

MOST_WAYS: Final = 3
"""The most ways of a criterion that a summary writes out."""

Findings = Mapping[str, Finding]


class Answer(NamedTuple):
    """A level and the titles of the red flags that call for it."""

    level: Level
    titles: tuple[str, ...]


def listed(entries: Iterable[str]) -> str:
    """Join entries as speech does: "a, b and c"."""
    *first, last = entries
    return f"{', '.join(first)} and {last}" if first else last


def somebody(present: Iterable[str], numbers: Mapping[str, float], findings: Findings) -> str:
    """Describe a person by what is named of them; REMOVED stands behind what only the older content asks."""

    def named(key: str) -> str:
        name = findings[key.removesuffix(REMOVED)].name
        return f"{name} (as asked before)" if key.endswith(REMOVED) else name

    names = [*map(named, present), *(f"{named(key)} {value:g}" for key, value in numbers.items())]
    return f"Somebody with nothing but {listed(names)}" if names else "Somebody with nothing at all"


def compared(who: str, topic: str | None, before: Answer, after: Answer) -> str:
    """Say what somebody is told before and after; `topic` is the title of the one asked about."""
    asking = f", asking about {topic}" if topic is not None else ""
    return f"{who}{asking}: before, {_answered(before)}; after, {_answered(after)}."


def rule_changed(before: Criterion, after: Criterion, old: Findings, new: Findings) -> str:
    """Say which ways of being present a criterion lost, and which it gained."""
    lost = _ways(before, old, without=_ways(after, new, without=()))
    gained = _ways(after, new, without=_ways(before, old, without=()))
    said = [f"{what}: {_some(found)}." for what, found in (("No longer", lost), ("Newly", gained)) if found]
    return " ".join(said) or "It is written otherwise."


def of_level(level: Level) -> str:
    """Name a level as it is spoken."""
    return level.replace("_", " ")


def _answered(answer: Answer) -> str:
    because = f" ({listed(answer.titles)})" if answer.titles else ""
    return f"{of_level(answer.level)}{because}"


def _ways(criterion: Criterion, findings: Findings, without: Iterable[str]) -> tuple[str, ...]:
    """Put every smallest way of being present into words, less those that are given."""
    said = {listed(sorted(_leaf(leaf, findings) for leaf in way)) for way in ways(criterion)}
    return tuple(sorted(said.difference(without)))


def _some(found: tuple[str, ...]) -> str:
    more = len(found) - MOST_WAYS
    return "; ".join(found[:MOST_WAYS]) + (f"; and {more} more" if more > 0 else "")


def _leaf(leaf: Criterion, findings: Findings) -> str:
    name = findings[identifier(leaf)].name
    if leaf.op == "finding":
        return name
    least = f" from {leaf.at_least:g}" if leaf.at_least is not MISSING else ""
    below = f" below {leaf.below:g}" if leaf.below is not MISSING else ""
    return f"{name}{least}{below}"
