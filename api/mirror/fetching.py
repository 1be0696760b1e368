"""Holds how a file is brought from an upstream: bounded in bytes and in time, undisguised, from nowhere else.

Knows nothing of what a file means. Only https is spoken, except to the machine itself. No redirect is followed, and no
coding is undone: what was asked for as it is must come as it is, so nothing can swell after it was counted.
"""

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Final, Literal, NamedTuple

import httpx

from api import VERSION
from api.mirror.keeping import Download
from schemas.problems import ContentRefused, Fault, UpstreamSilent, UpstreamUnusable

MOST: Final[Mapping[str, int]] = {
    "latest": 1 << 20,
    "ledger": 1 << 24,
    "keys": 1 << 18,
    "manifest": 1 << 24,
    "assurance": 1 << 24,
    "signature": 1 << 12,
}
"""The most bytes of each kind of file; a bundle's length stands in its manifest."""
MOST_BUNDLE: Final = 1 << 27
"""The most bytes of a bundle, whatever its manifest says."""
PLACE: Final = "/releases/"
"""Where the service itself offers the files of its releases."""
NO_ADDRESS: Final = "the upstream must be an https address, such as https://example.org/releases/"
NO_FOLDER: Final = "the upstream must be the address of a folder, without a user, a query or a fragment"
_TAG: Final = re.compile(r'(W/)?"[\x21\x23-\x7e]{1,200}"')

Progress = Callable[[str, int, int], None]
"""Is told what is being brought, how many bytes are there, and how many it will be."""


class Patience(NamedTuple):
    """How long to wait for an upstream, in seconds."""

    connect: float = 10.0
    silence: float = 10.0
    """The longest time in which nothing at all comes."""
    whole: float = 30.0
    """The longest time for a whole file."""
    slowest: float = 16_384.0
    """Bytes a second: a bundle may take as much longer as it needs at this pace."""


class Upstream(NamedTuple):
    """An upstream to speak to."""

    speaker: httpx.AsyncClient
    address: str
    patience: Patience
    progress: Progress


class Fetched(NamedTuple):
    """What came of asking for a file."""

    kind: Literal["new", "unchanged", "absent"]
    body: bytes = b""
    tag: str = ""


def read_address(text: str) -> str:
    """Read the address of an upstream; one without a path means the service's own `/releases/`.

    Raises:
        UpstreamUnusable: it is no https address (http will do on this machine), or names more than a folder.

    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise UpstreamUnusable(NO_ADDRESS) from None
    if not url.host or url.scheme not in ({"https", "http"} if _this_machine(url.host) else {"https"}):
        raise UpstreamUnusable(NO_ADDRESS)
    if url.userinfo or url.query or url.fragment:
        raise UpstreamUnusable(NO_FOLDER)
    return str(url).removesuffix("/") + (PLACE if url.path == "/" else "/")


def speaker(patience: Patience) -> httpx.AsyncClient:
    """Make the client that speaks to an upstream."""
    return httpx.AsyncClient(
        verify=_certificates(),
        timeout=httpx.Timeout(patience.silence, connect=patience.connect),
        follow_redirects=False,
        headers={"Accept-Encoding": "identity", "User-Agent": f"sleep-guidance-mirror/{VERSION}"},
    )


async def fetch(upstream: Upstream, name: str, tag: str = "") -> Fetched:
    """Bring a small file; `tag` is the ETag of the one that is held, where there is one.

    Raises:
        UpstreamSilent: it does not come, or not whole, or not in time.
        ContentRefused: it is too long, or the upstream answers what was not asked for.

    """
    most = MOST[_kind(name)]
    headers = {"Cache-Control": "no-cache"} | ({"If-None-Match": tag} if tag else {})
    body = bytearray()
    async with _asked(upstream, name, headers, upstream.patience.whole) as answer:
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return Fetched("absent")
        if answer.status_code == HTTPStatus.NOT_MODIFIED and tag:
            return Fetched("unchanged", tag=tag)
        _must_be_whole(answer, name)
        async for part in answer.aiter_raw():
            body += part
            if len(body) > most:
                raise _refused(name, f"it is longer than {most} bytes")
        found = answer.headers.get("etag", "")
    return Fetched("new", bytes(body), found if _TAG.fullmatch(found) else "")


async def download(upstream: Upstream, name: str, wanted: Download) -> None:
    """Bring a file of a known length, going on with what an earlier try left.

    It is gone on with where the upstream's strong ETag says that it is the same file still. The bytes are not looked
    at: hold them to their digest.

    Raises:
        UpstreamSilent: it does not come, or not whole, or not in time.
        ContentRefused: it is too long, or the upstream answers what was not asked for.
        OSError: the disk does not take it.

    """
    if wanted.length > MOST_BUNDLE:
        raise _refused(name, f"it is longer than {MOST_BUNDLE} bytes")
    held, tag = wanted.held()
    headers = {"Range": f"bytes={held}-", "If-Range": tag} if held and tag else {}
    patience = upstream.patience
    async with _asked(upstream, name, headers, patience.whole + wanted.length / patience.slowest) as answer:
        if headers and answer.status_code == HTTPStatus.PARTIAL_CONTENT:
            if not answer.headers.get("content-range", "").startswith(f"bytes {held}-"):
                wanted.forget()
                raise _refused(name, "the upstream gives another part than was asked for")
        else:
            wanted.forget()
            _must_be_whole(answer, name)
            held = 0
            found = answer.headers.get("etag", "")
            wanted.begin(found if _TAG.fullmatch(found) and not found.startswith("W/") else "")
        with wanted.appending() as file:
            async for part in answer.aiter_raw():
                held += len(part)
                if held > wanted.length:
                    wanted.forget()
                    raise _refused(name, f"it is longer than {wanted.length} bytes")
                file.write(part)
                upstream.progress(name, held, wanted.length)
    if held < wanted.length:
        raise _silent(name, f"it ended after {held} of {wanted.length} bytes")


@asynccontextmanager
async def _asked(
    upstream: Upstream, name: str, headers: Mapping[str, str], seconds: float
) -> AsyncIterator[httpx.Response]:
    """Ask for a file, and hold everything until its last byte to a time."""
    try:
        async with (
            asyncio.timeout(seconds),
            upstream.speaker.stream("GET", upstream.address + name, headers=dict(headers)) as answer,
        ):
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise _refused(name, "it comes in a coding that was not asked for")
            if answer.has_redirect_location:
                raise _refused(name, "the upstream sends elsewhere, and nobody is followed there")
            yield answer
    except TimeoutError:
        raise _silent(name, f"it took longer than {seconds:.0f} seconds") from None
    except httpx.HTTPError as error:
        raise _silent(name, f"the upstream did not answer as it should ({type(error).__name__})") from None


def _must_be_whole(answer: httpx.Response, name: str) -> None:
    if answer.status_code != HTTPStatus.OK:
        raise _silent(name, f"the upstream answered with status {answer.status_code}")


@cache
def _certificates() -> SSLContext:
    """Read the machine's certificate authorities, once: it takes longer than all the rest."""
    return httpx.create_ssl_context()


def _kind(name: str) -> str:
    """Give the kind of a file: a signature, a key set, or what its name says."""
    if name.endswith("signature"):
        return "signature"
    return "keys" if name.startswith("keys") else name.rpartition("/")[2].removesuffix(".json")


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(name: str, message: str) -> ContentRefused:
    return ContentRefused((Fault(name, "", message),))


def _silent(name: str, message: str) -> UpstreamSilent:
    return UpstreamSilent(f"{name}: {message}")
