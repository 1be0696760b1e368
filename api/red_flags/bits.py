"""Holds which bit stands for which finding, and which bits a number sets. Knows no red flag.

Every yes/no finding is one bit, and so is every band of a number. They stand in the order of asking, the first asked
lowest.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from math import inf
from typing import NamedTuple

from pydantic import MISSING

from api.content.vocabulary import Vocabulary
from api.logic import identifier, in_band, leaves
from api.red_flags.masks import joined
from schemas.content import Finding
from schemas.criteria import Criterion
from schemas.releases import Bundle


class Bits(NamedTuple):
    """The bits of one content."""

    names: tuple[str, ...]
    """The finding of each bit."""
    own: Mapping[str, int]
    """For a yes/no finding its bit, for a number the bits of its bands; a number without bands is not here."""
    bands: Mapping[str, tuple[tuple[Criterion, int], ...]]
    """The bands of each number with their bits."""
    atoms: Mapping[Criterion, int]
    """The bit of each band."""

    def leaf(self, leaf: Criterion) -> int:
        """Give the bit of a leaf."""
        return self.atoms[leaf] if leaf.op == "number" else self.own[identifier(leaf)]

    def of(self, names: Iterable[str]) -> int:
        """Give the bits of some findings."""
        return joined(self.own.get(name, 0) for name in names)


class Number(NamedTuple):
    """What a number may be, and what each value says."""

    low: float
    high: float
    decimals: int
    up: int
    """The bits that are present where there is such a number at all."""
    every: int
    """The bits of all its bands."""
    ends: tuple[float, ...]
    inside: tuple[int, ...]
    """The bits of the bands that hold below the first end, from the first to the second, and so on."""

    def bands_at(self, value: float) -> int:
        """Give the bits of the bands that a value lies in."""
        return self.inside[bisect_right(self.ends, value)]

    def takes(self, value: float) -> bool:
        """Tell whether a value is sure to be fit; where it is not sure, it is looked at more closely."""
        return self.low <= value <= self.high and round(value, self.decimals) == value


def lay_out(bundle: Bundle, words: Vocabulary) -> Bits:
    """Give every finding of a content its bits."""
    criteria = [red_flag.when for red_flag in bundle.red_flags]
    criteria += [
        caution.unsuitable_when
        for remedy in bundle.remedies
        for caution in remedy.cautions
        if caution.unsuitable_when is not MISSING
    ]
    criteria += [item.when for item in bundle.reassurance]
    every = sorted({leaf for one in criteria for leaf in leaves(one) if leaf.op == "number"}, key=str)
    names: list[str] = []
    own: dict[str, int] = {}
    bands: dict[str, tuple[tuple[Criterion, int], ...]] = {}
    for name in dict.fromkeys((*bundle.question_order, *words.findings)):
        if words.findings[name].kind == "number":
            own_bands = [band for band in every if identifier(band) == name]
            bands[name] = tuple((band, 1 << place) for place, band in enumerate(own_bands, len(names)))
            count = len(own_bands)
        else:
            count = 1
        if count:
            own[name] = ((1 << count) - 1) << len(names)
        names += [name] * count
    return Bits(tuple(names), own, bands, {band: bit for found in bands.values() for band, bit in found})


def make_number(finding: Finding, bands: Iterable[tuple[Criterion, int]], up: int) -> Number:
    """Work out which bands each value of a number lies in: they change at their ends only."""
    bands = tuple(bands)
    ends = sorted({end for band, _ in bands for end in (band.at_least, band.below) if end is not MISSING})
    return Number(
        low=-inf if finding.minimum is MISSING else finding.minimum,
        high=inf if finding.maximum is MISSING else finding.maximum,
        decimals=0 if finding.decimals is MISSING else finding.decimals,
        up=up,
        every=joined(bit for _, bit in bands),
        ends=tuple(ends),
        inside=tuple(joined(bit for band, bit in bands if in_band(band, value)) for value in (-inf, *ends)),
    )
