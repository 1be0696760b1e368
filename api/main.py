"""Holds the start of the server: settings, verified content, uvicorn. What can be refused is refused here."""

import atexit
import contextlib
import gc
import logging
import multiprocessing
import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

from api import freshness
from api.allocating import give_back_what_is_free
from api.app import guarded, in_front, make_routes, to_prepare
from api.mirror.watching import Served
from api.settings import Settings
from api.web import logs
from api.web.exposing import sharing
from api.web.front import Front
from api.web.protocol import Protocol
from api.web.stopping import Server, Workers
from schemas.problems import SleepGuidanceError

LONGEST_STOP: Final = 30
"""Seconds after which a stop no longer waits for clients that read their answer too slowly."""

LONGEST_START: Final = 60
"""Seconds after which a worker that gives no sign of life is replaced; on a busy machine one takes long to start."""


class Config(uvicorn.Config):
    """How uvicorn runs the service, alone or in several workers that it watches over."""

    def __init__(self, settings: Settings, make: Callable[[], Front]) -> None:
        """Run what `make` gives as the settings say; for several workers it must be fit to be sent to them."""
        self.settings = settings
        super().__init__(
            make,
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop="uvloop",
            http=Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=LONGEST_STOP,
            timeout_worker_healthcheck=LONGEST_START,
        )

    def configure_logging(self) -> None:
        """Begin the log of the process that serves; uvicorn calls this here, and again first in each worker."""
        in_worker = multiprocessing.parent_process() is not None
        if in_worker or self.settings.workers == 1:
            # uvicorn finishes what is under way, then raises the signal again: as an interrupt it ends here, in order
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            if self.settings.log == "json":
                atexit.register(logs.start(at_once=logs.TOGETHER if in_worker else logs.ALONE).stop)
            else:
                logs.LOG.addHandler(logging.NullHandler())
                logs.LOG.propagate = False


def serve(settings: Settings, announce: Callable[[str], None] = lambda _line: None) -> None:
    """Load the releases, then serve and keep up with them until told to stop, and finish what is under way.

    Raises:
        ContentRefused: the releases are not fit to serve.
        SettingsRefused: a package that the settings need is not installed.
        UpstreamUnusable: the upstream of the settings cannot be followed as they say.

    """
    give_back_what_is_free()
    served = freshness.first_served(settings)
    newest = served.library.latest.version
    announce(f"Serving release {newest} at http://{settings.host}:{settings.port} (documentation: /docs)")
    if settings.upstream:
        announce(freshness.following(settings))
    with contextlib.suppress(KeyboardInterrupt):
        if settings.workers == 1:
            config = Config(settings, partial(_make, settings, served))
            Server(config).run(sockets=[config.bind_socket()])
        else:
            guarded(Response(), settings)  # what is wrong with it is said once, before any worker is started
            del served  # each worker loads its own; this process only watches over them
            gc.enable()
            config = Config(settings, partial(_load, settings))
            with sharing(), config.bind_socket() as listening:
                Workers(config, sockets=[listening]).run()


def _load(settings: Settings) -> Front:
    """Make the app in a worker; where it cannot be, say why in one line, and leave it to the next to try again."""
    gc.disable()  # until all is made, as in `api.cli`
    give_back_what_is_free()
    try:
        return _make(settings, freshness.first_served(settings))
    except SleepGuidanceError as error:
        sys.exit(f"A worker cannot start, another will be tried: {error}")


def _make(settings: Settings, served: Served) -> Front:
    """Make the app in the process that serves it; it keeps up with the releases for as long as that runs.

    From then on garbage is collected, but never looked for in what is there already: that stays as long as the process.
    """

    @contextlib.asynccontextmanager
    async def keeping_up(app: FastAPI) -> AsyncIterator[None]:
        put = partial(setattr, app.state, "library")
        with freshness.kept_fresh(served, settings, put, partial(to_prepare, app)):
            yield

    app = in_front(make_routes(served.answering, keeping_up), settings)
    gc.freeze()
    gc.enable()
    return app
