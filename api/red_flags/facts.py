"""Holds what is known of one person, worked out from a profile. Refuses what contradicts itself; guesses nothing.

Present climbs to what a finding implies, absent descends to what implies it. *Unsure climbs too*: who does not know
whether a finding is there cannot deny what it implies, so an `absent` above an `unsure` is a contradiction, and a gate
above an `unsure` is not asked again (see docs/decisions/0003-unsure-climbs.md).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from pydantic import MISSING

from api.red_flags.compiled import Rules, View
from schemas.checks import Profile
from schemas.content import Finding
from schemas.problems import ProblemError, ProfileRefused


class Facts(NamedTuple):
    """A state of knowledge in masks over the bits of the rules."""

    present: int
    absent: int
    unsure: int
    """Unknown, and asked already or known to be undecidable by the person."""
    given: frozenset[str]
    """The ids given as present, and the numbers measured, as they were given."""


class Given(NamedTuple):
    """A profile's four lists; the measurements under the ids by which they are read today."""

    present: tuple[str, ...]
    absent: tuple[str, ...]
    unsure: tuple[str, ...]
    measurements: Mapping[str, float]


NOTHING: Final = Facts(0, 0, 0, frozenset())
"""The state of knowledge of an empty profile."""


def facts(profile: Profile, rules: Rules, view: View) -> Facts:
    """Work out what a profile says.

    Raises:
        ProfileRefused: a finding is unknown, of the wrong kind, outside the topic, repeated or contradicted; a number
            is out of its domain or has too many decimals.

    """
    if not _surely_fine(profile, rules, view):
        errors = tuple(_refusals(profile, rules, view))
        if errors:
            raise ProfileRefused(errors)
    measured = {rules.read_as[one.finding]: one.value for one in profile.measurements}
    found = weigh(Given(profile.present, profile.absent, profile.unsure, measured), rules)
    if found.absent & (found.present | found.unsure):
        errors = tuple(_contradictions(profile, found, rules))
        if errors:
            raise ProfileRefused(errors)
    return found


def weigh(given: Given, rules: Rules) -> Facts:
    """Turn lists of ids into masks; where they contradict each other, what is present stands in both masks."""
    present = absent = unsure = 0
    up, down, doubt = rules.up, rules.down, rules.doubt
    for name in given.present:
        present |= up[name]
    for name in given.absent:
        absent |= down[name]
    for name in given.unsure:
        unsure |= doubt[name]
    for name, value in given.measurements.items():
        number = rules.numbers[name]
        inside = number.bands_at(value)
        present |= number.up | inside
        absent |= number.every & ~inside
    read_as = rules.read_as
    return Facts(
        present,
        absent,
        unsure & ~present,
        frozenset([*[read_as[name] for name in given.present], *given.measurements]),
    )


def _surely_fine(profile: Profile, rules: Rules, view: View) -> bool:
    """Tell whether nothing needs refusing but a contradiction; where it is not sure, each finding is looked at."""
    measured = [one.finding for one in profile.measurements]
    sent = (*profile.present, *profile.absent, *profile.unsure, *measured)
    return (
        len(set(sent)) == len(sent)
        and view.sendable.issuperset(sent)
        and view.yes_no.issuperset(profile.present)
        and view.yes_no.issuperset(profile.absent)
        and view.yes_no.isdisjoint(measured)
        and all(rules.numbers[one.finding].takes(one.value) for one in profile.measurements)
    )


def _contradictions(profile: Profile, found: Facts, rules: Rules) -> Iterator[ProblemError]:
    for index, name in enumerate(profile.absent):
        if rules.bits[rules.read_as[name]] & (found.present | found.unsure):
            yield ProblemError(
                pointer=f"/absent/{index}",
                code="contradiction",
                detail="It is denied here, yet something else in the profile says or leaves open that it is so. "
                "Take it out of `absent` and send the rest again.",
            )


def _refusals(profile: Profile, rules: Rules, view: View) -> Iterator[ProblemError]:
    seen: set[str] = set()
    known = rules.words.findings
    measured = tuple(one.finding for one in profile.measurements)
    lists = {"present": profile.present, "unsure": profile.unsure, "absent": profile.absent}
    both = set(profile.absent) & (set(profile.present) | set(profile.unsure))
    for name, sent in [*lists.items(), ("measurements", measured)]:
        for index, one in enumerate(sent):
            pointer = f"/{name}/{index}" + ("/finding" if name == "measurements" else "")
            if one not in known:
                yield _unknown(pointer, one, view)
            elif one in seen and not (name == "absent" and one in both):
                yield ProblemError(
                    pointer=pointer, code="repeated", detail="This finding is given more than once. Give it once."
                )
            elif rules.words.read_as(one) not in view.readable:
                yield ProblemError(
                    pointer=pointer,
                    code="outside_topic",
                    detail="Nothing that is considered for this topic asks about this finding. Leave it out, or leave "
                    "out `topic`.",
                )
            elif name == "measurements":
                yield from _number_refusals(f"/measurements/{index}", known[one], profile.measurements[index].value)
            elif known[one].kind == "number" and name != "unsure":
                yield ProblemError(
                    pointer=pointer, code="wrong_kind", detail="This finding is a number: give it in `measurements`."
                )
            seen.add(one)


def _unknown(pointer: str, sent: str, view: View) -> ProblemError:
    from rapidfuzz import process  # noqa: PLC0415 -- only what is unknown needs it

    near = [name for name, _, _ in process.extract(sent, sorted(view.readable), limit=3, score_cutoff=60)]
    nearest = f" The nearest known ids are: {', '.join(near)}." if near else ""
    return ProblemError(
        pointer=pointer,
        code="unknown_finding",
        detail=f"There is no finding of this id.{nearest} GET /v1/findings lists them all. If the rest holds a sign "
        "of an emergency, send the rest now without it.",
    )


def _number_refusals(pointer: str, finding: Finding, value: float) -> Iterator[ProblemError]:
    if finding.kind != "number":
        yield ProblemError(
            pointer=f"{pointer}/finding",
            code="wrong_kind",
            detail="This finding is answered by yes or no: give it in `present`, `absent` or `unsure`.",
        )
        return
    low, high, decimals = finding.minimum, finding.maximum, finding.decimals
    if low is not MISSING and high is not MISSING and not low <= value <= high:
        yield ProblemError(
            pointer=f"{pointer}/value", code="out_of_range", detail=f"It must be from {low:g} to {high:g}."
        )
    elif decimals is not MISSING and -int(Decimal(repr(value)).normalize().as_tuple().exponent) > decimals:
        yield ProblemError(
            pointer=f"{pointer}/value",
            code="too_many_decimals",
            detail=f"It takes at most {decimals} decimals." if decimals else "It takes whole numbers only.",
        )
