"""Holds the addresses under /.well-known/ by which programs and finders of weaknesses learn their way."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from api.releases.library import Library
from api.routes.choosing import NoQuery, refuse_repeated
from api.web.caching import NEWEST

router = APIRouter(prefix="/.well-known", include_in_schema=False)
VALID_FOR: Final = timedelta(days=365)
"""How long security.txt may be believed after the newest release."""
_JSON: Final = "application/json"
_LINKSET: Final = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
CATALOG: Final = {
    "linkset": [
        {
            "anchor": "/v1/",
            "service-desc": [{"href": "/openapi.json", "type": _JSON}],
            "service-doc": [{"href": "/docs", "type": "text/html"}],
            "service-meta": [{"href": "/v1/releases/latest", "type": _JSON}],
            "status": [{"href": "/readyz", "type": _JSON}],
        }
    ]
}
"""What there is, as RFC 9727 has it; every address is one of this service, so that no host is ever named."""


@router.get("/api-catalog")
async def get_api_catalog(request: Request, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the catalogue of what there is."""
    refuse_repeated(request)
    headers = {"Cache-Control": NEWEST, "Link": '</.well-known/api-catalog>; rel="api-catalog"'}
    return Response(json.dumps(CATALOG), media_type=_LINKSET, headers=headers)


@router.get("/security.txt")
async def get_security_contact(request: Request, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give where to report a weakness (RFC 9116); nothing where no contact is set."""
    refuse_repeated(request)
    contact: str = request.app.state.security_contact
    if not contact:
        raise HTTPException(404)
    library: Library = request.app.state.library
    expires = datetime.combine(library.newest().entry.published, time(), UTC) + VALID_FOR
    text = f"Contact: {contact}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\nPreferred-Languages: en\n"
    headers = {"Cache-Control": NEWEST, "Content-Language": "en"}
    return Response(text, media_type="text/plain", headers=headers)
