"""Holds the address of the red-flag check: one function on bytes, behind a route that documents its models."""

from fastapi import APIRouter, Body, Request
from fastapi.routing import APIRoute
from pydantic import MISSING
from starlette.types import Receive, Scope, Send

from api.red_flags.checking import check, parse_profile, render
from api.red_flags.refusals import refused
from api.releases.library import Library
from api.web.at_once import HEADERS
from api.web.limits import read_json_body
from schemas.checks import CheckAnswer, Profile
from schemas.problems import ReleaseUnknown

EXAMPLE = {
    "topic": "leg-twitching",
    "region": "GB",
    "language": "en",
    "present": ["jerks-falling-asleep"],
    "absent": ["saddle-numbness"],
    "unsure": [],
    "measurements": [{"finding": "age-years", "value": 34}],
    "include": ["possible"],
}


def answer_check(body: bytes, library: Library) -> bytes:
    """Answer the bytes of a profile with the bytes of an answer.

    Raises:
        ProfileRefused: the profile cannot be checked.

    """
    profile = parse_profile(body)
    version = None if profile.release is MISSING else profile.release
    try:
        edition = library.edition(version)
    except ReleaseUnknown:
        detail = "There is no such release here. GET /v1/releases lists those there are."
        raise refused("/release", "unknown_release", detail) from None
    return render(check(profile, edition))


async def answer_request(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body of a request, answer it, and let nobody keep the answer: an ASGI application.

    Raises:
        ProfileRefused: the request or the profile in it cannot be taken.

    """
    if scope["query_string"]:
        raise refused("query:", "unknown_field", "This call takes no query. Send everything in the body.")
    body = await read_json_body(Request(scope, receive))
    answer = answer_check(body, scope["app"].state.library)
    length = str(len(answer)).encode()
    headers = [*HEADERS, (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


class CheckRoute(APIRoute):
    """Runs `answer_request` itself; the function it decorates only tells the documentation its models."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a POST; leave the refusal of other methods to the framework."""
        if scope["method"] == "POST":
            await answer_request(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


router = APIRouter(prefix="/v1", tags=["check"], route_class=CheckRoute)


@router.post("/red-flag-checks")
async def check_red_flags(profile: Profile = Body(openapi_examples={"an adult": {"value": EXAMPLE}})) -> CheckAnswer:  # noqa: B008, ARG001, FAST002
    """Check what is known of a person against the escalation criteria.

    `advice` is the instruction; where it is left out, ask what `ask_next` asks and send everything again. `level` and
    `worst_case` are bounds. Unanswered is never "no". Nothing is stored.
    """
    raise AssertionError  # the route class answers; this tells the documentation the models
