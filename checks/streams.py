"""Holds how byte streams are drawn: HTTP/1.1 by its grammar, poisoned and mutated. Speaks to nobody, judges nothing."""

import json
import random
import re
from itertools import pairwise
from typing import Final, Literal, NamedTuple

MARKER: Final = "zqmarker"
"""Stands in every place that a client chooses; it must come back from nowhere."""
CHECK: Final = "/v1/red-flag-checks"
READS: Final = (
    "/v1/levels", "/v1/topics", "/v1/causes/alcohol-use", "/v1/causes/depression", "/v1/remedies/bedroom",
    "/v1/remedies/magnesium", "/v1/regions/GB", "/v1/regions/FR", "/v1/findings/age-years", "/v1/findings/alcohol-late",
    "/v1/sources/adam-muscle-twitching", "/v1/red-flags/anxiety", "/v1/changes?limit=2", "/v1/search?q=cramp",
    "/v1/search?q=legs", "/healthz", "/docs",
)  # fmt: skip
REFUSED_READS: Final = (
    "/nothing", f"/v1/causes/{MARKER}", f"/v1/topics?{MARKER}=1", f"/v1/causes?language={MARKER}", "/v1/search?q=%ff",
    f"/v1/changes?since={MARKER}", CHECK,
)  # fmt: skip
BODIES: Final = (
    b"{}", b'{"present": ["saddle-numbness"], "region": "GB"}', b'{"present": ["leg-twitching"]}',
    b'{"present": ["leg-twitching"], "unsure": ["saddle-numbness"]}', b'{"present": ["nothing"]}', b"{", b"\xff",
    b'{"present": [], "present": []}', json.dumps({MARKER: MARKER}).encode(), MARKER.encode(),
    b'{"measurements": [{"finding": "age-years", "value": 34}]}', b"{}" + b" " * 3000,
    b"GET /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n", b"0\r\n\r\nGET /v1/topics HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip
"""Bodies of checks; some are requests that nobody may take for such."""
POSTED: Final = (
    ("/v1/finding-matches", b'{"text": "My legs jerk when I fall asleep."}'),
    ("/v1/reply-checks", b'{"profile": {}, "reply": "Please see a doctor."}'),
    ("/mcp", b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'), ("/nothing", b"{}"), ("/v1/levels", b"{}"),
)  # fmt: skip
IDLE: Final = (
    f"User-Agent: {MARKER}", f"Cookie: {MARKER}={MARKER}", f"X-{MARKER}: {MARKER}", f"X-Request-ID: {MARKER}",
    f"Traceparent: {MARKER}", "TE: trailers", "Connection: keep-alive", f"Referer: http://{MARKER}.example/",
    "CACHE-CONTROL:no-cache", "Via:   1.1 a  ", f"X-Forwarded-For: {MARKER}", f"X-Bytes: \xff\xfe{MARKER}",
)  # fmt: skip
"""Headers that change nothing of an answer."""
WISHES: Final = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
TWO_WAYS: Final = b"0\r\n\r\n"
"""A body that ends here by one reading and there by another."""
_POISONED_CHECKS: Final = tuple(
    f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{framing}\r\n\r\n".encode("latin-1") + body
    for framing, body in (
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", TWO_WAYS),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", TWO_WAYS),
        ("Content-Length: 5\r\nContent-Length: 6", TWO_WAYS), ("Content-Length: 5, 5", TWO_WAYS),
        ("Content-Length: +5", TWO_WAYS), ("Content-Length: -5", TWO_WAYS), ("Content-Length: 0x5", TWO_WAYS),
        ("Content-Length: 5 5", TWO_WAYS), (f"Content-Length: {'9' * 30}", TWO_WAYS), ("Content-Length: ", TWO_WAYS),
        ("Transfer-Encoding: xchunked", TWO_WAYS), ("Transfer-Encoding: chunked, gzip", TWO_WAYS),
        ("Transfer-Encoding: \x0bchunked", TWO_WAYS), ("Transfer-Encoding : chunked", TWO_WAYS),
        ("Transfer-Encoding:\r\n chunked", TWO_WAYS), ("X: a\r\n Content-Length: 5", TWO_WAYS),
        (f"X: \x00{MARKER}", TWO_WAYS), ("X: a\rContent-Length: 5", TWO_WAYS), (f"{MARKER}", TWO_WAYS),
        (f"{MARKER}\x01: a", TWO_WAYS), ("X: " + "x" * 17_000, b""), ("Content-Length: 1000000", b""),
        *(("Transfer-Encoding: chunked", body) for body in (
            b"zz\r\n", b"-1\r\n", b"+2\r\n{}\r\n0\r\n\r\n", b"0x2\r\n{}\r\n0\r\n\r\n", b"2\r\n{}}\r\n0\r\n\r\n",
            b"f" * 17 + b"\r\n", b"2;a\x00\r\n{}\r\n0\r\n\r\n", b" 2\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n",
            b"2\r\n{}\r\n0\r\nX\x00: a\r\n\r\n", b"\r\n2\r\n{}\r\n0\r\n\r\n", b"2\r{}\r\n0\r\n\r\n",
        )),
    )
)  # fmt: skip
POISONS: Final = (
    *_POISONED_CHECKS,
    b"\x00\x01\x02\r\n\r\n", b"GET /v1/levels HTTP/9.9\r\n\r\n", b"GET /v1/levels\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
    b"GET /v1/levels HTTP/1.1 x\r\nHost: a\r\n\r\n", b"get /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n",
    b"ZQMARKER /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET v1/levels HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/levels?q=" + b"x" * 2100 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /\x7f\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip
"""What is refused and ends the connection: what stands behind it could be read in two ways, and is not read at all."""
BITS: Final = (
    b"\r\n", b"\n", b"\r", b"\x00", b"\t", b" ", b":", b"%", b"\xff", b"\r\n\r\n", b"\n\n", b"0\r\n\r\n", b"HTTP/1.0",
    b"HTTP/1.1", b"HTTP/2.0", b"GET ", b"HEAD ", b"POST ", b"OPTIONS ", b"CONNECT ", b"*", b"//", b"http://a/", b"?",
    b"#", b"\r\nContent-Length: 0", b"\r\nContent-Length: 00000000000000000000000002", b"\r\nContent-Length: 99999",
    b"\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding: identity", b"\r\nTransfer-Encoding: Chunked, chunked",
    b"\r\nHost: b", b"\r\nHost:", b"\r\nConnection: close", b"\r\nConnection: close, keep-alive, upgrade",
    b"\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13", b"\r\nConnection: upgrade", b"\r\nExpect: 100-continue",
    b"\r\nExpect: " + MARKER.encode(), b"\r\nAccept-Encoding: gzip, br", b"\r\nAccept-Encoding: *;q=0",
    b"\r\nRange: bytes=0-9", b"\r\nIf-None-Match: *", b"\r\nIf-Match: " + MARKER.encode(), b"\r\nTrailer: Host",
    b"\r\nAccept: text/markdown", b"\r\nAccept-Language: " + MARKER.encode(), b"\r\nContent-Encoding: gzip",
    b"\r\nAuthorization: Bearer " + MARKER.encode(), b"\r\nX: " + b"x" * 9000, b"\r\n" + b"X:\r\n" * 300,
    b"\r\nContent-Type: text/plain", b"\r\nOrigin: https://a.example", b"[" * 40, b"\xc0\xaf", b"%2e%2e%2f", b"%00",
)  # fmt: skip
"""What mutations put in."""

Family = Literal["honest", "poisoned", "mutated"]
Ending = Literal["half-closed", "kept open"]


class Request(NamedTuple):
    """One request: how it is written in a stream, and how it is asked alone and in the plainest way."""

    data: bytes
    plain: bytes


class Stream(NamedTuple):
    """What is sent on one connection, part by part."""

    family: Family
    parts: tuple[bytes, ...]
    plains: tuple[bytes, ...]
    """The requests that are answered, in their order; of a mutated stream nobody knows."""
    ending: Ending
    """What the client does behind it. Where it keeps the connection open, the server must end it."""

    def data(self) -> bytes:
        """Give all that is sent."""
        return b"".join(self.parts)


def plain(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Write a request in the plainest way; every answer is first learned from these."""
    length = (f"Content-Length: {len(body)}",) if method == "POST" else ()
    return "\r\n".join((f"{method} {target} HTTP/1.1", "Host: localhost", *headers, *length, "", "")).encode() + body


KIND: Final = ("Content-Type: application/json", "Accept: application/json, text/event-stream")
PLAINS: Final = (
    *(plain(method, target) for method in ("GET", "HEAD", "OPTIONS") for target in (*READS, *REFUSED_READS)),
    *(plain("POST", CHECK, KIND[0], body=body) for body in BODIES),
    *(plain("POST", target, *KIND, body=body) for target, body in POSTED),
    b"GET /v1/levels HTTP/1.1\r\n\r\n", b"GET /v1/levels HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"DELETE /v1/levels HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip
"""Every request that is drawn from; the last ones are refused, and the connection goes on."""


def draw(seed: int, number: int) -> Stream:
    """Draw a stream; the same numbers give the same one."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 -- to be drawn again from its numbers
    requests = [_dressed(chance) for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 30)))]
    pieces, plains = [one.data for one in requests], [one.plain for one in requests]
    family: Family = chance.choice(("honest", "poisoned", "mutated", "mutated"))
    if family == "poisoned" or (family == "mutated" and _one_in(chance, 3)):
        place = chance.randrange(len(pieces))
        pieces.insert(place, chance.choice(POISONS))
        del plains[place:]
    elif _one_in(chance, 5):
        place = chance.randrange(len(pieces))
        if b"HTTP/1.1\r\nHost: localhost\r\n" in pieces[place]:
            pieces[place] = _as_last(chance, pieces[place])
            del plains[place + 1 :]
    data = b"".join(pieces)
    if family == "mutated":
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            data = _mutated(chance, data)
    ending: Ending = "kept open" if _one_in(chance, 50) else "half-closed"
    return Stream(family, _split(chance, data), () if family == "mutated" else (*plains,), ending)


