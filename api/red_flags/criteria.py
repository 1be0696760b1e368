"""Holds one criterion as functions over masks, to look at it alone: whether it holds, why, and what it waits for.

Where exactly the bits of a mask are true, a criterion without negation is true or false; a state of knowledge is two
masks, what is present and what is not absent. Means exactly what `api.logic` means.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from api.logic import needed, parts
from api.red_flags.masks import joined
from schemas.criteria import Criterion


class CompiledCriterion(NamedTuple):
    """A criterion as three functions over masks.

    `holds(mask)` tells whether it is true where exactly the bits of the mask are true. `reasons(mask)` gives the bits
    of the true leaves of its true parts, 0 where it is not true. `unknown(lower, upper)` gives the bits of the unknown
    leaves of its unknown parts, 0 where it is settled.
    """

    holds: Callable[[int], bool]
    reasons: Callable[[int], int]
    unknown: Callable[[int, int], int]


def compile_criterion(criterion: Criterion, bit: Callable[[Criterion], int]) -> CompiledCriterion:
    """Turn a criterion into functions over masks; `bit` gives the bit of a leaf."""
    inside = parts(criterion) or (criterion,)
    if not any(parts(part) for part in inside):
        flat = [bit(part) for part in inside]
        if len(set(flat)) == len(flat):
            return _flat(flat, needed(criterion))
    return _nested([compile_criterion(part, bit) for part in inside], needed(criterion))


def _flat(bits: Sequence[int], count: int) -> CompiledCriterion:
    """Count leaves in one mask: `any_of` needs 1 of them, `all_of` each, `some_of` its count."""
    every = joined(bits)

    def holds(mask: int) -> bool:
        return (mask & every).bit_count() >= count

    def reasons(mask: int) -> int:
        found = mask & every
        return found if found.bit_count() >= count else 0

    def unknown(lower: int, upper: int) -> int:
        return 0 if holds(lower) or not holds(upper) else upper & every & ~lower

    return CompiledCriterion(holds, reasons, unknown)


def _nested(inner: Sequence[CompiledCriterion], count: int) -> CompiledCriterion:
    """Count parts one by one."""

    def holds(mask: int) -> bool:
        return sum(part.holds(mask) for part in inner) >= count

    def reasons(mask: int) -> int:
        found = [part.reasons(mask) for part in inner]
        return joined(found) if len(found) - found.count(0) >= count else 0

    def unknown(lower: int, upper: int) -> int:
        return 0 if holds(lower) or not holds(upper) else joined(part.unknown(lower, upper) for part in inner)

    return CompiledCriterion(holds, reasons, unknown)
