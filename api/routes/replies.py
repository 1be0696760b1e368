"""Holds the address of the reply check: one function on bytes, behind a route that documents its models."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Body, Request, Response
from fastapi.routing import APIRoute

from api.red_flags.refusals import refused
from api.releases.library import Library
from api.replies import checking
from api.web.limits import read_json_body
from schemas.problems import ReleaseUnknown
from schemas.replies import ReplyToCheck, ReplyVerdict

MOST_BODY: Final = 64 * 1024
"""The most bytes of a body: a whole answer of the check, and a reply."""

EXAMPLE = {
    "profile": {"region": "GB", "present": ["saddle-numbness"]},
    "reply": "This could be serious. Please ring 999 right away, and do not drive yourself.",
}


def answer_reply_check(body: bytes, library: Library) -> bytes:
    """Answer the bytes of a reply with the bytes of a verdict.

    Raises:
        ProfileRefused: the reply cannot be checked.

    """
    sent = checking.parse_reply(body)
    try:
        edition = library.edition(sent.version)
    except ReleaseUnknown:
        detail = "There is no such release here. GET /v1/releases lists those there are."
        raise refused("", "unknown_release", detail) from None
    return checking.render(checking.check_reply(sent, edition))


class ReplyCheckRoute(APIRoute):
    """Runs `answer_reply_check` on the body; the function it decorates only tells the documentation its models."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler that reads the body, answers it and lets nobody keep the answer."""

        async def handle(request: Request) -> Response:
            if request.url.query:
                raise refused("query:", "unknown_field", "This call takes no query. Send everything in the body.")
            body = await read_json_body(request, MOST_BODY)
            answer = answer_reply_check(body, request.app.state.library)
            return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})

        return handle


router = APIRouter(prefix="/v1", tags=["check"], route_class=ReplyCheckRoute)


@router.post("/reply-checks")
async def check_reply(
    reply: ReplyToCheck = Body(openapi_examples={"an emergency": {"value": EXAMPLE}}),  # noqa: B008, ARG001, FAST002
) -> ReplyVerdict:
    """Check that a chatbot's reply keeps the answer: its level, what to do, the number; and that it reassures nobody.

    Send the reply before it is spoken. `verdict` says what to do with it, `wrong` where in it something must not stand
    (in Unicode code points), `closing` what to say instead or besides. English only. The reply is never repeated.
    Nothing is stored.
    """
    raise AssertionError  # the route class answers; this tells the documentation the models
