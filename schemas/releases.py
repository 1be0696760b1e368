"""Holds the release: the bundle of a whole content, its manifest, the ledger and the pointer to the newest."""

from datetime import date
from typing import Literal

from pydantic import MISSING, AwareDatetime, Field

from schemas.content import (
    Cause,
    ContentManifest,
    Finding,
    LevelText,
    Phrases,
    Reassurance,
    RedFlag,
    Regions,
    Remedy,
    Source,
    Topic,
)
from schemas.words import ClinicalReview, Digest, Frozen, Identifier, Json, Kind, LanguageTag, Text, Version


class Tombstone(Frozen):
    """The mark of an item that an earlier release held and this one does not; its id is never used again."""

    kind: Kind
    id: Identifier
    last_release: Version


class Bundle(Frozen):
    """One edition of the whole content in one document; every list is sorted by id."""

    manifest: ContentManifest
    levels: tuple[LevelText, ...]
    phrases: Phrases
    regions: Regions
    question_order: tuple[Identifier, ...]
    topics: tuple[Topic, ...]
    causes: tuple[Cause, ...]
    remedies: tuple[Remedy, ...]
    red_flags: tuple[RedFlag, ...]
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    reassurance: tuple[Reassurance, ...]
    translations: dict[LanguageTag, dict[str, Json]] = Field(default_factory=dict)
    """For every language but the default: the text fields alone, by list name and id."""
    tombstones: tuple[Tombstone, ...] = ()


class FileStamp(Frozen):
    """The digest and the length in bytes of a published file."""

    digest: Digest
    length: int = Field(ge=0)


class ItemStamp(Frozen):
    """The digest and the length in bytes of one item in its RFC 8785 form."""

    kind: Kind
    id: Identifier
    digest: Digest
    length: int = Field(ge=0)


class ReleaseManifest(Frozen):
    """What a release holds, in digests; its exact bytes are what a signature signs."""

    schema_version: str
    version: Version
    sequence: int = Field(ge=1)
    """Counts releases from 1; it never goes down."""
    published: date
    clinical_review: ClinicalReview
    languages: tuple[LanguageTag, ...]
    bundle: FileStamp
    items: tuple[ItemStamp, ...]


class Change(Frozen):
    """One difference between two releases, told by what it does to answers."""

    type: Literal[
        "red_flag_added",
        "red_flag_removed",
        "level_raised",
        "level_lowered",
        "criterion_changed",
        "remedy_withdrawn",
        "question_changed",
        "item_added",
        "item_removed",
        "wording",
        "sources",
    ]
    kind: Kind | MISSING = MISSING
    id: Identifier | MISSING = MISSING
    summary: str
    answers_can: tuple[Literal["rise", "fall", "same"], ...] = ()
    witness: dict[str, Json] | MISSING = MISSING
    """The smallest profile whose answer changes, with both answers."""


class LedgerEntry(Frozen):
    """One published release, for ever."""

    version: Version
    sequence: int = Field(ge=1)
    published: date
    bundle: Digest
    manifest: Digest
    assurance: Digest | MISSING = MISSING
    """Of the assurance report; left out where the release was published before there were any."""
    changes: tuple[Change, ...] = ()


class Ledger(Frozen):
    """Every release ever published, oldest first; only ever appended to."""

    releases: tuple[LedgerEntry, ...]


class Recall(Frozen):
    """A release, or one item of every release up to it, that must no longer be used."""

    version: Version
    kind: Kind | MISSING = MISSING
    id: Identifier | MISSING = MISSING
    """Given with `kind` where one item is recalled, left out where the release is."""
    severity: Literal["unsafe", "withdrawn"]
    """`unsafe`: it is not served any more, its replacement answers; `withdrawn`: it is served, but no longer right."""
    reason: Text
    replacement: Version | MISSING = MISSING
    """The release to use instead; the newest where left out."""
    recalled: AwareDatetime
    """When it was recalled, in UTC."""


class Latest(Frozen):
    """The pointer to the newest release: the one document that changes."""

    version: Version
    sequence: int = Field(ge=1)
    digest: Digest
    """Of the newest release's bundle."""
    manifest: Digest
    ledger: Digest
    updated: AwareDatetime
    """When this document was written, in UTC; it never goes back."""
    expires: AwareDatetime
    recalls: tuple[Recall, ...] = ()


class ReleaseReference(Frozen):
    """The release that gave an answer; with it the answer can be given again."""

    version: Version
    sequence: int
    digest: Digest
    clinical_review: ClinicalReview
    superseded_by: Version | MISSING = MISSING
    """On an answer of an older release that was asked for: the newest."""
    recalled: Version | MISSING = MISSING
    """The release that was asked for and is recalled as unsafe; this one answered in its place."""
    stale: Literal[True] | MISSING = MISSING
    """Given where the pointer to the newest release has expired: there may be a newer one that is not known here."""


class ReleaseSummary(Frozen):
    """One release in a list of releases."""

    version: Version
    sequence: int
    published: date
    digest: Digest
    signed: bool
    """Whether a signature over the manifest is published with it."""


class ReleaseList(Frozen):
    """Every release held here, newest first."""

    items: tuple[ReleaseSummary, ...]