def _dressed(chance: random.Random) -> Request:
    """Draw a request and write it in one of the ways that mean the same."""
    asked = chance.choice(PLAINS)
    head, _, body = asked.partition(b"\r\n\r\n")
    if b"Host: localhost\r\n" not in head + b"\r\n":
        return Request(asked, asked)
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    if _one_in(chance, 10):
        target = f"http://localhost{target}"
    more = chance.sample(IDLE, chance.choice((0, 0, 1, 2)))
    if _one_in(chance, 10):
        more += WISHES
    if method == "POST":
        if _one_in(chance, 5):
            more.append("Expect: 100-continue")
        if _one_in(chance, 3):
            lines = [one for one in lines if not one.startswith("Content-Length")]
            more.append("Transfer-Encoding: " + chance.choice(("chunked", "Chunked", " chunked ")))
            body = _chunked(chance, body)
    elif method == "GET" and _one_in(chance, 10):
        body = chance.choice(PLAINS)
        more.append(f"Content-Length: {len(body)}")
    chance.shuffle(more)
    written = "\r\n".join((f"{method} {target} HTTP/1.1", *lines, *more, "", "")).encode("latin-1")
    return Request(chance.choice((b"", b"", b"", b"\r\n")) + written + body, asked)


def _as_last(chance: random.Random, request: bytes) -> bytes:
    """Write a request so that its answer ends the connection."""
    if _one_in(chance, 2) and b"chunked" not in request.lower() and b"upgrade" not in request.lower():
        return request.replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1).replace(b"Connection: keep-alive", b"X: y")
    request = request.replace(b"Connection: keep-alive", b"X: y")
    return request.replace(b"Host: localhost\r\n", b"Host: localhost\r\nConnection: close\r\n", 1)


