"""Holds the comparing of servers by rates that were measured in turns. Knows no case and no target."""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.loading import Load, Measured, measure
from benchmarks.servers import Server

CLIENT, CORE, OTHER = "0,1", "2", "3"
"""The cores of wrk, of the server that is measured, and of what stands behind or beside it."""
WARMING = 1.0
"""Seconds for which each server is loaded before anything counts."""


class Turns(NamedTuple):
    """How long each measurement takes, in seconds, and how often the servers take turns."""

    seconds: float
    repeats: int


class Contender(NamedTuple):
    """One server and what is asked of it."""

    name: str
    server: Server
    load: Load
    target: float = 1.0
    """How many times the rate of the one that it is compared with it is meant to reach, at least."""


class Row(NamedTuple):
    """One comparison: medians of rates and work, and the median, least and greatest ratio of the repeats."""

    case: str
    contender: Contender
    base: Contender
    rate: float
    base_rate: float
    ratio: float
    least: float
    greatest: float
    work: float
    """Seconds of a core for each request."""
    work_ratio: float
    """How many times the work of the contender the base does."""

    @property
    def reached(self) -> bool:
        """Whether the median ratio is at least the target."""
        return self.ratio >= self.contender.target


def compare(
    case: str, base: Contender, others: Sequence[Contender], turns: Turns, tell: Callable[[Row], None]
) -> list[Row]:
    """Measure servers in turns, and tell the ratio of each to the first."""
    every = [base, *others]
    for one in every:
        measure(one.server, one.load, WARMING, CLIENT)
    rounds = [[measure(one.server, one.load, turns.seconds, CLIENT) for one in every] for _ in range(turns.repeats)]
    rows = [
        _row(case, base, one, [(each[0], each[place]) for each in rounds]) for place, one in enumerate(others, start=1)
    ]
    for row in rows:
        tell(row)
    return rows


def _row(case: str, base: Contender, one: Contender, pairs: Sequence[tuple[Measured, Measured]]) -> Row:
    ratios = [ours.rate / theirs.rate for theirs, ours in pairs]
    return Row(
        case=case,
        contender=one,
        base=base,
        rate=statistics.median(ours.rate for _, ours in pairs),
        base_rate=statistics.median(theirs.rate for theirs, _ in pairs),
        ratio=statistics.median(ratios),
        least=min(ratios),
        greatest=max(ratios),
        work=statistics.median(ours.work for _, ours in pairs),
        work_ratio=statistics.median(theirs.work / ours.work for theirs, ours in pairs),
    )
