"""Holds the receipt of an answer, written straight in the one byte form of content (RFC 8785). Holds no text."""

from collections.abc import Iterable
from typing import Final

from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.red_flags.deciding import Decision
from schemas.checks import Profile
from schemas.words import Digest

_EXACT: Final = 2.0**53
"""Below it every whole number is its own digits, in JSON as in Python."""


def receipt(profile: Profile, decision: Decision, release: Digest) -> Digest:
    """Give the SHA-256 by which anyone who holds the parts can show what was asked and decided.

    It is taken over the RFC 8785 form of the release's digest, the profile (each list sorted by id), the topic and
    the decision. It holds no text, language or region. It can be reversed by trying, so it is health data. Ids need
    nothing escaped, so that the form is written here directly; a test holds it equal to the form of the same parts.
    """
    advice = f'"advice":"{decision.advice}",' if decision.advice is not None else ""
    settled = "true" if decision.status == "settled" else "false"
    measured = sorted(profile.measurements, key=lambda one: one.finding)
    values = ",".join([f'{{"finding":"{one.finding}","value":{_number(one.value)}}}' for one in measured])
    topic = "" if profile.topic is MISSING else f',"topic":"{profile.topic}"'
    return digest(
        f'{{"decision":{{{advice}"level":"{decision.level}",'
        f'"matched":{_listed(flag.id for flag in decision.matched)},'
        f'"settled":{settled},"worst_case":"{decision.worst_case}"}},'
        f'"profile":{{"absent":{_listed(profile.absent)},"measurements":[{values}],'
        f'"present":{_listed(profile.present)},"unsure":{_listed(profile.unsure)}}},'
        f'"release":"{release}"{topic}}}'.encode()
    )


def _number(value: float) -> str:
    """Write a number; whole ones, which most are, need no more than their digits."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return canonical(value).decode()


def _listed(ids: Iterable[str]) -> str:
    """Write ids as a sorted list."""
    joined = '","'.join(sorted(ids))
    return f'["{joined}"]' if joined else "[]"
