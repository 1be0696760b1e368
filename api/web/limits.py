"""Holds what a request may be: how large, of which media type. Refuses before reading more than that."""

from typing import Final

from starlette.requests import Request

from schemas.problems import ProblemError, ProfileRefused

MOST_BODY: Final = 16 * 1024
"""The most bytes of a body."""


async def read_json_body(request: Request, most: int = MOST_BODY) -> bytes:
    """Read the body of a request that must be JSON, of at most so many bytes.

    Raises:
        ProfileRefused: it is of another media type (415) or larger (413, before the rest is read).

    """
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise _refused("header:content-type", "wrong_media_type", "Send Content-Type: application/json, in UTF-8.", 415)
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise _too_large(most)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> ProfileRefused:
    return _refused("", "too_large", f"The body may have at most {most} bytes.", 413)


def _refused(pointer: str, code: str, detail: str, status: int) -> ProfileRefused:
    return ProfileRefused((ProblemError(pointer=pointer, code=code, detail=detail),), status)
