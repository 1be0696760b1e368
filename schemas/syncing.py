"""Holds one page of a sync: what a partner takes over and what they take away, and where to go on."""

from typing import Literal

from pydantic import MISSING, Field

from schemas.releases import Recall, ReleaseReference
from schemas.words import Frozen, Json, Kind, LanguageTag, Version

Part = Literal[Kind, "manifest", "levels", "phrases", "regions", "question_order", "tombstones"]
"""The kinds of item, and the documents of a bundle that stand there once."""


class SyncRecord(Frozen):
    """One thing to take over (`upsert`) or to take away (`delete`)."""

    op: Literal["upsert", "delete"]
    kind: Part
    id: str = Field(max_length=60)
    """The item's id; for a document that stands there once its kind again."""
    language: LanguageTag | MISSING = MISSING
    """Given on a translation: its texts alone, in the shape of the item; left out on the item itself."""
    release: Version
    """The release that this record leads to."""
    item: Json | MISSING = MISSING
    """The whole of it as it stands in the bundle; left out on a deletion."""


class SyncPage(Frozen):
    """One page of the way from one release to another; exactly one of the two tokens is given."""

    release: ReleaseReference
    """The release that the whole sync leads to, the same on every page of it."""
    items: tuple[SyncRecord, ...]
    recalls: tuple[Recall, ...]
    """Every recall there is: what must no longer be used of what was copied before."""
    next_page_token: str | MISSING = MISSING
    """More of this sync: send it in `since`."""
    next_sync_token: str | MISSING = MISSING
    """This sync is whole: keep it, and send it in `since` the next time."""
