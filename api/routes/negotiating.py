"""Holds how a read chooses between JSON and Markdown, by the header Accept. JSON stands wherever both fit as well."""

from typing import Any, Final

from fastapi import Request, Response

MARKDOWN: Final = "text/markdown"
OFFERED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}
"""What the OpenAPI document says of a read that gives Markdown too."""


def prefers_markdown(request: Request, response: Response) -> bool:
    """Tell whether Markdown is asked for before JSON, and say in the answer's headers that this was looked at."""
    response.headers.add_vary_header("Accept")
    accept = request.headers.get("accept", "")
    return _quality(accept, MARKDOWN) > _quality(accept, "application/json")


def in_markdown(text: str, response: Response) -> Response:
    """Give a text as Markdown, with the headers that its answer has already."""
    return Response(text, media_type=f"{MARKDOWN}; charset=utf-8", headers=dict(response.headers))


def _quality(accept: str, media_type: str) -> float:
    """Give how much a media type is wanted (RFC 9110, 12.5.1): that of the most specific range that holds it."""
    group = media_type.partition("/")[0]
    ranges: dict[str, float] = {}
    for part in accept[:1000].split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        ranges[name] = _weight(parameters)
    for name in (media_type, f"{group}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
