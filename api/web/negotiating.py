"""Holds what the headers of a request choose: coding, language, conditions, range. Knows no answer and no address."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Coding = Literal["br", "gzip", "identity"]
CODINGS: Final[tuple[Coding, ...]] = ("br", "gzip", "identity")
"""The content codings that there are, the smallest first."""

_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_TAG: Final = re.compile(rb'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_TAGS: Final = re.compile(rb'[ \t,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))+')
_RANGE: Final = re.compile(rb"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
MARKDOWN: Final = "text/markdown"
_LONGEST_LANGUAGES: Final = 500
"""The most of an Accept-Language header that is read, in characters."""
_LONGEST_TYPES: Final = 1000
"""The most of an Accept header that is read, in characters."""


class Wishes(NamedTuple):
    """The headers of a request by which representations differ, besides the coding."""

    types: bytes
    """All that its Accept headers say."""
    languages: bytes
    """What its first Accept-Language header says."""


def wishes_of(headers: Iterable[tuple[bytes, bytes]]) -> Wishes:
    """Give the wishes of a request."""
    languages = [value for name, value in headers if name == b"accept-language"]
    return Wishes(b",".join(value for name, value in headers if name == b"accept"), languages[0] if languages else b"")


@lru_cache(maxsize=256)
def codings(header: bytes | None) -> tuple[Coding, ...]:
    """Give the codings that an Accept-Encoding header takes, the best first (RFC 9110, section 12.5.3).

    `identity` is taken unless it is refused by name or by `*;q=0`, and stands last unless it is given a weight. None
    where there is no such header: then the bytes are sent as they are, for old clients expect that.
    """
    if header is None:
        return ("identity",)
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        key, _, value = (parameter or "q=1").partition("=")
        weight = value.strip() if key.strip() == "q" else ""
        if name.strip() and _WEIGHT.fullmatch(weight):
            weights[name.strip().removeprefix("x-")] = float(weight)
    others = weights.get("*", 0.0)
    taken: dict[Coding, float] = {coding: weights.get(coding, others) for coding in CODINGS}
    if "identity" not in weights and "*" not in weights:
        taken["identity"] = 0.0001
    return tuple(sorted((coding for coding in CODINGS if taken[coding] > 0), key=lambda coding: -taken[coding]))


@lru_cache(maxsize=256)
def takes_markdown(header: bytes) -> bool:
    """Tell whether an Accept header wants Markdown before JSON; JSON stands wherever both fit as well."""
    accept = header.decode("latin-1")
    return _quality(accept, MARKDOWN) > _quality(accept, "application/json")


def is_known(header: bytes, tag: bytes) -> bool:
    """Tell whether an If-None-Match header names an entity tag: weakly compared, in a list, or by `*`."""
    if header == tag:
        return True
    return header.strip() == b"*" or bool(_TAGS.fullmatch(header) and tag in (one for _, one in _TAG.findall(header)))


def is_meant(header: bytes, tag: bytes) -> bool:
    """Tell whether an If-Match header names a strong entity tag: strongly compared, in a list, or by `*`."""
    if header.strip() == b"*":
        return True
    return bool(_TAGS.fullmatch(header)) and (b"", tag) in _TAG.findall(header)


def part(header: bytes, length: int) -> range | None:
    """Give the places that a Range header asks for of so many bytes; empty where it cannot be satisfied.

    None where the whole is to be sent: several ranges at once, another unit, or what is no range (RFC 9110, 14.2).
    """
    found = _RANGE.fullmatch(header)
    if found is None or found.groups() == (b"", b""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(length, int(last) + 1) if last else length)


def preferred(header: str, languages: Sequence[str], default: str) -> str:
    """Give the best of the content's languages for an Accept-Language header; the default where none fits."""
    if set(languages) <= {default}:
        return default
    import langcodes  # noqa: PLC0415 -- its tables take a tenth of the start, and one language needs none

    for wanted in _by_weight(header):
        found = langcodes.closest_supported_match(wanted, list(languages), max_distance=20)
        if found:
            return found
    return default


def _by_weight(header: str) -> list[str]:
    import langcodes  # noqa: PLC0415 -- see `preferred`

    weighed: list[tuple[float, int, str]] = []
    for place, part_of_header in enumerate(header[:_LONGEST_LANGUAGES].split(",")):
        tag, _, weight = part_of_header.strip().partition(";q=")
        if not langcodes.tag_is_valid(tag):
            continue
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            continue
        if value > 0:
            weighed.append((-value, place, tag))
    return [tag for _, _, tag in sorted(weighed)]


def _quality(accept: str, media_type: str) -> float:
    """Give how much a media type is wanted (RFC 9110, 12.5.1): that of the most specific range that holds it."""
    group = media_type.partition("/")[0]
    ranges: dict[str, float] = {}
    for part in accept[:_LONGEST_TYPES].split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        ranges[name] = _weight(parameters)
    for name in (media_type, f"{group}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
