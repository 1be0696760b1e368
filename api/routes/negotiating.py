"""Holds how a read chooses between JSON and Markdown, by the header Accept. JSON stands wherever both fit as well."""

from typing import Any, Final

from fastapi import Request, Response

from api.web.negotiating import MARKDOWN, takes_markdown, wishes_of

OFFERED: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}
"""What the OpenAPI document says of a read that gives Markdown too."""


def prefers_markdown(request: Request, response: Response) -> bool:
    """Tell whether Markdown is asked for before JSON, and say in the answer's headers that this was looked at."""
    response.headers.add_vary_header("Accept")
    return takes_markdown(wishes_of(request.scope["headers"]).types)


def in_markdown(text: str, response: Response) -> Response:
    """Give a text as Markdown, with the headers that its answer has already."""
    return Response(text, media_type=f"{MARKDOWN}; charset=utf-8", headers=dict(response.headers))
