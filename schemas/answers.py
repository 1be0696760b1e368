"""Holds the answers of the content reads: single items, lists and whole topic documents."""

from pydantic import Field

from schemas.content import (
    Cause,
    Finding,
    LevelText,
    Reassurance,
    RedFlag,
    Region,
    Remedy,
    Source,
    Topic,
)
from schemas.releases import ReleaseReference
from schemas.words import Address, Frozen, Identifier, Kind, LanguageTag


class Answer(Frozen):
    """What every content answer names: the release it comes from, and its language."""

    release: ReleaseReference
    language: LanguageTag


class TopicDocument(Answer):
    """The whole article of a topic in one document: everything an app needs to show it without a network.

    Its red flags are those of the topic and those of every topic (`urgent` and `emergency`).
    """

    topic: Topic
    causes: tuple[Cause, ...]
    remedies: tuple[Remedy, ...]
    red_flags: tuple[RedFlag, ...]
    findings: tuple[Finding, ...]
    reassurance: tuple[Reassurance, ...]
    sources: tuple[Source, ...]


class TopicEntry(Frozen):
    """A topic in a list."""

    id: Identifier
    title: str
    summary: str
    synonyms: tuple[str, ...]


class TopicList(Answer):
    """Every topic."""

    items: tuple[TopicEntry, ...]


class CauseList(Answer):
    """Causes, by id."""

    items: tuple[Cause, ...]


class CauseDocument(Answer):
    """One cause."""

    item: Cause


class RemedyList(Answer):
    """Remedies, by id."""

    items: tuple[Remedy, ...]


class RemedyDocument(Answer):
    """One remedy."""

    item: Remedy


class RedFlagList(Answer):
    """Red flags, gravest first, each with its criterion in full."""

    items: tuple[RedFlag, ...]


class RedFlagDocument(Answer):
    """One red flag with its criterion in full."""

    item: RedFlag


class FindingList(Answer):
    """Findings, by id."""

    items: tuple[Finding, ...]


class FindingDocument(Answer):
    """One finding."""

    item: Finding


class LevelList(Answer):
    """The five levels, mildest first."""

    items: tuple[LevelText, ...]


class SourceList(Answer):
    """Sources, by id."""

    items: tuple[Source, ...]


class SourceDocument(Answer):
    """One source."""

    item: Source


class RegionList(Answer):
    """Every region with data, and the directory of crisis lines for all."""

    crisis_directory: Address
    items: tuple[Region, ...]


class RegionDocument(Answer):
    """One region, and the directory of crisis lines."""

    crisis_directory: Address
    item: Region


class Found(Frozen):
    """An item that a search found."""

    kind: Kind
    id: Identifier
    title: str
    score: float = Field(ge=0, le=100)
    """How well the words fit, 100 for the very words."""


class SearchAnswer(Answer):
    """What a search found, best first. It decides nothing."""

    items: tuple[Found, ...]


class Health(Frozen):
    """That the process lives."""

    status: str


class Readiness(Frozen):
    """That the service can answer, and from which release."""

    status: str
    release: ReleaseReference
