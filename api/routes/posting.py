"""Holds how what is posted about a person is answered: one function from bytes to bytes, behind a documented route."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from api.red_flags.refusals import refused
from api.releases.library import Library
from api.web.at_once import HEADERS
from api.web.limits import MOST_BODY, read_json_body

Answering = Callable[[bytes, Library], Awaitable[bytes]]
"""Answers the bytes of a body with the bytes of an answer."""


def posting(answer: Answering, most: int = MOST_BODY) -> type[APIRoute]:
    """Make the class of routes that read a body of at most so many bytes, answer it, and let nobody keep the answer.

    The function that such a route decorates is never called: it tells the documentation its models.
    """

    async def answer_request(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            raise refused("query:", "unknown_field", "This call takes no query. Send everything in the body.")
        body = await read_json_body(Request(scope, receive), most)
        answered = await answer(body, scope["app"].state.library)
        length = str(len(answered)).encode()
        headers = [*HEADERS, (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answered})

    class PostedRoute(APIRoute):
        """Runs the answer itself, as an ASGI application."""

        async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
            """Answer a POST; leave the refusal of other methods to the framework."""
            if scope["method"] == "POST":
                await answer_request(scope, receive, send)
            else:
                await super().handle(scope, receive, send)

    return PostedRoute
