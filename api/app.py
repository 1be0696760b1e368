"""Holds the making of the app from content that is loaded and checked already. Keeps no state of its own."""

from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import VERSION
from api.releases.library import Library
from api.routes import checks, content, releases, service, syncing, well_known
from api.settings import Settings
from api.web import problems
from api.web.describing import describe
from api.web.front import Front, finished, request_ids, with_options
from api.web.kept import through_table
from api.web.limits import within_limits
from api.web.origins import believing, with_origins
from api.web.rendered import RenderedAnswers
from api.web.serving import Serving

DESCRIPTION: Final = """Structured sleep-health guidance and a red-flag check.

Information and direction to care for the public: no diagnosis, no treatment decision. **No clinician has reviewed the
content.** Every answer names the release it comes from. Nothing a person sends is stored, logged or repeated."""


def create_app(library: Library, settings: Settings) -> Front:
    """Make the app that serves a library."""
    return in_front(make_routes(library), settings)


def in_front(app: FastAPI, settings: Settings) -> Front:
    """Put what every request goes through before the routes; they answer from the library of `app.state`."""
    assert isinstance(app.state, Serving)  # noqa: S101 -- `make_routes` made it
    app.state.security_contact = settings.security_contact
    hosts = frozenset(host.encode() for host in settings.hosts)
    unread = frozenset() if settings.cors_origins else frozenset({b"origin"})
    table = RenderedAnswers(app.state, partial(finished, origins=settings.cors_origins), unread, hosts)
    inner = within_limits(through_table(with_options(app, app.routes), table), hosts)
    if settings.cors_origins:
        inner = with_origins(inner, settings.cors_origins)
    if settings.trusted_proxies:
        inner = believing(inner, settings.trusted_proxies)
    return Front(inner, request_ids().__next__, app.state, table)


def make_routes(library: Library) -> FastAPI:
    """Make the routes of the app, with their errors as problems and their OpenAPI document."""
    app = FastAPI(
        title="Sleep Guidance API",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state = Serving(library)
    app.state.security_contact = ""
    problems.install(app)
    for router in (content.router, checks.router, syncing.router, releases.router, service.router, well_known.router):
        app.include_router(router)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to replace the document
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """Give the OpenAPI document: every error is a problem, and nothing in it is null."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, summary=None
    )
    describe(document)
    app.openapi_schema = document
    return document
