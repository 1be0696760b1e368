"""Holds the one table of rendered answers, for both doors: bytes, headers and tags made once. Asks no route itself.

An answer to GET is a function of the library, the address, the language and the coding. The table belongs to one
library: as soon as another is served, nothing of the old one is given. What it keeps is bounded in addresses and bytes.
"""

import asyncio
import re
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Final, NamedTuple

from api.releases.library import Library
from api.web.limits import MOST_HEAD
from api.web.logs import told
from api.web.negotiating import Coding, Wishes, codings, is_known, preferred, takes_markdown
from api.web.representing import Answer, Headers, Representations, chosen, encode, not_modified
from api.web.sendable import Sendable, Sendables
from api.web.serving import Serving

MOST_ADDRESSES: Final = 2048
"""The most addresses kept at once."""
MOST_BYTES: Final = 12 * 1024 * 1024
"""The most bytes of bodies kept at once, over all codings; every answer of the shipped content takes 7.5 million, with
those of older releases asked for by name 12."""
PLAIN: Final = re.compile(rb"/[A-Za-z0-9._/-]*(?:\?[a-z_]+=[A-Za-z0-9._-]+(?:&[a-z_]+=[A-Za-z0-9._-]+)*)?")
"""The addresses that are kept. With escapes every one of them could be spelled in endlessly many ways."""
IGNORED: Final = frozenset(
    b"connection cache-control cookie dnt forwarded from keep-alive pragma priority referer save-data sec-ch-ua "
    b"sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc te "
    b"traceparent tracestate upgrade-insecure-requests user-agent via x-forwarded-for x-forwarded-host "
    b"x-forwarded-proto x-real-ip x-request-id".split()
)
"""The headers of a request that change nothing of a kept answer."""
UNDERSTOOD: Final = frozenset({b"host", b"accept", b"accept-encoding", b"accept-language", b"if-none-match"})
"""The headers of a request that choose among kept answers."""
KNOWN: Final = frozenset({b"accept", b"accept-encoding", b"accept-language"})
"""The headers of a request by which kept answers may vary."""
LIGHT: Final = MOST_HEAD // 2
"""The most bytes of header values; the exact limit is held on the ordinary way."""

