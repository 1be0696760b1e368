"""Holds two contents as formulas over one person of whom everything is known. Needs the solver; asks it nothing.

A finding is a Boolean: the person tells of it. A number is a whole multiple of its last decimal besides, so that every
value found is one that a profile takes. By laws 2 and 3 of the check, contents that are equal on complete profiles are
equal on all, so no third value is needed.

Each content reads what is told in its own way: a finding holds where it, or one that implies it there, is told. So an
older content reads of a complete profile exactly the part that it knows, where the newer vocabulary only grows.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, assert_never

import z3
from pydantic import MISSING

from api.changes.vocabularies import Domain, Joined, asked, domain, join, scaled
from api.content.checks.references import criteria_of
from api.content.vocabulary import Vocabulary
from api.logic import identifier, leaves, needed, parts
from schemas.content import Finding, RedFlag, Remedy
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import RANK

ALL_TOPICS: Final = ""
"""The view of all topics."""

Names = Mapping[str, str]
"""For every finding that one content asks, the name under which the person tells of it."""
Pairs = frozenset[tuple[str, str]]
"""What is told, and what is then told too."""


class Number(NamedTuple):
    """A number: its value in units of its last decimal, the values it takes, and where bands begin and end."""

    value: z3.ArithRef
    domain: Domain
    cuts: tuple[int, ...]
    in_band: z3.BoolRef
    """It lies in a band of some red flag or caution; where it does not, nothing is decided by it."""


class Side(NamedTuple):
    """One content as formulas, each by the id of its item."""

    bundle: Bundle
    red_flags: Mapping[str, z3.BoolRef]
    kept_back: Mapping[str, z3.BoolRef]
    """A remedy is not suggested: it is no self-care, or one of its cautions holds."""
    told_of: Mapping[str, z3.BoolRef]
    """A check says whether a remedy is withheld: the level is below urgent, and a topic or a fitting cause names it."""
    reassurance: Mapping[str, z3.BoolRef]
    findings: Mapping[str, z3.BoolRef]


class Worlds(NamedTuple):
    """Everybody there can be, as an older and a newer content see them."""

    joined: Joined
    told: Mapping[str, z3.BoolRef]
    numbers: Mapping[str, Number]
    possible: tuple[z3.BoolRef, ...]
    """What is so of everybody."""
    named: Mapping[str, z3.BoolRef]
    """What must be named to describe the person: findings that nothing named implies, numbers that are in a band."""
    certain: Pairs
    """What follows from what for both contents."""
    before: Side
    after: Side


def encode(before: Bundle, after: Bundle) -> Worlds:
    """Write two contents as formulas. The worlds of one content are those of it beside itself."""
    joined = join(before, after)
    own = {name: name for name in asked(joined.after)}
    told = {key: z3.Bool(f"told {key}") for key in (*own, *joined.keys.values())}
    certain = _certain(joined, own)
    numbers = _numbers(joined, own, (before, after))
    possible = [z3.Implies(told[low], told[high]) for low, high in sorted(certain)]
    possible += [z3.And(one.value >= one.domain.lowest, one.value <= one.domain.highest) for one in numbers.values()]
    sides: list[Side] = []
    telling = {key: number.in_band for key, number in numbers.items()}
    for bundle, words, names in ((before, joined.before, joined.keys), (after, joined.after, own)):
        telling |= {names[name]: z3.BoolVal(val=True) for name in _climbing(words, names, certain)}
        holds = {name: _holds(name, words, names, told, certain) for name in names}
        possible += [z3.Implies(exists, told[names[name]]) for name, exists in _numbers_there(words, names, holds)]
        sides.append(_side(bundle, _Reader(holds, told, names, numbers)))
    return Worlds(joined, told, numbers, tuple(possible), _named(told, telling, certain), certain, *sides)


def at_least(side: Side, view: str, rank: int) -> z3.BoolRef:
    """Give the formula that the level, in the view of a topic, is of a rank or above."""
    return z3.Or([side.red_flags[flag.id] for flag in side.bundle.red_flags if counts(flag, view, rank)])


def counts(red_flag: RedFlag, view: str, rank: int) -> bool:
    """Tell whether a red flag is of a rank or above and is considered in the view of a topic."""
    considered = view == ALL_TOPICS or not red_flag.topics or view in red_flag.topics
    return considered and RANK[red_flag.level] >= rank


class _Reader(NamedTuple):
    """How one content reads what is told."""

    holds: Mapping[str, z3.BoolRef]
    told: Mapping[str, z3.BoolRef]
    names: Names
    numbers: Mapping[str, Number]

    def formula(self, criterion: Criterion) -> z3.BoolRef:
        """Write a criterion as a formula."""
        match criterion.op:
            case "finding":
                return self.holds[identifier(criterion)]
            case "number":
                key = self.names[identifier(criterion)]
                return z3.And(self.told[key], _band(criterion, self.numbers[key]))
            case "all_of" | "any_of" | "some_of":
                return z3.AtLeast(*map(self.formula, parts(criterion)), needed(criterion))
            case _:
                assert_never(criterion.op)

    def cautioned(self, remedy: Remedy) -> z3.BoolRef:
        """Write that some caution of a remedy holds."""
        criteria = [one.unsuitable_when for one in remedy.cautions if one.unsuitable_when is not MISSING]
        return z3.Or([self.formula(one) for one in criteria])


def _side(bundle: Bundle, reader: _Reader) -> Side:
    red_flags = {flag.id: reader.formula(flag.when) for flag in bundle.red_flags}
    mild = z3.Not(z3.Or([red_flags[flag.id] for flag in bundle.red_flags if counts(flag, ALL_TOPICS, RANK["urgent"])]))
    everywhere = {name for topic in bundle.topics for name in topic.remedies}
    fitting: dict[str, list[z3.BoolRef]] = {}
    for cause in bundle.causes:
        if cause.category != "dangerous_look_alike":
            clues = {name for clue in cause.tells_apart for name in clue.findings} & reader.holds.keys()
            for remedy in cause.remedies:
                fitting.setdefault(remedy, []).extend(reader.holds[name] for name in sorted(clues))
    return Side(
        bundle=bundle,
        red_flags=red_flags,
        kept_back={
            one.id: reader.cautioned(one) if one.use == "self_care" else z3.BoolVal(val=True) for one in bundle.remedies
        },
        told_of={
            one.id: z3.And(mild, z3.Or(one.id in everywhere, *fitting.get(one.id, []))) for one in bundle.remedies
        },
        reassurance={one.id: reader.formula(one.when) for one in bundle.reassurance},
        findings=reader.holds,
    )


def _certain(joined: Joined, own: Names) -> Pairs:
    """Give what follows from what for both contents.

    Between findings that both know, what only one of them says is left to each to read.
    """
    keys, known = joined.keys, set(joined.keys.values())
    old = {(keys[low], keys[high]) for low in keys for high in joined.before.ancestors[low] if high in keys}
    new = {(low, high) for low in own for high in joined.after.ancestors[low] if high in own and high != low}
    return frozenset(pair for pair in new if pair in old or not known.issuperset(pair))


def _holds(name: str, words: Vocabulary, names: Names, told: Mapping[str, z3.BoolRef], certain: Pairs) -> z3.BoolRef:
    key = names[name]
    below = {names[low] for low in words.descendants[name] if low in names}
    return z3.Or([told[low] for low in sorted(below) if low == key or (low, key) not in certain])


def _numbers(joined: Joined, own: Names, bundles: tuple[Bundle, Bundle]) -> dict[str, Number]:
    both = ((joined.before, joined.keys, bundles[0]), (joined.after, own, bundles[1]))
    found: dict[str, list[Finding]] = {}
    for words, names, _ in both:
        for name, key in names.items():
            if words.findings[name].kind == "number":
                found.setdefault(key, []).append(words.findings[name])
    bands = {(names[identifier(band)], band) for _, names, bundle in both for band in _bands(bundle)}
    numbers: dict[str, Number] = {}
    for key, findings in found.items():
        one = Number(z3.Int(f"value {key}"), domain(*findings), (), z3.BoolVal(val=False))
        own_bands = [band for name, band in sorted(bands, key=str) if name == key]
        ends = {end for band in own_bands for end in (band.at_least, band.below) if end is not MISSING}
        numbers[key] = one._replace(
            cuts=tuple(sorted({one.domain.lowest, *(scaled(end, one.domain.decimals) for end in ends)})),
            in_band=z3.Or([_band(band, one) for band in own_bands]),
        )
    return numbers


def _bands(bundle: Bundle) -> Iterator[Criterion]:
    for folder in ("red_flags", "remedies"):
        for item in getattr(bundle, folder):
            for _, criterion in criteria_of(item):
                yield from (leaf for leaf in leaves(criterion) if leaf.op == "number")


def _band(band: Criterion, number: Number) -> z3.BoolRef:
    inside: list[z3.BoolRef] = []
    if band.at_least is not MISSING:
        inside.append(number.value >= scaled(band.at_least, number.domain.decimals))
    if band.below is not MISSING:
        inside.append(number.value < scaled(band.below, number.domain.decimals))
    return z3.And(inside)


def _numbers_there(
    words: Vocabulary, names: Names, holds: Mapping[str, z3.BoolRef]
) -> Iterator[tuple[str, z3.BoolRef]]:
    """Give the numbers of one content and when each exists; of whom everything is known, it is known then."""
    for name in names:
        finding = words.findings[name]
        if finding.kind == "number":
            yield name, z3.BoolVal(val=True) if finding.of is MISSING else holds[finding.of]


def _climbing(words: Vocabulary, names: Names, certain: Pairs) -> Iterator[str]:
    """Give the numbers that say, to this content alone, that a finding is so: they tell something in no band too."""
    for name in names:
        if words.findings[name].kind == "number":
            above = {names[high] for high in words.ancestors[name] - {name} if high in names}
            if any((names[name], high) not in certain for high in above):
                yield name


def _named(told: Mapping[str, z3.BoolRef], telling: Mapping[str, z3.BoolRef], certain: Pairs) -> dict[str, z3.BoolRef]:
    said = {key: z3.And(one, telling.get(key, z3.BoolVal(val=True))) for key, one in told.items()}
    below: dict[str, list[z3.BoolRef]] = {}
    for low, high in sorted(certain):
        below.setdefault(high, []).append(said[low])
    return {key: z3.And(one, z3.Not(z3.Or(below.get(key, [])))) for key, one in said.items()}
