"""Holds the addresses of releases: the list, the newest, manifests and bundles as the exact bytes published."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.releases.library import Library
from api.routes.choosing import NoQuery, refuse_repeated
from api.web.caching import of_release
from schemas.releases import Bundle, Latest, ReleaseList, ReleaseManifest, ReleaseSummary

router = APIRouter(prefix="/v1/releases", tags=["releases"])
Version = Annotated[str, Path(max_length=20, examples=["1.0.0"])]


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


@router.get("/{version}/bundle", response_model=Bundle)
async def get_release_bundle(request: Request, version: Version, query: Annotated[NoQuery, Query()]) -> Response:  # noqa: ARG001
    """Give the whole content of a release, as the exact bytes published."""
    library = _library(request)
    return published(library, version, library.release(version).bundle_bytes)


def _library(request: Request) -> Library:
    refuse_repeated(request)
    library: Library = request.app.state.library
    return library


def published(library: Library, version: str, data: bytes, media_type: str = "application/json") -> Response:
    """Give the bytes of a published file of a release."""
    headers = of_release(library, version, library.release(version).edition.reference)
    return Response(data, media_type=media_type, headers=headers)
