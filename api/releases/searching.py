"""Holds the asking of the solver: is there somebody of whom a formula is so, and who is the smallest. Knows no release.

The smallest is who takes the fewest entries to describe: findings that no other entry implies, and numbers in a band.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import z3

from api.releases.encoding import Worlds
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
        self._entries = [(one, 1) for one in worlds.named.values()]

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
        """Give the smallest person of whom a formula is so; None where it is so of nobody."""
        asked = z3.FreshBool("asked")
        self._solver.add(z3.Implies(asked, formula))
        if not self.possible(asked):
            return None
        size = 0
        while not self.possible(asked, self._within(size)):
            size += 1
        return self._found()

    def _within(self, size: int) -> z3.BoolRef:
        """Give the formula that a person takes at most so many entries."""
        if size not in self._at_most:
            self._at_most[size] = z3.Bool(f"at most {size}")
            self._solver.add(z3.Implies(self._at_most[size], z3.PbLe(self._entries, size)))
        return self._at_most[size]

    def _found(self) -> Found:
        """Read the person whom the solver found last; of a stretch in which nothing differs, the lowest value."""
        model = self._solver.model()
        named = [key for key, one in self.worlds.named.items() if z3.is_true(model.eval(one, model_completion=True))]
        numbers: dict[str, float] = {}
        for key in named:
            if key in self.worlds.numbers:
                number = self.worlds.numbers[key]
                value = model.eval(number.value, model_completion=True).as_long()
                lowest = max(cut for cut in number.cuts if cut <= value)
                numbers[key] = lowest / 10**number.domain.decimals
        has = {key for key, one in self.worlds.told.items() if z3.is_true(model.eval(one, model_completion=True))}
        present = tuple(sorted(key for key in named if key not in numbers))
        return Found(present, numbers, frozenset(has - self.worlds.numbers.keys()))
