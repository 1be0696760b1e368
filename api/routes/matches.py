"""Holds the address where plain words are matched to findings: one function on bytes, as for the check."""

from typing import Final

from fastapi import APIRouter, Body
from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.edition import Edition
from api.red_flags.refusals import as_errors, refused
from api.releases.library import Library
from api.routes.posting import posting
from api.web.turns import in_turn
from schemas.matches import LayText, MatchAnswer
from schemas.problems import ProfileRefused, ReleaseUnknown

EXAMPLE: Final = {
    "text": "I'm 34. My legs jerk when I fall asleep and I have restless legs every night. No chest pain.",
    "topic": "leg-twitching",
    "language": "en",
}
_TEXT: Final = TypeAdapter(LayText)


def answer_matches(body: bytes, library: Library) -> bytes:
    """Answer the bytes of a text with the bytes of what it may mean.

    Raises:
        ProfileRefused: the bytes are not strict JSON (status 400), or no text that can be matched (status 422).

    """
    told = parse_text(body)
    try:
        edition = library.edition(None if told.release is MISSING else told.release)
    except ReleaseUnknown:
        detail = "There is no such release here. GET /v1/releases lists those there are."
        raise refused("/release", "unknown_release", detail) from None
    return find_matches(told, edition).model_dump_json().encode()


def parse_text(body: bytes) -> LayText:
    """Read a text from the bytes of a request.

    Raises:
        ProfileRefused: the bytes are not strict JSON (status 400) or not a text (status 422).

    """
    try:
        return _TEXT.validate_python(read_json(body))
    except NotStrictJson as error:
        raise refused("", error.code, error.detail, status=400) from None
    except ValidationError as error:
        raise ProfileRefused(as_errors(error.errors(include_url=False, include_input=False))) from None


def find_matches(told: LayText, edition: Edition) -> MatchAnswer:
    """Find what a text may mean in one release.

    Raises:
        ProfileRefused: the topic or language is not known.

    """
    topic = "" if told.topic is MISSING else told.topic
    language = edition.default_language if told.language is MISSING else told.language
    if told.topic is not MISSING and told.topic not in edition.texts[edition.default_language].topics:
        raise refused("/topic", "unknown_topic", "There is no topic of this id. GET /v1/topics lists them all.")
    if language not in edition.texts:
        known = ", ".join(sorted(edition.texts))
        raise refused("/language", "unknown_language", f"The content has no such language. It has: {known}.")
    from api.matching.matching import match  # noqa: PLC0415 -- it is loaded with the first index, in a thread

    texts = edition.texts[language]
    found = match(told.text, texts.words(), texts.findings, edition.rules.views[topic].readable)
    return MatchAnswer(
        release=edition.reference,
        language=language,
        findings=found.findings,
        measurements=found.measurements,
        not_understood=found.not_understood,
        intended_use=texts.bundle.manifest.intended_use,
    )


async def _answered(body: bytes, library: Library) -> bytes:
    return await in_turn(answer_matches, body, library)


router = APIRouter(prefix="/v1", tags=["check"], route_class=posting(_answered))


@router.post("/finding-matches")
async def match_findings(told: LayText = Body(openapi_examples={"a person": {"value": EXAMPLE}})) -> MatchAnswer:  # noqa: B008, ARG001, FAST002
    """Propose the findings and numbers that a person's own words may mean. Nothing is decided or stored.

    Ask the person to confirm each proposal before it goes into a profile of the check. What is not named is
    unanswered, never absent. Spans point into the text, which is never given back.
    """
    raise AssertionError  # the route class answers; this tells the documentation the models
