"""Holds the start of the server: settings, verified content, uvicorn. What can be refused is refused here."""

import logging
import signal
from collections.abc import Callable

import uvicorn

from api import freshness
from api.app import in_front, make_routes
from api.settings import Settings
from api.web import logs
from api.web.together import TogetherProtocol


def serve(settings: Settings, announce: Callable[[str], None] = lambda _line: None) -> None:
    """Load the releases, then serve and keep up with them until told to stop, and finish what is under way.

    Raises:
        ContentRefused: the releases are not fit to serve.
        UpstreamUnusable: the upstream of the settings cannot be followed as they say.

    """
    served = freshness.first_served(settings)
    routes = make_routes(served.answering)
    app = in_front(routes, settings)
    newest = served.library.latest
    announce(f"Serving release {newest.version} at http://{settings.host}:{settings.port} (documentation: /docs)")
    if settings.upstream:
        announce(freshness.following(settings))
    listener = logs.start() if settings.log == "json" else None
    if listener is None:
        logs.LOG.addHandler(logging.NullHandler())
        logs.LOG.propagate = False
    # uvicorn finishes what is under way, then raises the signal again: as an interrupt it ends here, in order
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with freshness.kept_fresh(served, settings, lambda newer: setattr(routes.state, "library", newer)):
            uvicorn.run(
                app,
                host=settings.host,
                port=settings.port,
                loop="uvloop",
                http=TogetherProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
            )
    finally:
        if listener is not None:
            listener.stop()
