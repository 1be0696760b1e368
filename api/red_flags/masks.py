"""Holds how sets are written as the bits of one integer, and how many bits are looked up at once. Knows no finding."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import compress
from operator import getitem, or_
from typing import Final, TypeVar

Entry = TypeVar("Entry")

Table = tuple[tuple[int, ...], ...]
"""For each byte of a mask, lowest first, what each of its 256 values stands for; a mask has no more bytes."""

_BYTE: Final = 8
_DIGITS: Final = bytes(digit == ord("1") for digit in range(256))
"""Turns the digits of a binary number, as text, into zeros and ones."""


def joined(masks: Iterable[int]) -> int:
    """Give every bit that stands in one of the masks."""
    return reduce(or_, masks, 0)


def each_bit(mask: int) -> Iterator[int]:
    """Give the positions of the bits of a mask, the highest first: so a large mask soon grows small."""
    while mask:
        place = mask.bit_length() - 1
        yield place
        mask ^= 1 << place


def those(entries: Sequence[Entry], mask: int) -> Iterator[Entry]:
    """Give the entries that stand at the positions of the bits of a mask, the lowest first."""
    return compress(entries, bin(mask)[:1:-1].encode().translate(_DIGITS))


def sum_table(addends: Sequence[int]) -> Table:
    """Make the table by which what each bit of a mask adds is added up."""
    table: list[tuple[int, ...]] = []
    for start in range(0, len(addends), _BYTE):
        sums = [0]
        for addend in addends[start : start + _BYTE]:
            sums += [value + addend for value in sums]
        table.append(tuple(sums))
    return tuple(table)


def join_table(masks: Sequence[int]) -> Table:
    """Make the table by which the masks that the bits of a mask stand for are joined."""
    table: list[tuple[int, ...]] = []
    for start in range(0, len(masks), _BYTE):
        found = [0]
        for mask in masks[start : start + _BYTE]:
            found += [value | mask for value in found]
        table.append(tuple(found))
    return tuple(table)


def summed(table: Table, mask: int, start: int) -> int:
    """Add to a start what every bit of a mask adds."""
    return sum(filter(None, map(getitem, table, mask.to_bytes(len(table), "little"))), start)


def joined_by(table: Table, mask: int) -> int:
    """Join what every bit of a mask stands for."""
    return reduce(or_, filter(None, map(getitem, table, mask.to_bytes(len(table), "little"))), 0)