Tongue = tuple[str, ...]
Wish = tuple[Tongue, bool]
"""What the wishes of a request come to for an address: the languages, and whether Markdown; nothing where it decides
nothing."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Hit:
    """A rendered answer, complete but for its date and its request id."""

    library: Library
    """What it was rendered from."""
    status: int
    route: str
    """The template of its route."""
    told: str
    """What its line in the log tells of it."""
    headers: list[tuple[bytes, bytes]]
    head: bytes
    """Its status and the same headers, as they are written."""
    body: bytes
    file: Sendable | None
    """A large body once more, as the system sends it without a copy."""


class Choice(NamedTuple):
    """What one coding of an answer is given as: its tag, whole, and not modified."""

    tag: bytes
    whole: Hit
    same: Hit


class Variant(NamedTuple):
    """What an address gives in one language: its codings, and what was made ready of them."""

    representations: Representations
    choices: dict[tuple[Coding, ...], Choice]
    body: bytes
    """The digest of the body that all of them carry."""


class Kept:
    """What is kept of one address."""

    __slots__ = ("by_language", "by_type", "route", "used", "variants")

    def __init__(self, route: object, varies: Container[bytes]) -> None:
        """Keep nothing yet; `varies` are the headers of a request by which the answer differs."""
        self.route = route
        self.by_language = b"accept-language" in varies
        self.by_type = b"accept" in varies
        self.used = False
        self.variants: dict[Wish, Variant] = {}


def nothing_kept(_address: bytes, _headers: Headers) -> None:
    """Give no kept answer: every request goes the ordinary way."""


class RenderedAnswers:
    """The table.

    `serving` is what is served now; `finish` puts the headers of every answer on those of one;
    `ignored` names further request headers that change nothing; `hosts` the values of `Host` that are taken, any where
    it is empty.
    """

    def __init__(
        self,
        serving: Serving,
        finish: Callable[[Headers], Sequence[tuple[bytes, bytes]]],
        ignored: frozenset[bytes] = frozenset(),
        hosts: frozenset[bytes] = frozenset(),
    ) -> None:
        """Start with an empty table."""
        self.serving = serving
        self._finish = finish
        self._taken = UNDERSTOOD | IGNORED | ignored
        self._hosts = hosts
        self._sendables = Sendables()
        self._encoder = ThreadPoolExecutor(max_workers=1)  # one, so that encoding never takes more than one core
        self._encoding: dict[bytes, asyncio.Future[dict[Coding, bytes]]] = {}
        self._renew()

    def hit(self, address: bytes, headers: Headers) -> Hit | None:
        """Give the answer to a GET where it is kept and nothing about the request is unusual.

        `address` is the path with the query as the client wrote them. None means: go the ordinary way.
        """
        kept = self._kept.get(address)
        if kept is None or self.serving.library is not self._of:
            return None
        asked = dict(headers)
        if len(asked) < len(headers) or not self._taken.issuperset(asked) or sum(map(len, asked.values())) > LIGHT:
            return None
        host = asked.get(b"host")
        if host is None or (self._hosts and host not in self._hosts):
            return None
        languages = self._tongue(asked.get(b"accept-language", b"")) if kept.by_language else ()
        markdown = kept.by_type and takes_markdown(asked.get(b"accept", b""))
        variant = kept.variants.get((languages, markdown))
        wanted = codings(asked.get(b"accept-encoding"))
        choice = variant and (variant.choices.get(wanted) or self._choice(kept, variant, wanted))
        if choice is None:
            return None
        kept.used = True
        tags = asked.get(b"if-none-match")
        return choice.whole if tags is None or not is_known(tags, choice.tag) else choice.same

    def find(self, address: bytes, wishes: Wishes) -> tuple[object, Representations] | None:
        """Give the route and the representations of an address where they are kept."""
        if self.serving.library is not self._of:
            self._renew()
        kept = self._kept.get(address)
        variant = kept.variants.get(self._wish(kept, *wishes)) if kept else None
        return (kept.route, variant.representations) if kept and variant else None

    async def encode(self, body: bytes) -> Mapping[Coding, bytes]:
        """Give a body in its codings; each body is encoded once, by a thread, however many wait for it."""
        key = sha256(body).digest()
        if key in self._bodies:
            return self._bodies[key][0]
        if key not in self._encoding:
            future = asyncio.get_running_loop().run_in_executor(self._encoder, encode, body)
            future.add_done_callback(lambda _: self._encoding.pop(key))
            self._encoding[key] = future
        return await asyncio.shield(self._encoding[key])

    def keep(self, address: bytes, wishes: Wishes, library: Library, route: object, made: Representations) -> None:
        """Keep the answer of an address, unless another library is served by now than when it was made.

        What was asked for since it was last looked at stays; what was not makes room.
        """
        whole = made["identity"].answer
        varies = {
            part.strip().lower() for name, value in whole.headers if name == b"vary" for part in value.split(b",")
        }
        if not (self.serving.library is library is self._of and PLAIN.fullmatch(address) and varies <= KNOWN):
            return
        kept = self._kept.setdefault(address, Kept(route, varies))
        wish = self._wish(kept, *wishes)
        if wish in kept.variants:
            return
        key = sha256(whole.body).digest()
        kept.variants[wish] = Variant(made, {}, key)
        encoded, users = self._bodies.get(key, ({coding: one.answer.body for coding, one in made.items()}, 0))
        self._bodies[key] = (encoded, users + 1)
        if not users:
            self._bytes += sum(map(len, encoded.values()))
        while len(self._kept) > MOST_ADDRESSES or self._bytes > MOST_BYTES:
            self._make_room()

    def _wish(self, kept: Kept, types: bytes, languages: bytes) -> Wish:
        return self._tongue(languages) if kept.by_language else (), kept.by_type and takes_markdown(types)

    def _make_room(self) -> None:
        """Look at the address not looked at for longest: give it another round if it was used, else let it go."""
        address, kept = next(iter(self._kept.items()))
        del self._kept[address]
        if kept.used:
            kept.used = False
            self._kept[address] = kept
            return
        for variant in kept.variants.values():
            encoded, users = self._bodies.pop(variant.body)
            if users > 1:
                self._bodies[variant.body] = (encoded, users - 1)
            else:
                self._bytes -= sum(map(len, encoded.values()))

    def _choice(self, kept: Kept, variant: Variant, wanted: tuple[Coding, ...]) -> Choice | None:
        """Give what the wanted codings choose, made ready at the first time."""
        found = chosen(variant.representations, wanted)
        if found is not None:
            path: str = getattr(kept.route, "path", "none")
            file = self._sendables.of(found.tag, found.answer.body)
            made = Choice(found.tag, self._hit(found.answer, path, file), self._hit(not_modified(found), path, None))
            variant.choices[wanted] = made
            return made
        return None

    def _hit(self, answer: Answer, route: str, file: Sendable | None) -> Hit:
        headers = list(self._finish(answer.headers))
        line = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n".encode()
        head = line + b"".join(b"%b: %b\r\n" % one for one in headers)
        kind = told("GET", route, answer.status, self._of.latest.version)
        return Hit(self._of, answer.status, route, kind, headers, head, answer.body, file)

    def _renew(self) -> None:
        """Forget everything, and belong to the library that is served now."""
        self._of = self.serving.library
        self._kept: dict[bytes, Kept] = {}
        self._bodies: dict[bytes, tuple[Mapping[Coding, bytes], int]] = {}
        self._bytes = 0
        pairs = sorted({(tuple(one.texts), one.default_language) for one in self._of.answering.values()})

        @lru_cache(maxsize=1024)
        def tongue(header: bytes) -> Tongue:
            text = header.decode("latin-1")
            return tuple(preferred(text, languages, default) for languages, default in pairs)

        tongue(b"en")  # what it takes to choose is loaded now, and no request waits for it
        self._tongue = tongue
