"""Holds the start of the server: settings, verified content, uvicorn. What can be refused is refused here."""

import gc
import logging
import signal
from collections.abc import Callable

import uvicorn

from api.app import create_app
from api.releases.library import load_library
from api.settings import Settings
from api.web import logs
from api.web.protocol import Protocol


def serve(settings: Settings, announce: Callable[[str], None] = lambda _line: None) -> None:
    """Load the releases, then serve until told to stop; a stop lets requests that are under way finish.

    Raises:
        ContentRefused: the releases are not fit to serve.

    """
    library = load_library(settings.releases)
    app = create_app(library, settings)
    gc.collect()
    gc.freeze()  # the content stays for as long as the process does: never look through it again
    newest = library.latest
    announce(f"Serving release {newest.version} at http://{settings.host}:{settings.port} (documentation: /docs)")
    listener = logs.start() if settings.log == "json" else None
    if listener is None:
        logs.LOG.addHandler(logging.NullHandler())
        logs.LOG.propagate = False
    # uvicorn finishes what is under way, then raises the signal again: as an interrupt it ends here, in order
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=Protocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
        )
    finally:
        if listener is not None:
            listener.stop()
