"""Holds the addresses about the service itself: health, readiness, documentation, the pages of problems."""

from pathlib import Path
from typing import Final

import fastapi_offline
from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from api.releases.library import Library
from api.web.caching import NEVER, NEWEST
from api.web.documents import Documents
from api.web.problems import page, problem
from api.web.turns import when_made
from schemas.answers import Health, Readiness

router = APIRouter()
_ASSETS: Final = Path(fastapi_offline.__file__).parent / "static"
_TYPES: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_SCRIPT: Final = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", deepLinking: true});'
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sleep Guidance API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon.png">
</head>
<body>
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/healthz", tags=["service"])
async def get_health(response: Response) -> Health:
    """Tell that the process lives."""
    response.headers["Cache-Control"] = NEVER
    return Health(status="alive")


@router.get("/readyz", tags=["service"])
async def get_readiness(request: Request, response: Response) -> Readiness:
    """Tell that the service can answer, and from which release."""
    response.headers["Cache-Control"] = NEVER
    library: Library = request.app.state.library
    return Readiness(status="ready", release=library.current().edition.reference)


@router.get("/docs", include_in_schema=False)
async def get_docs() -> Response:
    """Give the interactive documentation; it loads nothing from any other host."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": NEWEST, "Content-Language": "en"}
    return HTMLResponse(_PAGE, headers=headers)


@router.get("/docs/assets/{name}", include_in_schema=False)
async def get_docs_asset(name: str) -> Response:
    """Give a file of the documentation."""
    headers = {"Cache-Control": NEWEST}
    if name == "start.js":
        return Response(_SCRIPT, media_type="text/javascript", headers=headers)
    if name not in _TYPES:
        return problem(404, "")
    return Response((_ASSETS / name).read_bytes(), media_type=_TYPES[name], headers=headers)


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi(request: Request) -> Response:
    """Give the OpenAPI document."""
    documents: Documents = await when_made(request.app.state.documents)
    return Response(documents.whole, media_type="application/json", headers={"Cache-Control": NEWEST})


@router.get("/problems/{kind}", include_in_schema=False)
async def get_problem_page(kind: str) -> Response:
    """Explain a kind of problem."""
    return page(kind)
