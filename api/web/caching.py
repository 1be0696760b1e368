"""Holds for how long each kind of answer may be kept, and what its headers say of the release it comes from."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from pydantic import MISSING

from api.releases.library import Library
from schemas.releases import Recall, ReleaseReference
from schemas.words import Version

FOR_EVER: Final = "max-age=31536000, immutable"
"""For what is bound to one release, which never changes."""
NEWEST: Final = "max-age=60, stale-while-revalidate=60, stale-if-error=600"
"""For what follows the newest release: after a recall nobody who can reach us goes on with the old for over two
minutes, and nobody at all for over eleven."""
ALWAYS_ASK: Final = "no-cache"
"""For what leads a copy on: it may be kept, but is asked for anew each time."""
OWN: Final = "private, max-age=60"
"""For what answers a person's own words: no cache that is shared may keep those."""
NEVER: Final = "no-store"
"""For what tells of this moment, and of a person's health."""

EXPLAINED: Final = '</problems/gone>; rel="deprecation"; type="text/html"'
"""The link to the page that says what to do about what is recalled."""


def of_release(library: Library, asked: Version | None, given: ReleaseReference) -> Mapping[str, str]:
    """Give the headers of an answer from a release: `asked` is the version in the address, none where there is none.

    An answer bound to a release may be kept for ever, unless a recall says that something in it is unsafe, or the
    pointer has expired: then it is asked for anew. Of a recalled release `Deprecation` says since when (RFC 9745) and
    `Link` by what it is replaced; `Sunset` (RFC 8594) only where it is not served any more.
    """
    recalls = [one for one in library.latest.recalls if asked is not None and _touches(one, asked)]
    changed = given.stale is not MISSING or any(one.severity == "unsafe" for one in recalls)
    headers = {"Cache-Control": NEWEST if asked is None or changed else FOR_EVER}
    links = [
        '</openapi.json>; rel="service-desc"; type="application/json"',
        f'</v1/releases/{given.version}>; rel="describedby"; type="application/json"',
        f'<https://spdx.org/licenses/{library.current().bundle.manifest.licence}>; rel="license"',
    ]
    for recall in recalls:
        if recall.id is MISSING:
            headers["Deprecation"] = _since(recall)
            links.append(EXPLAINED)
            links.append(f'</v1/releases/{_replacement(recall, library)}>; rel="successor-version"')
            if recall.severity == "unsafe":
                headers["Sunset"] = format_datetime(recall.recalled.astimezone(UTC), usegmt=True)
    return {**headers, "Link": ", ".join(links)}


def of_withdrawn(recall: Recall, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Give what the headers of its release become in an answer about an item that is withdrawn.

    Where the release is recalled itself, `Deprecation` goes on saying since when that is.
    """
    if "Deprecation" in headers:
        return {}
    return {"Deprecation": _since(recall), "Link": f"{headers['Link']}, {EXPLAINED}"}


def _since(recall: Recall) -> str:
    return f"@{int(recall.recalled.timestamp())}"


def _touches(recall: Recall, version: Version) -> bool:
    """Tell whether a recall bears on a release; that of an item may, for it holds for every release up to its own."""
    return recall.id is not MISSING or recall.version == version


def _replacement(recall: Recall, library: Library) -> Version:
    return library.current().entry.version if recall.replacement is MISSING else recall.replacement
