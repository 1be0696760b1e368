"""Holds the making of the app from content that is loaded and checked already. Keeps no state of its own."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from api import VERSION
from api.releases.library import Library
from api.routes import checks, content, releases, service, syncing
from api.settings import Settings, guards, read_place
from api.web import problems
from api.web.describing import FREE, with_quotas
from api.web.exposing import listen, page_of, registry_of
from api.web.front import front, with_options
from api.web.metrics import Tally
from api.web.observing import Record, to_all
from api.web.traces import tracing
from schemas.problems import Problem

DESCRIPTION: Final = """Structured sleep-health guidance and a red-flag check.

Information and direction to care for the public: no diagnosis, no treatment decision. **No clinician has reviewed the
content.** Every answer names the release it comes from. Nothing a person sends is stored, logged or repeated."""


def create_app(library: Library, settings: Settings) -> ASGIApp:
    """Make the app that serves a library."""
    app = make_routes(library)
    record = observed(app, settings)
    inner = guarded(with_options(app, app.routes), settings)
    if settings.cors_origins:
        inner = CORSMiddleware(
            inner,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
            allow_headers=["Content-Type", "Accept-Language", *(["Authorization"] if settings.partner_keys else [])],
            expose_headers=["X-Request-ID", "Content-Language", "RateLimit", "RateLimit-Policy", "Retry-After"],
        )
    return front(
        inner,
        new_id=lambda: uuid.uuid4().hex,
        release=lambda: app.state.library.latest.version,
        record=record,
    )


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


def make_routes(library: Library) -> FastAPI:
    """Make the routes of the app, with their errors as problems and their OpenAPI document."""
    app = FastAPI(
        title="Sleep Guidance API",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.library = library
    problems.install(app)
    for router in (content.router, checks.router, syncing.router, releases.router, service.router):
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
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem_schema.pop("$defs", {})
    schemas["Problem"] = problem_schema
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["responses"] |= _problem_responses(path, operation)
    with_quotas(document)
    app.openapi_schema = document
    return document


def _problem_responses(path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Name the problems that an operation can answer with."""
    statuses = [
        500,
        *(() if path in FREE else (401, 429)),
        *(int(status) for status in operation["responses"] if int(status) >= HTTPStatus.BAD_REQUEST),
    ]
    if operation.get("parameters"):
        statuses.append(422)
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses.append(404)
    if "requestBody" in operation:
        statuses += [400, 413, 415, 422]
    body = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": problems.KINDS[problems.KIND_OF.get(status, "failure")].title, "content": body}
        for status in sorted(set(statuses))
    }
