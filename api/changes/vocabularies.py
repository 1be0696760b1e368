"""Holds how the findings of two contents stand to one another: which is read as which, and what a change asks for.

Refuses to hold decisions: what the rules make of findings is `api.proofs.proving`.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

from pydantic import MISSING

from api.content.vocabulary import Vocabulary, vocabulary
from schemas.content import Finding
from schemas.releases import Bump, Bundle

REMOVED: Final = " (removed)"
"""Stands behind the id of a finding that only the older content has; no id holds a blank."""


class Domain(NamedTuple):
    """The values of a number: whole multiples of 10 to the power of minus `decimals`, both ends included."""

    lowest: int
    highest: int
    decimals: int


class Joined(NamedTuple):
    """Two vocabularies, and the one name under which both know a finding."""

    before: Vocabulary
    after: Vocabulary
    keys: Mapping[str, str]
    """For every finding that the older content asks, the newer's name for it; with REMOVED behind it where none is."""


def join(before: Bundle, after: Bundle) -> Joined:
    """Read the findings of an older content as a newer one does."""
    old, new = vocabulary(before.findings), vocabulary(after.findings)
    return Joined(old, new, {name: _key(name, old, new) for name in asked(old)})


def asked(words: Vocabulary) -> tuple[str, ...]:
    """Give the findings that are asked in their own name: those that are not retired."""
    return tuple(name for name, finding in words.findings.items() if finding.replaced_by is MISSING)


def domain(*findings: Finding) -> Domain:
    """Give the values that every one of some number findings takes; none where the lowest is above the highest."""
    decimals = min(_whole(one.decimals) for one in findings)
    lowest = max(_scaled(one.minimum, decimals, ROUND_CEILING) for one in findings)
    highest = min(_scaled(one.maximum, decimals, ROUND_FLOOR) for one in findings)
    return Domain(lowest, highest, decimals)


def scaled(end: float, decimals: int) -> int:
    """Give the first value from the end of a band on, in units of the last decimal."""
    return _scaled(end, decimals, ROUND_CEILING)


def step_of_finding(name: str, joined: Joined) -> Bump:
    """Tell what the difference between two editions of one finding asks for, whatever its words are.

    `major` where it cannot be answered, or does not mean of other findings, what it did; `minor` where it says more,
    of findings that are new; `patch` where the vocabulary is the same.
    """
    before, after, keys = joined
    today = after.read_as(name)
    if before.findings[name].replaced_by is not MISSING:
        return "patch" if keys[before.read_as(name)] == today else "major"
    merged = sum(key == today for key in keys.values()) > 1
    if merged or keys[name] != today or _answer(name, before, keys) != _answer(today, after, {}):
        return "major"
    known = set(keys.values())
    climbs = {keys[one] for one in before.ancestors[name] if one in keys}
    climbs_now = {one for one in after.ancestors[today] if after.findings[one].replaced_by is MISSING}
    if climbs != climbs_now & known:
        return "major"
    return "minor" if today != name or climbs != climbs_now else "patch"


def _key(name: str, before: Vocabulary, after: Vocabulary) -> str:
    """A finding that is gone, of another kind, or a number that shares no value is known to one side only."""
    if name not in after.findings:
        return name + REMOVED
    old, new = before.findings[name], after.findings[after.read_as(name)]
    if old.kind != new.kind:
        return name + REMOVED
    if old.kind == "number":
        shared = domain(old, new)
        return new.id if shared.lowest <= shared.highest else name + REMOVED
    return new.id


def _answer(name: str, words: Vocabulary, keys: Mapping[str, str]) -> tuple[object, ...]:
    """Give all that says how a finding is answered."""
    finding = words.findings[name]
    of = None if finding.of is MISSING else keys.get(finding.of, finding.of)
    numbers = (finding.unit, finding.minimum, finding.maximum, finding.decimals)
    return (finding.kind, *(None if one is MISSING else one for one in numbers), of)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _scaled(value: object, decimals: int, rounding: str) -> int:
    exact = Decimal(repr(value)) if isinstance(value, float | int) else Decimal(0)
    return int(exact.scaleb(decimals).to_integral_value(rounding))
