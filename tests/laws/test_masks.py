"""Sets of many more bits than one byte holds: what is looked up byte by byte is what each bit stands for."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from hypothesis import given
from hypothesis import strategies as st

from api.red_flags.masks import each_bit, join_table, joined, joined_by, sum_table, summed, those

MANY = st.lists(st.integers(0, 1 << 40), max_size=40)


def picked(entries: Sequence[int], mask: int) -> list[int]:
    """The entries at the bits of a mask, the lowest first."""
    return [entry for place, entry in enumerate(entries) if mask >> place & 1]


@given(MANY, st.integers(0, (1 << 40) - 1), st.integers(0, 1000))
def test_a_table_gives_what_every_bit_of_a_mask_stands_for(entries: list[int], mask: int, start: int) -> None:
    mask &= (1 << len(entries)) - 1
    assert summed(sum_table(entries), mask, start) == start + sum(picked(entries, mask))
    assert (
        joined_by(join_table(entries), mask) == joined(picked(entries, mask)) == reduce(or_, picked(entries, mask), 0)
    )
    assert list(those(entries, mask)) == picked(entries, mask)


@given(st.integers(0, (1 << 70) - 1))
def test_each_bit_is_given_once_and_the_highest_first(mask: int) -> None:
    assert list(each_bit(mask)) == [place for place in range(70) if mask >> place & 1][::-1]
