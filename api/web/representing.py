"""Holds how a whole answer is sent: in which coding, under which tag, in part, or not again. Knows no address."""

import gzip
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

import brotli
from starlette.responses import Response

from api.web.negotiating import CODINGS, Coding, codings, is_known, is_meant, part
from api.web.problems import problem

Headers = Sequence[tuple[bytes, bytes]]

WORTH_CODING: Final = 512
"""Bodies of fewer bytes have one representation: a coding saves less than its headers cost."""
FINEST_BROTLI: Final = 64 * 1024
"""Bodies of more bytes are given brotli's quality 8 and not 11, which takes twenty times as long for a tenth less.

Quality 9 takes 35 MB to work in, where 8 takes 10 for half a hundredth more.
"""
KEPT_IN_304: Final = frozenset({b"cache-control", b"etag", b"vary"})
"""The headers of an answer that "not modified" repeats (RFC 9110, section 15.4.5)."""


class Answer(NamedTuple):
    """A whole answer: its status, its headers with names in small letters, its body."""

    status: int
    headers: Headers
    body: bytes


class Representation(NamedTuple):
    """An answer in one coding, with every header that tells of its bytes."""

    tag: bytes
    answer: Answer


Representations = Mapping[Coding, Representation]


def encode(body: bytes) -> dict[Coding, bytes]:
    """Give a body in every coding that makes it smaller, and as it is."""
    encoded: dict[Coding, bytes] = {"identity": body}
    if len(body) >= WORTH_CODING:
        encoded["gzip"] = gzip.compress(body, 9, mtime=0)
        encoded["br"] = brotli.compress(body, quality=11 if len(body) <= FINEST_BROTLI else 8)
    return {coding: data for coding, data in encoded.items() if coding == "identity" or len(data) < len(body)}


def represent(answer: Answer, encoded: Mapping[Coding, bytes]) -> Representations:
    """Give an answer in each of its codings.

    Each has a strong ETag of its own, the first half of the SHA-256 of its bytes, and that digest whole as Repr-Digest
    (RFC 9530). `Vary` names Accept-Encoding only where there is more than one.
    """
    varies = [value for name, value in answer.headers if name == b"vary"]
    if len(encoded) > 1:
        varies.insert(0, b"Accept-Encoding")
    kept = [(name, value) for name, value in answer.headers if name not in {b"vary", b"content-length"}]
    if varies:
        kept.append((b"vary", b", ".join(varies)))
    found: dict[Coding, Representation] = {}
    for coding, data in encoded.items():
        digest = sha256(data)
        tag = b'"%s"' % digest.hexdigest()[:32].encode()
        headers = [
            *kept,
            (b"content-length", str(len(data)).encode()),
            (b"etag", tag),
            (b"repr-digest", b"sha-256=:%s:" % b64encode(digest.digest())),
            (b"accept-ranges", b"bytes"),
        ]
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        found[coding] = Representation(tag, Answer(answer.status, headers, data))
    return found


def chosen(representations: Representations, wanted: Sequence[Coding]) -> Representation | None:
    """Give the representation in the first wanted coding that there is, none where there is none."""
    return next((representations[coding] for coding in wanted if coding in representations), None)


def not_modified(representation: Representation) -> Answer:
    """Give the answer to who holds a representation already."""
    return Answer(304, [one for one in representation.answer.headers if one[0] in KEPT_IN_304], b"")


def select(representations: Representations, asked: Headers) -> Answer:
    """Give what the headers of a GET ask for, in the order of RFC 9110, section 13.2.2."""
    representation = chosen(representations, codings(_field(asked, b"accept-encoding")))
    if representation is None:
        return _problem(
            406, f"Take one of these codings: {', '.join(one for one in CODINGS if one in representations)}."
        )
    tag, whole = representation
    must_be, must_not_be = _field(asked, b"if-match"), _field(asked, b"if-none-match")
    if must_be is not None and not is_meant(must_be, tag):
        return _problem(412)
    if must_not_be is not None and is_known(must_not_be, tag):
        return not_modified(representation)
    unless_changed = _field(asked, b"if-range")
    ranges = None if unless_changed is not None and unless_changed.strip() != tag else _field(asked, b"range")
    return whole if ranges is None else _in_part(whole, part(ranges, len(whole.body)))


def _in_part(whole: Answer, places: range | None) -> Answer:
    """Give the part of an answer that is at some places; the whole where it was asked for in several parts."""
    if places is None:
        return whole
    total = len(whole.body)
    if not places:
        return _problem(416, headers={"Content-Range": f"bytes */{total}"})
    headers = [one for one in whole.headers if one[0] != b"content-length"]
    headers.append((b"content-length", str(len(places)).encode()))
    headers.append((b"content-range", f"bytes {places[0]}-{places[-1]}/{total}".encode()))
    return Answer(206, headers, whole.body[places.start : places.stop])


def _field(headers: Headers, name: bytes) -> bytes | None:
    """Give the value of a header, several of its lines as one list; none where it is not there."""
    lines = [value for one, value in headers if one == name]
    return b", ".join(lines) if lines else None


def _problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    made: Response = problem(status, "", detail=detail, headers=headers)
    return Answer(made.status_code, made.raw_headers, bytes(made.body))
