"""Holds what a criterion means: strong Kleene logic over absent < unknown < present. Knows no release and no person.

This is the meaning of every rule in the project, written to be read. `api.red_flags.tallies` and
`api.red_flags.criteria` are the same in bits, and tests hold them equal.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64: the strong three-valued connectives.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import assert_never

from pydantic import MISSING

from schemas.criteria import Criterion


class Truth(IntEnum):
    """How much is known of a statement, ordered."""

    ABSENT = 0
    UNKNOWN = 1
    PRESENT = 2


LeafTruth = Callable[[Criterion], Truth]
"""Tells the truth of a leaf: a criterion whose operator is `finding` or `number`."""


def evaluate(criterion: Criterion, leaf: LeafTruth) -> Truth:
    """Tell whether a criterion is absent, unknown or present.

    `all_of` is the least of its parts, `any_of` the greatest, `some_of` the count-th greatest.
    """
    match criterion.op:
        case "finding" | "number":
            return leaf(criterion)
        case "all_of":
            return min(evaluate(part, leaf) for part in parts(criterion))
        case "any_of":
            return max(evaluate(part, leaf) for part in parts(criterion))
        case "some_of":
            return sorted((evaluate(part, leaf) for part in parts(criterion)), reverse=True)[needed(criterion) - 1]
        case _:
            assert_never(criterion.op)


def reasons(criterion: Criterion, leaf: LeafTruth) -> Iterator[Criterion]:
    """Give the leaves that decide why a criterion has its truth.

    Of a present criterion these are the present leaves of its present parts: they alone make it present. Of an
    unknown one they are the unknown leaves of its unknown parts: however they are answered, it is settled. A part
    that is settled already gives nothing.
    """
    truth = evaluate(criterion, leaf)
    if criterion.op in {"finding", "number"}:
        yield criterion
        return
    for part in parts(criterion):
        if evaluate(part, leaf) is truth:
            yield from reasons(part, leaf)


def ways(criterion: Criterion) -> frozenset[frozenset[Criterion]]:
    """Give every smallest set of leaves that together make the criterion present."""
    if criterion.op in {"finding", "number"}:
        return frozenset({frozenset({criterion})})
    count = needed(criterion)
    found: set[tuple[int, frozenset[Criterion]]] = {(0, frozenset())}
    for part in parts(criterion):
        taken = {(have + 1, before | way) for have, before in found if have < count for way in ways(part)}
        found |= taken
    full = {way for have, way in found if have == count}
    return frozenset(way for way in full if not any(other < way for other in full))


def leaves(criterion: Criterion) -> Iterator[Criterion]:
    """Give every leaf of a criterion, in the order in which it is written."""
    if criterion.op in {"finding", "number"}:
        yield criterion
    else:
        for part in parts(criterion):
            yield from leaves(part)


def needed(criterion: Criterion) -> int:
    """Tell how many parts of an `all_of`, `any_of` or `some_of` must be present for it to be present."""
    if criterion.op == "some_of":
        return criterion.count if criterion.count is not MISSING else 1
    return len(parts(criterion)) if criterion.op == "all_of" else 1


def parts(criterion: Criterion) -> tuple[Criterion, ...]:
    """Give the parts of a criterion; a leaf has none."""
    return criterion.of if criterion.of is not MISSING else ()


def identifier(leaf: Criterion) -> str:
    """Give the id of the finding that a leaf asks about."""
    return leaf.id if leaf.id is not MISSING else ""


def in_band(band: Criterion, value: float) -> bool:
    """Tell whether a number lies in a band `at_least <= value < below`; an end that is left out is open."""
    return (band.at_least is MISSING or value >= band.at_least) and (band.below is MISSING or value < band.below)