def _chunked(chance: random.Random, body: bytes) -> bytes:
    written = b""
    while body:
        size = chance.randint(1, chance.choice((3, len(body))))
        extension = chance.choice((b"", b"", b";a=b", f';{MARKER}="{MARKER}"'.encode()))
        number = chance.choice((b"%x", b"%X", b"%04x")) % len(body[:size])
        written, body = written + number + extension + b"\r\n" + body[:size] + b"\r\n", body[size:]
    return written + b"0\r\n" + chance.choice((b"", b"", b"Host: b\r\n", f"X: {MARKER}\r\n".encode())) + b"\r\n"


def _mutated(chance: random.Random, data: bytes) -> bytes:
    """Change bytes at one place, where lines meet rather than elsewhere."""
    ends = [found.start() for found in re.finditer(rb"\r\n|: | ", data)]
    place = chance.choice(ends) if ends and not _one_in(chance, 3) else chance.randrange(len(data) + 1)
    size = chance.choice((1, 1, 2, 4, 20, 200))
    before, here, behind = data[:place], data[place : place + size], data[place + size :]
    return chance.choice(
        (
            before + behind,
            before + here * chance.choice((2, 2, 3, 50)) + behind,
            before + bytes(one ^ 1 << chance.randrange(8) for one in here[:1]) + here[1:] + behind,
            data.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n")), chance.choice((1, 3, -1))),
            re.sub(rb"(?<=: )\d+", b"%d" % chance.choice((0, 1, 2, 40, 70, 5000)), data, count=2),
            before,
            *(before + chance.choice(BITS) + here + behind for _ in range(3)),
        )
    )


def _one_in(chance: random.Random, many: int) -> bool:
    return not chance.randrange(many)


def _split(chance: random.Random, data: bytes) -> tuple[bytes, ...]:
    """Cut what is sent into parts: none, a few, or many of a few bytes."""
    count = chance.choice((0, 0, 1, 2, 5, 20))
    places = sorted(chance.randrange(len(data) + 1) for _ in range(count))
    return tuple(data[one:other] for one, other in pairwise((0, *places, len(data))) if one < other)
