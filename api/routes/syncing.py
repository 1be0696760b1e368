"""Holds the addresses by which copies are kept right: changes, the feed, published files, signatures, public keys."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import HTTPException
from pydantic import MISSING, Field

from api.content.canonical import canonical
from api.releases.feed import feed
from api.releases.keyring import KEYS
from api.releases.library import Library
from api.releases.syncing import sync_page
from api.routes.choosing import NoQuery, refuse_repeated
from api.routes.releases import published
from api.web.caching import ALWAYS_ASK, FOR_EVER, NEWEST
from schemas.keys import KeySet
from schemas.syncing import SyncPage

router = APIRouter(tags=["releases"])
EXAMPLE = (
    "MjBiYmJhOWIzNWQyYzY2Mjk2MGViNDkzYjhhNGZiNDUyMmM0ZDFkNGQwYzhmYmZhNDA3ZGZlYmM1NGM3ZjhjMjoyMGJiYmE5YjM1ZDJjNjYyOTYw"
    "ZWI0OTNiOGE0ZmI0NTIyYzRkMWQ0ZDBjOGZiZmE0MDdkZmViYzU0YzdmOGMyOjA"
)
"""The token of a whole sync to release 1.0.0."""
NO_KEYS = canonical(KeySet())
UNSIGNED = "This release is not signed. Its digests stand in its manifest and in the ledger."


class SyncQuery(NoQuery):
    """Where a sync goes on, and how much of it to give at once."""

    since: Annotated[str, Field(max_length=200, examples=[EXAMPLE])] | MISSING = Field(
        default=MISSING, description="A token of the page before, or of the sync before; left out at the first time."
    )
    limit: Annotated[int, Field(ge=1, le=1000, examples=[100], description="The most records of one page.")] = 100


@router.get("/v1/changes", responses={400: {}, 410: {}, 503: {}})
async def list_changes(request: Request, response: Response, query: Annotated[SyncQuery, Query()]) -> SyncPage:
    """Give what to take over and what to take away since a token; everything where there is none.

    Go on with `next_page_token` until there is a `next_sync_token`; keep that for the next time. Deletions are records
    of their own. The copy that results is byte for byte the newest bundle.
    """
    response.headers["Cache-Control"] = ALWAYS_ASK
    since = None if query.since is MISSING else query.since
    return await asyncio.to_thread(sync_page, _library(request), since, query.limit)  # checks are answered meanwhile


@router.get("/v1/releases/feed", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
async def get_release_feed(request: Request, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give releases and recalls as an Atom feed, newest first."""
    return Response(feed(_library(request)), media_type="application/atom+xml", headers={"Cache-Control": NEWEST})


@router.get(
    "/v1/releases/{version}/signature",
    response_class=Response,
    responses={200: {"content": {"application/jose": {"schema": {"type": "string"}}}}},
)
async def get_release_signature(
    request: Request,
    version: Annotated[str, Path(max_length=20, examples=["1.0.0"])],
    query: Annotated[NoQuery, Query()],  # noqa: ARG001
) -> Response:
    """Give the detached JWS over the exact bytes of a release's manifest."""
    library = _library(request)
    library.release(version)
    if not library.signed(version):
        raise HTTPException(404, UNSIGNED)
    return published(library, version, library.files[f"{version}/signature"], "application/jose")


@router.get("/.well-known/jwks.json", response_model=KeySet)
async def get_keys(request: Request, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the public keys that may sign, the next one included; none where nothing is signed."""
    keys = _library(request).files.get(KEYS, NO_KEYS)
    return Response(keys, media_type="application/json", headers={"Cache-Control": NEWEST})


@router.get("/releases/{file:path}", include_in_schema=False)
async def get_published_file(request: Request, file: str, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give a published file byte for byte, as it lies in the folder of releases: what a mirror reads."""
    library = _library(request)
    if file not in library.files:
        raise HTTPException(404)
    media_type = "application/json" if file.endswith(".json") else "application/jose"
    folder, _, inside = file.partition("/")
    if folder in library.releases:
        return published(library, folder, library.files[file], media_type)
    headers = {"Cache-Control": FOR_EVER if inside else NEWEST}
    return Response(library.files[file], media_type=media_type, headers=headers)


def _library(request: Request) -> Library:
    refuse_repeated(request)
    library: Library = request.app.state.library
    return library
