"""Holds the address of the reply check: one function on bytes, behind a route that documents its models."""

from typing import Final

from fastapi import APIRouter, Body

from api.red_flags.refusals import refused
from api.releases.library import Library
from api.routes.posting import posting
from api.web.turns import in_turn
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
    from api.replies import checking  # noqa: PLC0415 -- it is loaded with the first reply, in a thread

    sent = checking.parse_reply(body)
    try:
        edition = library.edition(sent.version)
    except ReleaseUnknown:
        detail = "There is no such release here. GET /v1/releases lists those there are."
        raise refused("", "unknown_release", detail) from None
    return checking.render(checking.check_reply(sent, edition))


async def _answered(body: bytes, library: Library) -> bytes:
    return await in_turn(answer_reply_check, body, library)


router = APIRouter(prefix="/v1", tags=["check"], route_class=posting(_answered, MOST_BODY))


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
