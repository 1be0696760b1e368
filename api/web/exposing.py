"""Holds where metrics are read: at /metrics beside the service, or alone at a place of its own; and how workers share.

Where several workers answer at one port, each tells its counts to a folder that all of them read, so that whichever is
asked answers for all.
"""

import atexit
import os
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler

from prometheus_client import CollectorRegistry, generate_latest, make_wsgi_app
from prometheus_client.exposition import CONTENT_TYPE_LATEST, ThreadingWSGIServer
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MultiProcessValue
from starlette.responses import Response

from api.releases.library import Library
from api.settings import Place, SettingsRefused
from api.web.metrics import BOUND_NAMES, CHECKS, DURATION, LABELS, Served, Tally

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which `prometheus_client` finds the folder that workers share."""
MEMORY: Final = Path("/dev/shm")  # noqa: S108  # nosec B108
"""Where that folder is made if it can be, for its owner only: no disk, and there even where every disk is read-only."""
TELL_EVERY: Final = 1.0
"""Seconds between two tellings of a worker's counts."""
KEPT: Final = 1.0
"""Seconds for which a page is given again, so that whoever asks often costs next to nothing."""

Endpoint = Callable[[], Coroutine[Any, Any, Response]]


class Teller:
    """Tells what one worker counted to the folder that all of them share."""

    def __init__(self, tally: Tally) -> None:
        """Begin with nothing told."""
        self._tally = tally
        self._make = MultiProcessValue()  # type: ignore[no-untyped-call]  # it has no types
        self._series: dict[tuple[object, ...], Any] = {}
        self._told: dict[tuple[object, ...], float] = {}
        self._lock = threading.Lock()

    def tell(self) -> None:
        """Tell what was counted since the last time."""
        with self._lock:
            name, text = DURATION
            for labels, cell in self._tally.durations().items():
                for bound, count in zip(BOUND_NAMES, cell, strict=False):
                    self._add(count, "histogram", name, f"{name}_bucket", (*LABELS, "le"), (*labels, bound), text)
                self._add(cell[-1], "histogram", name, f"{name}_sum", LABELS, labels, text)
            name, text = CHECKS
            for status, count in self._tally.checks().items():
                self._add(count, "counter", name, f"{name}_total", ("status",), (status,), text)

    def tell_on(self) -> None:
        """Tell again and again, for ever."""
        while True:
            time.sleep(TELL_EVERY)
            self.tell()

    def _add(self, total: float, *series: object) -> None:
        """Bring a series to its total. It is added to, for an earlier worker may have begun it."""
        if series not in self._series:
            self._series[series] = self._make(*series)
        self._series[series].inc(total - self._told.get(series, 0.0))
        self._told[series] = total


class AllTold(MultiProcessCollector):
    """What all workers told; a file that one has made and not begun to write is left out, for it cannot be read."""

    def collect(self) -> Iterable[Metric]:
        """Give the counts of all workers together."""
        files = [str(one) for one in Path(os.environ[SHARED]).glob("*.db") if one.stat().st_size]
        found: Iterable[Metric] = self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]  # it has no types
        return found


@contextmanager
def sharing() -> Iterator[None]:
    """Let the workers that are started within share their counts, through a folder that is gone afterwards."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="sleep-guidance-", dir=place) as folder:
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            del os.environ[SHARED]


def registry_of(tally: Tally, library: Callable[[], Library]) -> CollectorRegistry:
    """Give all there is to tell; where workers share, begin to tell the others, too."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Served(library, lambda: datetime.now(UTC)))
    if SHARED in os.environ:
        teller = Teller(tally)
        threading.Thread(target=teller.tell_on, daemon=True).start()
        atexit.register(teller.tell)
        AllTold(registry)  # type: ignore[no-untyped-call]  # it has no types
    else:
        registry.register(tally)
    return registry


def page_of(registry: CollectorRegistry, clock: Callable[[], float] = time.monotonic) -> Endpoint:
    """Make what answers /metrics."""
    kept, until = b"", 0.0

    async def get_metrics() -> Response:
        nonlocal kept, until
        if clock() >= until:
            kept, until = generate_latest(registry), clock() + KEPT
        return Response(kept, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    return get_metrics


def listen(place: Place, registry: CollectorRegistry) -> ThreadingWSGIServer:
    """Serve the metrics alone, from a thread; several workers may listen at one place.

    Raises:
        SettingsRefused: nothing can listen there.

    """
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    server_class = type("Metrics", (ThreadingWSGIServer,), {"address_family": family, "allow_reuse_port": True})
    try:
        server: ThreadingWSGIServer = server_class(place, _Quiet)
    except OSError as error:
        message = f"SLEEP_GUIDANCE_METRICS: nothing can listen there: {error.strerror}."
        raise SettingsRefused(message) from None
    server.set_app(make_wsgi_app(registry))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Quiet(WSGIRequestHandler):
    """Writes nothing, and waits for nobody longer than ten seconds."""

    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name that it overrides
        """Write nothing: what was asked for is text that a client wrote."""
