"""Holds the metrics, as Prometheus reads them: answers by route, method and status, and which release is served.

Refuses to hold anything of a person: no address, no partner, no finding, no red flag, no level. The labels are words of
our own, so that there are never more series than routes, methods and statuses.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import accumulate
from typing import Final

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from api import VERSION
from api.releases.library import Library
from api.web.observing import Headers
from api.web.problems import CHECK_PATH

BOUNDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, float("inf"))
"""The upper bounds of the histogram's buckets, in seconds."""
BOUND_NAMES: Final = tuple(floatToGoString(bound) for bound in BOUNDS)  # type: ignore[no-untyped-call]  # its own form
LABELS: Final = ("route", "method", "status")
DURATION: Final = ("sleep_guidance_request_duration_seconds", "Requests answered, and how long each took.")
CHECKS: Final = ("sleep_guidance_check_answers", "Answers of the red-flag check, by status code.")

Cell = list[float]
"""How many answers fell into each bucket, and last the seconds that all of them took."""


class Tally(Collector):
    """Counts answers. Only the thread that answers writes; others read, and never see half a number."""

    def __init__(self) -> None:
        """Begin with none."""
        self._cells: dict[tuple[str, str, int], Cell] = {}

    def record(self, route: str, method: str, status: int, seconds: float, _headers: Headers) -> None:
        """Count one answer. It is called for each, so it does as little as can be."""
        try:
            cell = self._cells[route, method, status]
        except KeyError:
            cell = self._cells[route, method, status] = [0.0] * (len(BOUNDS) + 1)
        cell[bisect_left(BOUNDS, seconds)] += 1
        cell[-1] += seconds

    def durations(self) -> dict[tuple[str, ...], Cell]:
        """Give the cells by route, method and class of status."""
        found: dict[tuple[str, ...], Cell] = {}
        for (route, method, status), cell in list(self._cells.items()):
            labels = (route, method, f"{status // 100}xx")
            found[labels] = [*map(sum, zip(found.get(labels, [0.0] * len(cell)), cell, strict=True))]
        return found

    def checks(self) -> dict[str, float]:
        """Give how often the check answered with each status."""
        found: dict[str, float] = {}
        for (route, _, status), cell in list(self._cells.items()):
            if route == CHECK_PATH:
                found[str(status)] = found.get(str(status), 0) + sum(cell[:-1])
        return found

    def collect(self) -> Iterator[Metric]:
        """Give what was counted."""
        durations = HistogramMetricFamily(*DURATION, labels=LABELS)
        for labels, cell in self.durations().items():
            durations.add_metric(labels, [*zip(BOUND_NAMES, accumulate(cell[:-1]), strict=True)], cell[-1])
        yield durations
        checks = CounterMetricFamily(*CHECKS, labels=("status",))
        for status, count in self.checks().items():
            checks.add_metric((status,), count)
        yield checks


class Served(Collector):
    """Tells which release is served, and whether there may be a newer one."""

    def __init__(self, library: Callable[[], Library], clock: Callable[[], datetime]) -> None:
        """Look at the library that is served, each time anew."""
        self._library = library
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Give the versions of service and release, and until when the pointer to the release holds."""
        library = self._library()
        release = library.current().edition.reference
        told = {"version": release.version, "digest": release.digest, "clinical_review": release.clinical_review}
        expires = library.latest.expires
        yield InfoMetricFamily("sleep_guidance_service", "The service.", {"version": VERSION})
        yield InfoMetricFamily("sleep_guidance_release", "The release that answers where none is named.", told)
        yield GaugeMetricFamily(
            "sleep_guidance_release_expires_timestamp_seconds", "When latest.json expires.", expires.timestamp()
        )
        yield GaugeMetricFamily(
            "sleep_guidance_release_stale",
            "1 where latest.json has expired: there may be a newer release.",
            float(expires < self._clock()),
        )
