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
from schemas.words import ClinicalReview, Digest, Frozen, Identifier, Json, Kind, LanguageTag, Level, Text, Version


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


Bump = Literal["patch", "minor", "major"]
"""How far a version steps. `patch`: same questions, same decisions; `minor`: nothing falls, nothing is lost."""


class Measured(Frozen):
    """The value of a number finding, in the finding's own unit."""

    finding: Identifier
    value: float


class Example(Frozen):
    """A complete profile in the fewest entries: what is neither named nor implied is absent, numbers are in no band."""

    present: tuple[Identifier, ...]
    """As the newer release calls them; a finding that was removed, as the older did."""
    measurements: tuple[Measured, ...] = ()
    words: str


class Witness(Example):
    """The smallest profile in which a change shows, with the level before and after it."""

    topic: Identifier | MISSING = MISSING
    """The topic in which it shows; left out where it shows in the view of all topics."""
    before: Level
    after: Level


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
    bump: Bump | MISSING = MISSING
    """The smallest step of the version that this change alone asks for; left out where nothing was proved."""
    answers_can: tuple[Literal["rise", "fall", "same"], ...] = ()
    """What the level does, from the release before to this one, for the complete profiles that the change touches.

    Proved: what is not named happens to nobody. Empty where no rule can tell (a question in other words), and where
    nothing was proved.
    """
    witnesses: tuple[Witness, ...] = ()
    """One for each of `answers_can` that has any; where only a remedy is withheld otherwise, one for more, for less."""
    meaning: Literal["same"] | MISSING = MISSING
    """Stated by an editor where a question or a level is worded otherwise; what means something else has a new id."""
    reason: Text | MISSING = MISSING
    """Why the meaning is the same."""


class SameMeaning(Frozen):
    """An editor's statement that words were changed and not what they mean, with the reason."""

    kind: Literal["finding", "level"]
    id: str
    reason: Text


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


Severity = Literal["unsafe", "withdrawn"]
"""`unsafe`: it is not served any more, its replacement answers; `withdrawn`: it is served, but no longer right."""


class Recall(Frozen):
    """A release, or one item of every release up to it, that must no longer be used."""

    version: Version
    kind: Kind | MISSING = MISSING
    id: Identifier | MISSING = MISSING
    """Given with `kind` where one item is recalled, left out where the release is."""
    severity: Severity
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


class ChangeStep(Frozen):
    """What one release changed of the one before it."""

    from_: Version = Field(alias="from")
    to: Version
    bump: Bump
    proved: bool
    """False where the release was published before changes were proved: only what is written differently is told."""
    changes: tuple[Change, ...]


class ReleaseChanges(Frozen):
    """What changed from one release to a later one, release by release."""

    release: Version
    from_: Version | MISSING = Field(default=MISSING, alias="from")
    """Left out for the first release, which has none before it."""
    bump: Bump | MISSING = MISSING
    """The largest step among them."""
    steps: tuple[ChangeStep, ...]
    """Oldest first."""
