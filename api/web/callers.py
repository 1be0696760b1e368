"""Holds who calls, as far as quotas tell callers apart: a partner by a key, else a network. Writes nothing down."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final, Literal

from api.releases.files import parse, read_file
from schemas.partners import Partner, Partners
from schemas.problems import ContentRefused, Fault

MARK: Final = "sleepguidance_"
"""What every key begins with."""
UNKNOWN: Final = "unknown"
"""The network of every address that is none: all of them share one quota."""
_BEARER: Final = re.compile(rb"bearer +([A-Za-z0-9._~+/-]{1,200}=*)", re.IGNORECASE)
"""Credentials as RFC 6750 writes them."""

Named = Partner | Literal["nobody", "refused"]
"""What a request says of its caller: a partner, nothing, or something that must not be taken for nothing."""


def read_partners(path: Path) -> tuple[Partner, ...]:
    """Read the file of partner keys.

    Raises:
        ContentRefused: it cannot be read, or names a partner or a key twice.

    """
    faults: list[Fault] = []
    data = read_file(path.parent, path.name, faults)
    found = parse(path.name, data, Partners, faults) if data is not None else None
    partners = found.partners if found is not None else ()
    for field in ("name", "sha256"):
        seen: set[str] = set()
        for place, partner in enumerate(partners):
            value = getattr(partner, field)
            if value in seen:
                faults.append(Fault(path.name, f"/partners/{place}/{field}", "it stands there twice"))
            seen.add(value)
    if faults:
        raise ContentRefused(tuple(faults))
    return partners


def new_key() -> str:
    """Make a partner key: 256 random bits behind a mark by which a search for leaked keys knows it."""
    return MARK + secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """Give what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def named(headers: Iterable[tuple[bytes, bytes]], query: bytes, partners: tuple[Partner, ...]) -> Named:
    """Tell which partner a request names.

    Every key is compared, each in a time that does not depend on where it differs. Whoever sends credentials that are
    not right is refused, never taken for somebody without any; so is a key in the query, where logs would keep it.
    """
    if MARK.encode() in query:
        return "refused"
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        return "nobody"
    read = _BEARER.fullmatch(given[0])
    if read is None or len(given) > 1:
        return "refused"
    presented = hashlib.sha256(read[1]).hexdigest()
    found: Named = "refused"
    for partner in partners:
        if hmac.compare_digest(partner.sha256, presented):
            found = partner
    return found


@lru_cache(maxsize=8192)
def network(host: str) -> str:
    """Give the network that an address counts as: itself, or of IPv6 the 64 bits that one household is given."""
    try:
        address = ip_address(host)
    except ValueError:
        return UNKNOWN
    match address:
        case IPv6Address(ipv4_mapped=IPv4Address() as mapped):
            return str(mapped)
        case IPv6Address():
            return f"{int(address) >> 64:016x}"
        case _:
            return str(address)
