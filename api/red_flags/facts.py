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
    """A profile's four lists."""

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
    measured = {one.finding: one.value for one in profile.measurements}
    given = Given(profile.present, profile.absent, profile.unsure, measured)
    found = _weighed(given, len(profile.measurements), rules, view)
    if found is None:
        errors = tuple(_refusals(profile, rules, view))
        if errors:
            raise ProfileRefused(errors)
        found = weigh(given, rules, view)
    if found.absent & (found.present | found.unsure):
        errors = tuple(_contradictions(profile, found, rules))
        if errors:
            raise ProfileRefused(errors)
    return found


def weigh(given: Given, rules: Rules, view: View) -> Facts:
    """Turn lists of ids into masks; where they contradict each other, what is present stands in both masks.

    Raises:
        KeyError: a finding cannot be sent, or not in that list.

    """
    present = absent = unsure = 0
    sent, read_as = view.sent, rules.read_as
    up, down, doubt = sent.up, sent.down, sent.doubt
    for name in given.present:
        present |= up[name]
    for name in given.absent:
        absent |= down[name]
    for name in given.unsure:
        unsure |= doubt[name]
    named = [read_as[name] for name in given.present]
    for name, value in given.measurements.items():
        number = sent.numbers[name]
        inside = number.bands_at(value)
        present |= number.up | inside
        absent |= number.every & ~inside
        named.append(read_as[name])
    return Facts(present, absent, unsure & ~present, frozenset(named))


def _weighed(given: Given, measured: int, rules: Rules, view: View) -> Facts | None:
    """Weigh what surely needs no refusing but of a contradiction; else none, and each finding is to be looked at."""
    present, absent, unsure, values = given
    count = len(present) + len(absent) + len(unsure) + measured
    if len({*present, *absent, *unsure, *values}) != count:
        return None
    try:
        found = weigh(given, rules, view)
    except KeyError:
        return None
    numbers, read_as = view.sent.numbers, rules.read_as
    if values and (
        len({read_as[name] for name in values}) != measured
        or not all(numbers[name].takes(value) for name, value in values.items())
    ):
        return None
    return found


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
    read = [rules.read_as.get(one) for one in measured]
    for name, sent in [*lists.items(), ("measurements", measured)]:
        for index, one in enumerate(sent):
            pointer = f"/{name}/{index}" + ("/finding" if name == "measurements" else "")
            if one not in known:
                yield _unknown(pointer, one, view)
            elif (one in seen and not (name == "absent" and one in both)) or (
                name == "measurements" and read[index] in read[:index]
            ):
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
