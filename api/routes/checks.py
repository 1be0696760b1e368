"""Holds the address of the red-flag check: one function on bytes, behind a route that documents its models."""

from fastapi import APIRouter, Body
from pydantic import MISSING

from api.red_flags.checking import check, parse_profile, render
from api.red_flags.refusals import refused
from api.releases.library import Library
from api.routes.posting import posting
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


async def _answered(body: bytes, library: Library) -> bytes:
    return answer_check(body, library)


router = APIRouter(prefix="/v1", tags=["check"], route_class=posting(_answered))


@router.post("/red-flag-checks")
async def check_red_flags(profile: Profile = Body(openapi_examples={"an adult": {"value": EXAMPLE}})) -> CheckAnswer:  # noqa: B008, ARG001, FAST002
    """Check what is known of a person against the escalation criteria.

    `advice` is the instruction; where it is left out, ask what `ask_next` asks and send everything again. `level` and
    `worst_case` are bounds. Unanswered is never "no". Nothing is stored.
    """
    raise AssertionError  # the route class answers; this tells the documentation the models
