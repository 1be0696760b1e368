"""Holds the making of the app from content that is loaded and checked already. Keeps no state of its own."""

from functools import partial
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Lifespan

from api import VERSION
from api.mcp import door
from api.prepared import Prepared
from api.releases.library import Library
from api.routes import checks, content, machines, matches, releases, replies, service, syncing, well_known
from api.settings import Settings, guards, read_place
from api.web import problems
from api.web.at_once import AtOnce
from api.web.describing import describe
from api.web.documents import write_documents
from api.web.exposing import listen, page_of, registry_of
from api.web.front import Front, finished, request_ids, with_options
from api.web.kept import through_table
from api.web.limits import within_limits
from api.web.metrics import Tally
from api.web.observing import Record, to_all
from api.web.origins import believing, with_origins
from api.web.rendered import RenderedAnswers, nothing_kept
from api.web.serving import Serving
from api.web.traces import tracing

DESCRIPTION: Final = """Structured sleep-health guidance and a red-flag check.

Information and direction to care for the public: no diagnosis, no treatment decision. **No clinician has reviewed the
content.** Every answer names the release it comes from. Nothing a person sends is stored, logged or repeated."""


def create_app(library: Library, settings: Settings) -> Front:
    """Make the app that serves a library."""
    return in_front(make_routes(library), settings)


def in_front(app: FastAPI, settings: Settings) -> Front:
    """Put what every request goes through before the routes; they answer from the library of `app.state`.

    Where requests are counted, answers are given behind the gate that counts, and at no door before it.
    """
    state = cast("Serving", app.state)  # `make_routes` made it
    record = observed(app, settings)
    app.include_router(door.make_router(settings))
    app.state.security_contact = settings.security_contact
    hosts = frozenset(host.encode() for host in settings.hosts)
    unread = frozenset() if settings.cors_origins else frozenset({b"origin"})
    finish = partial(finished, origins=settings.cors_origins)
    table = RenderedAnswers(state, finish, unread, hosts)
    inner = within_limits(guarded(through_table(with_options(app, app.routes), table), settings), hosts)
    if settings.cors_origins:
        taken = (*door.HEADERS, "Authorization") if settings.partner_keys else door.HEADERS
        inner = with_origins(inner, settings.cors_origins, taken)
    if settings.trusted_proxies:
        inner = believing(inner, settings.trusted_proxies)
    new_id = request_ids().__next__
    if guards(settings):
        return Front(inner, new_id, state, nothing_kept, record)
    at_once = AtOnce(state, problems.CHECK_PATH, checks.answer_check, finish, unread, hosts)
    return Front(inner, new_id, state, table.hit, record, at_once)


def observed(app: FastAPI, settings: Settings) -> Record:
    """Give what is to be told of each answer, and let the metrics be read where the settings say.

    Raises:
        SettingsRefused: nothing can listen at the place for metrics, or a package for traces is not installed.

    """
    records: list[Record] = []
    if settings.metrics != "off":
        tally = Tally()
        registry = registry_of(tally, lambda: app.state.library)
        if settings.metrics == "on":
            app.add_api_route("/metrics", page_of(registry), include_in_schema=False)
        else:
            listen(read_place(settings.metrics), registry)
        records.append(tally.record)
    if settings.traces != "off":
        records.append(tracing(settings.traces))
    return to_all(records)


def guarded(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Put quotas and partner keys before an app, where the settings name any.

    Raises:
        ContentRefused: the file of partner keys cannot be used.
        SettingsRefused: the package for the storage of quotas is not installed.

    """
    if not guards(settings):
        return app
    from api.web.quotas import Gate, gated  # noqa: PLC0415 -- what counts takes as long to load as all the rest

    return gated(app, Gate(settings))


def make_routes(library: Library, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Make the routes of the app, with their errors as problems and their OpenAPI document.

    What `lifespan` holds open stays so for as long as a server serves the app.
    """
    app = FastAPI(
        title="Sleep Guidance API",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state = Serving(library)
    app.state.security_contact = ""
    problems.install(app)
    for part in (checks, content, replies, matches, syncing, releases, service, machines, well_known):
        app.include_router(part.router)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to replace the document
    app.state.documents = Prepared(lambda: write_documents(app.openapi()))
    return app


def to_prepare(app: FastAPI, library: Library) -> tuple[Prepared[Any], ...]:
    """Give what the common calls need of a library that is to be served, and that takes long to make.

    It is that of the release to use now in its own language. What needs the SDK of /mcp is not among it: that is 12 MB,
    which a service that nobody calls there never needs.
    """
    edition = library.current().edition
    texts = edition.texts[edition.default_language]
    return texts.search, texts.words, app.state.documents


def openapi(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI document: every error is a problem, and nothing in it is null."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, summary=None
    )
    describe(document)
    return document
