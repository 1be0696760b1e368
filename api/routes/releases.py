"""Holds the addresses of releases: lists, manifests and bundles as the exact bytes published, changes, reports."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import MISSING

from api.changes.chaining import changes_between, changes_to
from api.red_flags.refusals import refused
from api.releases.freezing import ASSURANCE
from api.releases.library import Library
from api.routes.choosing import ChangesQuery, NoQuery, refuse_repeated
from api.web.caching import of_release
from schemas.assurance import Assurance
from schemas.releases import Bundle, Latest, ReleaseChanges, ReleaseList, ReleaseManifest, ReleaseSummary

router = APIRouter(prefix="/v1/releases", tags=["releases"])
Version = Annotated[str, Path(max_length=20, examples=["1.0.0"])]
Later = Annotated[str, Path(max_length=20, examples=["1.1.1"])]


@router.get("")
async def list_releases(
    request: Request,
    response: Response,
    query: Annotated[NoQuery, Query()],  # noqa: ARG001
) -> ReleaseList:
    """List every release held here, newest first."""
    library = _library(request)
    response.headers.update(of_release(library, None, library.current().edition.reference))
    return ReleaseList(
        items=tuple(
            ReleaseSummary(
                version=entry.version,
                sequence=entry.sequence,
                published=entry.published,
                digest=entry.bundle,
                signed=library.signed(entry.version),
            )
            for entry in reversed(library.ledger.releases)
        )
    )


@router.get("/latest", response_model=Latest)
async def get_latest_release(request: Request, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the pointer to the newest release, with recalls and its expiry, as the exact bytes published."""
    library = _library(request)
    headers = of_release(library, None, library.current().edition.reference)
    return Response(library.files["latest.json"], media_type="application/json", headers=headers)


@router.get("/{version}", response_model=ReleaseManifest)
async def get_release(request: Request, version: Version, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the manifest of a release: its digests, as the exact bytes published."""
    library = _library(request)
    return published(library, version, library.release(version).manifest_bytes)


@router.get("/{version}/bundle", response_model=Bundle, responses={206: {}})
async def get_release_bundle(request: Request, version: Version, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the whole content of a release, as the exact bytes published."""
    library = _library(request)
    return published(library, version, library.release(version).bundle_bytes)


@router.get("/{version}/changes")
async def get_release_changes(
    request: Request, response: Response, version: Later, query: Annotated[ChangesQuery, Query()]
) -> ReleaseChanges:
    """Give what a release changed of an older one, release by release, by what it does to answers."""
    library = _library(request)
    after = library.release(version).entry
    response.headers.update(of_release(library, None, library.current().edition.reference))
    if query.from_ is MISSING:
        return await asyncio.to_thread(changes_to, after, library)
    before = next((entry for entry in library.ledger.releases if entry.version == query.from_), None)
    if before is None:
        raise refused("query:from", "unknown_release", "There is no such release here. GET /v1/releases lists them.")
    if before.sequence >= after.sequence:
        raise refused("query:from", "not_older", "It must be older than the release whose changes are asked for.")
    return await asyncio.to_thread(changes_between, before, after, library)  # checks are answered meanwhile


@router.get("/{version}/assurance", response_model=Assurance)
async def get_release_assurance(request: Request, version: Later, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the assurance report of a release: how each law was checked on it, as the exact bytes published."""
    library = _library(request)
    report = library.files.get(f"{library.release(version).entry.version}/{ASSURANCE}")
    if report is None:
        raise HTTPException(404, "This release was published before assurance reports were made.")
    return published(library, version, report)


def _library(request: Request) -> Library:
    refuse_repeated(request)
    library: Library = request.app.state.library
    return library


def published(library: Library, version: str, data: bytes, media_type: str = "application/json") -> Response:
    """Give the bytes of a published file of a release."""
    headers = of_release(library, version, library.release(version).edition.reference)
    return Response(data, media_type=media_type, headers=headers)
