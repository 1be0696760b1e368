"""Holds the checks on criteria: which fields go with which operator, bands, and that every leaf can matter."""

from collections.abc import Iterator
from itertools import pairwise

from pydantic import MISSING

from api.content.checks.references import ITEMS, criteria_of, file_of
from api.content.vocabulary import Vocabulary
from api.logic import Truth, evaluate, identifier, in_band, leaves, parts, ways
from schemas.content import Finding
from schemas.criteria import Criterion
from schemas.problems import Fault
from schemas.releases import Bundle

_FIELDS = {
    "finding": ({"id"}, {"id"}),
    "number": ({"id"}, {"id", "at_least", "below"}),
    "all_of": ({"of"}, {"of"}),
    "any_of": ({"of"}, {"of"}),
    "some_of": ({"count", "of"}, {"count", "of"}),
}
"""For each operator the fields that it needs and those that it may have."""


def criterion_faults(bundle: Bundle, words: Vocabulary) -> Iterator[Fault]:
    """Give a fault for every criterion that is misshapen, asks for the impossible or holds an idle leaf."""
    bands: dict[str, list[Criterion]] = {}
    for folder in ITEMS:
        for item in getattr(bundle, folder):
            for pointer, criterion in criteria_of(item):
                file = file_of(folder, item.id)
                found = [Fault(file, pointer + below, text) for below, text in _shape(criterion, words, "")]
                yield from found
                if found:
                    continue
                yield from (Fault(file, pointer, text) for text in _bands(criterion, words))
                if folder == "red_flags":
                    yield from (Fault(file, pointer, text) for text in _idle(criterion, words))
                    for leaf in leaves(criterion):
                        if leaf.op == "number":
                            bands.setdefault(identifier(leaf), []).append(leaf)
    for name, found_bands in bands.items():
        if not any(
            all(not in_band(band, value) for band in found_bands)
            for value in _values(words.findings[name], found_bands)
        ):
            yield Fault(
                file_of("findings", name), "", "it has no neutral value: every value lies in a band of some red flag"
            )


def _shape(criterion: Criterion, words: Vocabulary, pointer: str) -> Iterator[tuple[str, str]]:
    needs, may = _FIELDS[criterion.op]
    given = {name for name in ("id", "at_least", "below", "count", "of") if getattr(criterion, name) is not MISSING}
    for name in sorted(needs - given):
        yield f"{pointer}/{name}", f"{criterion.op} needs it"
    for name in sorted(given - may):
        yield f"{pointer}/{name}", f"{criterion.op} does not take it"
    if criterion.count is not MISSING and criterion.count > len(parts(criterion)):
        yield f"{pointer}/count", "it is more than there are parts"
    if criterion.op in {"finding", "number"} and "id" in given:
        yield from _leaf_shape(criterion, words.findings[identifier(criterion)], pointer)
    for index, part in enumerate(parts(criterion)):
        yield from _shape(part, words, f"{pointer}/of/{index}")


def _leaf_shape(leaf: Criterion, finding: Finding, pointer: str) -> Iterator[tuple[str, str]]:
    if finding.kind != ("number" if leaf.op == "number" else "yes_no"):
        yield f"{pointer}/id", f"{finding.id} is of kind {finding.kind}"
    elif finding.replaced_by is not MISSING:
        yield f"{pointer}/id", f"{finding.id} is retired; {finding.replaced_by} took its place"
    elif leaf.op == "number":
        if leaf.at_least is MISSING and leaf.below is MISSING:
            yield pointer, "a band needs at_least, below or both"
        elif {in_band(leaf, value) for value in _values(finding, [leaf])} != {True, False}:
            yield pointer, "the band must hold some values of the number, but not all"


def _bands(criterion: Criterion, words: Vocabulary) -> Iterator[str]:
    """Say which numbers have bands in this criterion that share no value: then both ends would not be exact."""
    bands: dict[str, list[Criterion]] = {}
    for leaf in leaves(criterion):
        if leaf.op == "number":
            bands.setdefault(identifier(leaf), []).append(leaf)
    for name, found in bands.items():
        if not any(all(in_band(band, value) for band in found) for value in _values(words.findings[name], found)):
            yield f"the bands of {name} have no value in common"


def _values(finding: Finding, bands: list[Criterion]) -> list[float]:
    """Give one value of a number for every stretch that its bands cut its domain into."""
    low = finding.minimum if finding.minimum is not MISSING else 0.0
    high = finding.maximum if finding.maximum is not MISSING else 0.0
    ends = {end for band in bands for end in (band.at_least, band.below) if end is not MISSING}
    cuts = sorted({low, high, *(end for end in ends if low <= end <= high)})
    step = 10.0 ** -(finding.decimals if finding.decimals is not MISSING else 0)
    return cuts + [before + step for before, after in pairwise(cuts) if before + step < after]


def _idle(criterion: Criterion, words: Vocabulary) -> Iterator[str]:
    """Name the leaves that no consistent profile lets matter, so that nothing is ever asked in vain.

    A leaf matters where some smallest way of being present needs it: that way without the leaf, with all that it
    implies and all that the leaf itself implies, is not present already.
    """
    all_leaves = set(leaves(criterion))
    needed = ways(criterion)
    for leaf in sorted(all_leaves, key=str):
        mattering = False
        for way in needed:
            if leaf in way:
                others = closed(way - {leaf}, all_leaves, words)
                present = others | (closed(frozenset({leaf}), all_leaves, words) - {leaf})
                mattering |= leaf not in others and _truth(criterion, present) is not Truth.PRESENT
        if not mattering:
            yield f"{identifier(leaf)} can never matter here: the rest says the same or more"


def closed(given: frozenset[Criterion], all_leaves: set[Criterion], words: Vocabulary) -> frozenset[Criterion]:
    """Give the leaves that must be present where the given ones are."""
    return frozenset(other for other in all_leaves if any(_follows(other, leaf, words) for leaf in given))


def _follows(other: Criterion, leaf: Criterion, words: Vocabulary) -> bool:
    if other.op == leaf.op == "number" and other.id == leaf.id:
        values = _values(words.findings[identifier(leaf)], [other, leaf])
        return all(in_band(other, value) for value in values if in_band(leaf, value))
    return other == leaf or (other.op == "finding" and identifier(other) in words.ancestors[identifier(leaf)])


def _truth(criterion: Criterion, present: frozenset[Criterion]) -> Truth:
    return evaluate(criterion, lambda leaf: Truth.PRESENT if leaf in present else Truth.ABSENT)
