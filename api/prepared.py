"""Holds how something is prepared when it is first asked for: once, however many ask at once. Knows not what it is."""

from collections.abc import Callable
from threading import Lock
from typing import Any, Final, Generic, TypeVar

Made = TypeVar("Made")

MOST_OLDER: Final = 2
"""How much of what is seldom asked for is kept prepared: for a search and for matching, of one older release."""


class Prepared(Generic[Made]):
    """What takes long to make; calling it gives it. Any thread may; whoever comes while it is made waits.

    Where it is one of a `Few` it is let go of for others, and made anew when it is asked for again.
    """

    __slots__ = ("_few", "_lock", "_made", "_make")

    def __init__(self, make: Callable[[], Made], few: "Few | None" = None) -> None:
        """Make nothing yet."""
        self._make = make
        self._few = few
        self._lock = Lock()
        self._made: tuple[Made] | None = None

    def __call__(self) -> Made:
        """Give it, made now where it is not made yet; what fails is tried again by whoever asks next."""
        found = self._made
        if found is None:
            with self._lock:
                found = self._made or (self._make(),)
                self._made = found
        if self._few is not None:
            self._few.was_used(self)
        return found[0]

    def is_made(self) -> bool:
        """Tell whether calling it takes no time."""
        return self._made is not None

    def let_go(self) -> None:
        """Keep it no longer; whoever has it already keeps it."""
        self._made = None


class Few:
    """Keeps so many things prepared at most: those that were used last."""

    def __init__(self, most: int = MOST_OLDER) -> None:
        """Keep nothing yet."""
        self._most = most
        self._lock = Lock()
        self._kept: list[Prepared[Any]] = []

    def was_used(self, one: "Prepared[Any]") -> None:
        """Keep what was used, and let go of what was not used for longest."""
        with self._lock:
            self._kept = [*(other for other in self._kept if other is not one), one]
            while len(self._kept) > self._most:
                self._kept.pop(0).let_go()
