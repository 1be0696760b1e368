"""Holds how items are written as Markdown, for readers that are machines or people without an app. Decides nothing.

Every document begins with what it is not: it names the intended use and what to do in an emergency before all else.
The headings are English whatever the language of the texts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pydantic import MISSING

from schemas.answers import CauseDocument, RedFlagDocument, RemedyDocument, TopicDocument
from schemas.content import Cause, ContentManifest, Evidence, LevelText, RedFlag, Remedy, Source, Statement
from schemas.releases import ReleaseReference

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|])")


def topic_in_markdown(document: TopicDocument, manifest: ContentManifest, levels: Sequence[LevelText]) -> str:
    """Write a topic's whole article: its sections, causes, remedies, red flags by level, and sources."""
    topic = document.topic
    lines = [*_opening(topic.title, topic.summary, document.release, manifest)]
    for section in topic.sections:
        lines += [f"## {_plain(section.heading)}", _plain(section.text), _evidence(section.evidence, section.citations)]
    lines += ["## Causes", *(_entry("causes", one) for one in document.causes)]
    lines += ["## What may help", *(_entry("remedies", one) for one in document.remedies)]
    for level in sorted(levels, key=lambda one: -one.rank):
        flags = [one for one in document.red_flags if one.level == level.id]
        if flags:
            lines += [f"## {_plain(level.headline)} ({level.id})", _plain(level.action)]
            lines += [_entry("red-flags", one) for one in flags]
    lines += ["## Sources", *map(_source, document.sources)]
    return _joined(lines)


def cause_in_markdown(document: CauseDocument, manifest: ContentManifest) -> str:
    """Write a cause: how common it is, what tells it apart, how it works, and how sure that is."""
    cause = document.item
    lines = [*_opening(cause.title, cause.summary, document.release, manifest)]
    lines += _listed("What tells it apart", (clue.text for clue in cause.tells_apart))
    lines += _stated("How common it is", cause.how_common)
    if cause.mechanism is not MISSING:
        evidence = _evidence(cause.mechanism.evidence, cause.mechanism.citations)
        lines += ["## How it is thought to work", _plain(cause.mechanism.text), evidence]
    lines += _listed("Medicines and substances", (f"{agent.name}: {agent.effect}" for agent in cause.agents))
    lines += _stated("Where sources disagree", cause.disagreement)
    lines += _linked("What may help", "remedies", cause.remedies)
    return _joined([*lines, *_ending(cause.evidence, cause.citations)])


def remedy_in_markdown(document: RemedyDocument, manifest: ContentManifest) -> str:
    """Write a remedy: for whom, its steps, its cautions, and what the evidence measured."""
    remedy = document.item
    lines = [*_opening(remedy.title, remedy.summary, document.release, manifest)]
    lines += ["## For whom", _plain(remedy.for_whom)]
    lines += ["## Steps", *(f"{count}. {_plain(step)}" for count, step in enumerate(remedy.steps, start=1))]
    lines += _listed("Cautions", (caution.text for caution in remedy.cautions))
    lines += ["## What was measured", _plain(remedy.outcome)]
    lines += _stated("Where sources disagree", remedy.disagreement)
    lines += _linked("Causes it is for", "causes", remedy.causes)
    return _joined([*lines, *_ending(remedy.evidence, remedy.citations)])


def red_flag_in_markdown(document: RedFlagDocument, manifest: ContentManifest, levels: Sequence[LevelText]) -> str:
    """Write a red flag: how fast to act, why, and what to do meanwhile. The criterion stands in the JSON alone."""
    flag = document.item
    level = next(one for one in levels if one.id == flag.level)
    lines = [*_opening(flag.title, flag.summary, document.release, manifest)]
    lines += ["## How fast", f"{_plain(level.headline)} {_plain(level.action)} ({flag.level})"]
    lines += ["## Why it matters", _plain(flag.why)]
    lines += ["## Who to see", _plain(flag.service)]
    lines += _listed("While waiting", flag.while_waiting)
    return _joined([*lines, *_ending(flag.evidence, flag.citations)])


def _opening(title: str, summary: str, release: ReleaseReference, manifest: ContentManifest) -> Iterator[str]:
    yield f"# {_plain(title[:1].upper() + title[1:])}"
    yield f"> {_plain(manifest.intended_use)} {_plain(manifest.emergency_line)}"
    yield f"Release {release.version}. Clinical review: {release.clinical_review}."
    yield _plain(summary)


def _ending(evidence: Evidence, citations: Iterable[str]) -> Iterator[str]:
    yield "## Evidence"
    yield _evidence(evidence, citations)


def _evidence(evidence: Evidence, citations: Iterable[str]) -> str:
    sources = ", ".join(f"[{name}](/v1/sources/{name})" for name in citations)
    return f"Evidence: {evidence.strength.replace('_', ' ')}. {_plain(evidence.why)} Sources: {sources}."


def _entry(folder: str, item: Cause | Remedy | RedFlag) -> str:
    return f"- [{_plain(item.title)}](/v1/{folder}/{item.id}): {_plain(item.summary)}"


def _listed(heading: str, texts: Iterable[str]) -> list[str]:
    lines = [f"- {_plain(text)}" for text in texts]
    return [f"## {heading}", *lines] if lines else []


def _stated(heading: str, statements: Sequence[Statement]) -> list[str]:
    return _listed(heading, (one.text for one in statements))


def _linked(heading: str, folder: str, names: Sequence[str]) -> list[str]:
    return [f"## {heading}", *(f"- [{name}](/v1/{folder}/{name})" for name in names)] if names else []


def _source(source: Source) -> str:
    year = "" if source.year is MISSING else f", {source.year}"
    read = "" if source.read else " (not read; cited from general knowledge)"
    return f"- [{_plain(source.title)}](/v1/sources/{source.id}){year}{read}"


def _joined(lines: Iterable[str]) -> str:
    """Put a blank line between blocks, and none between the entries of a list."""
    text = ""
    entry = False
    for line in lines:
        was, entry = entry, line.startswith("- ") or line[:1].isdigit()
        text += line if not text else f"\n{line}" if was and entry else f"\n\n{line}"
    return f"{text}\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
