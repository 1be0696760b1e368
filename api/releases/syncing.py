"""Holds the way from one release to another as records, so that a copy is kept right without taking all of it again.

Whoever applies the records of every page to the copy they have, and writes it as RFC 8785 says, has the newest bundle
byte for byte. Deletions are records of their own. A token names its releases by digest, and nothing is remembered here.
It counts the release that it leads to, so that one of several copies of the service, which has yet to get that release,
knows that it is behind, and leads nobody back.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.canonical import canonical
from api.releases.freezing import KINDS
from api.releases.library import Library, Release
from api.releases.pointing import unsafe_releases
from schemas.problems import TokenAhead, TokenMalformed, TokenTooOld
from schemas.syncing import SyncPage, SyncRecord
from schemas.words import Json, LanguageTag

START: Final = "-"
"""Stands in a token for having nothing yet."""
_TOKEN: Final = re.compile(
    r"(?P<before>-|[0-9a-f]{64}):(?P<after>[0-9a-f]{64}):(?P<at>0|[1-9]\d{0,6})(?::(?P<sequence>[1-9]\d{0,5}))?"
)

Key = tuple[str, str, LanguageTag]
"""Kind, id and language of a record; the language is "" for the item itself."""


class Place(NamedTuple):
    """Where a sync stands: from which release, to which, how many records are behind, and the count of the second."""

    before: str
    after: str
    at: int
    sequence: int


def sync_page(library: Library, since: str | None, limit: int) -> SyncPage:
    """Give the next page of at most `limit` records.

    Raises:
        TokenMalformed: the token is none of ours.
        TokenAhead: it leads to a release that is newer than any held here.
        TokenTooOld: it names a release that is not held here, or one recalled as unsafe on the way to it.

    """
    current = library.current()
    place = _read(since) if since is not None else Place(START, _short(current), 0, current.entry.sequence)
    by_digest = {_short(release): release for release in library.releases.values()}
    if place.sequence > library.latest.sequence and place.after not in by_digest:
        raise TokenAhead
    if place.before != START and place.before not in by_digest:
        raise TokenTooOld
    if place.before == place.after:  # a whole sync: what came since
        place = place._replace(after=_short(current), at=0)
    target = by_digest.get(place.after)
    if target is None or target.entry.version in unsafe_releases(library.latest):
        raise TokenTooOld
    records = changes(by_digest[place.before] if place.before != START else None, target)
    if place.at > len(records):
        raise TokenMalformed
    end = place.at + limit
    whole = end >= len(records)
    sequence = target.entry.sequence
    return SyncPage(
        release=target.edition.reference,
        items=tuple(records[place.at : end]),
        recalls=library.latest.recalls,
        next_page_token=MISSING if whole else _write(Place(place.before, place.after, end, sequence)),
        next_sync_token=_write(Place(place.after, place.after, 0, sequence)) if whole else MISSING,
    )


def changes(before: Release | None, after: Release) -> list[SyncRecord]:
    """Give every record that leads from one release to another, in the order of kind, id and language."""
    # read strictly when they were loaded; to do so again for each page would take longer than all the rest
    old = taken_apart(json.loads(before.bundle_bytes)) if before is not None else {}
    new = taken_apart(json.loads(after.bundle_bytes))
    version = after.entry.version
    records: list[SyncRecord] = []
    for key in sorted(old.keys() | new.keys()):
        kind, identifier, language = key
        named: dict[str, Json] = {"kind": kind, "id": identifier, "release": version}
        if language:
            named["language"] = language
        if key not in new:
            records.append(SyncRecord.model_validate({"op": "delete", **named}))
        elif key not in old or canonical(old[key]) != canonical(new[key]):
            records.append(SyncRecord.model_validate({"op": "upsert", **named, "item": new[key]}))
    return records


def taken_apart(bundle: Mapping[str, Json]) -> dict[Key, Json]:
    """Take the JSON of a bundle apart into items, documents and translations."""
    parts: dict[Key, Json] = {}
    for name, value in bundle.items():
        if name in KINDS:
            parts |= {(KINDS[name], item["id"], ""): item for item in value}
        elif name != "translations":
            parts[name, name, ""] = value
    for language, documents in bundle["translations"].items():
        for name, value in documents.items():
            if name in KINDS:
                parts |= {(KINDS[name], identifier, language): texts for identifier, texts in value.items()}
            else:
                parts[name, name, language] = value
    return parts


def _short(release: Release) -> str:
    return release.entry.bundle.removeprefix("sha256:")


def _write(place: Place) -> str:
    return base64.urlsafe_b64encode(":".join(map(str, place)).encode()).rstrip(b"=").decode()


def _read(token: str) -> Place:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise TokenMalformed from None
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise TokenMalformed
    return Place(found["before"], found["after"], int(found["at"]), int(found["sequence"] or 0))
