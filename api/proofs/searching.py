"""Holds the asking of the solver: is there somebody of whom a formula is so, and who is the smallest. Knows no release.

The smallest is who takes the fewest entries to describe: findings that no other entry implies, and numbers in a band.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import z3

from api.proofs.encoding import Worlds
from schemas.problems import ContentRefused, Fault

EFFORT: Final = 200_000_000
"""The most steps that the solver may take for one question; far more than any takes, and the same on every machine."""


class Found(NamedTuple):
    """Somebody whom the solver found, described in the fewest entries."""

    present: tuple[str, ...]
    numbers: Mapping[str, float]
    """By their value."""
    has: frozenset[str]
    """What is present, and all that it implies: what a content reads that knows only a part of it."""


class Search:
    """Questions to the solver about the people of some worlds. `clock` tells seconds; it only measures."""

    def __init__(self, worlds: Worlds, clock: Callable[[], float], effort: int = EFFORT) -> None:
        """Tell the solver what is so of everybody."""
        self.worlds = worlds
        self.seconds = 0.0
        self._clock = clock
        self._solver = z3.Solver()
        self._solver.set("rlimit", effort)
        self._solver.add(*worlds.possible)
        self._at_most: dict[int, z3.BoolRef] = {}
        self._named = {key: z3.Bool(f"named {key}") for key in sorted(worlds.named)}
        self._solver.add(*(self._named[key] == one for key, one in worlds.named.items()))

    def possible(self, *formulas: z3.BoolRef) -> bool:
        """Tell whether all formulas are so of somebody; where they are not, that is a proof.

        Raises:
            ContentRefused: the solver gave up.

        """
        started = self._clock()
        answer = self._solver.check(*formulas)
        self.seconds += self._clock() - started
        if answer == z3.unknown:
            raise ContentRefused((Fault("release", "", "the solver gave up: nothing is proved, nothing is released"),))
        return bool(answer == z3.sat)

    def smallest(self, formula: z3.BoolRef) -> Found | None:
        """Give the smallest person of whom a formula is so; None where it is so of nobody.

        Of several that are equally small it is the one whose entries come first by their ids, with the lowest values:
        the same on every machine, whatever the solver happens to look at first.
        """
        asked = z3.FreshBool("asked")
        self._solver.add(z3.Implies(asked, formula))
        if not self.possible(asked):
            return None
        size = 0
        while not self.possible(asked, self._within(size)):
            size += 1
        fixed = [asked, self._within(size)]
        entries = self._entries()
        for place in range(size):
            while self._is_earlier(place, entries, fixed):
                entries = self._entries()
            fixed.append(self._named[entries[place]])
        numbers = {key: self._lowest(key, fixed) for key in entries if key in self.worlds.numbers}
        present = tuple(key for key in entries if key not in numbers)
        implied = {high for low, high in self.worlds.certain if low in entries}
        return Found(present, numbers, frozenset(implied.union(present)))

    def _is_earlier(self, place: int, entries: list[str], fixed: list[z3.BoolRef]) -> bool:
        """Tell whether an entry with an earlier id can stand at a place, where those before it are fixed."""
        known = set(entries[:place])
        others = [one for key, one in self._named.items() if key < entries[place] and key not in known]
        return bool(others) and self.possible(*fixed, z3.Or(others))

    def _lowest(self, key: str, fixed: list[z3.BoolRef]) -> float:
        """Find the lowest value that there can be of a number, and fix it; it is where some band begins or ends."""
        number = self.worlds.numbers[key]
        value = next(cut for cut in number.cuts if self.possible(*fixed, number.value == cut))
        fixed.append(number.value == value)
        return float(value / 10**number.domain.decimals)

    def _entries(self) -> list[str]:
        """Read what describes the person whom the solver found last, in order."""
        model = self._solver.model()
        return [key for key, one in self._named.items() if z3.is_true(model[one])]

    def _within(self, size: int) -> z3.BoolRef:
        """Give the formula that a person takes at most so many entries."""
        if size not in self._at_most:
            self._at_most[size] = z3.Bool(f"at most {size}")
            self._solver.add(z3.Implies(self._at_most[size], z3.PbLe([(one, 1) for one in self._named.values()], size)))
        return self._at_most[size]
