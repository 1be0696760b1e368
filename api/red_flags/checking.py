"""Holds the check itself, three steps that every door uses: parse a profile, check it, render the answer.

`parse_profile(bytes)`, `check(profile, edition)`, `render(checked)`. Nothing of a profile is kept, logged or echoed.
"""

import contextlib
from typing import Final

from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.asking import next_screen
from api.red_flags.compiled import Rules, View
from api.red_flags.countries import COUNTRIES
from api.red_flags.deciding import Decision, because, decide, names_of
from api.red_flags.edition import Edition
from api.red_flags.facts import Facts, facts
from api.red_flags.guiding import guidance
from api.red_flags.receipts import receipt
from api.red_flags.refusals import as_errors, refused
from api.red_flags.rendering import Checked, Waiting
from api.red_flags.rendering import render as render
from api.red_flags.saying import number_to_call, say
from api.red_flags.speaking import asked, forbidden
from schemas.checks import CheckAnswer, Measurement, Profile
from schemas.problems import ProfileRefused

_PROFILE: Final = TypeAdapter(Profile)
_ANSWER: Final = TypeAdapter(CheckAnswer)
MOST_WATCHED: Final = 5
"""The most signs that a safety net names."""


def parse_profile(body: bytes) -> Profile:
    """Read a profile from the bytes of a request.

    pydantic reads JSON of the same kind, but for keys that stand twice: then there are more colons than keys.

    Raises:
        ProfileRefused: the bytes are not strict JSON (status 400) or not a profile (status 422).

    """
    with contextlib.suppress(ValidationError):  # what is refused is read again, more slowly, to be told why
        profile = _PROFILE.validate_json(body)
        keys = len(profile.model_fields_set) + len(profile.measurements) * len(Measurement.model_fields)
        if body.count(b":") == keys:
            return profile
    try:
        return _PROFILE.validate_python(read_json(body))
    except NotStrictJson as error:
        raise refused("", error.code, error.detail, status=400) from None
    except ValidationError as error:
        raise ProfileRefused(as_errors(error.errors(include_url=False, include_input=False))) from None


def check(profile: Profile, edition: Edition) -> Checked:
    """Answer a profile from one release.

    Raises:
        ProfileRefused: the topic, language or region is not known, or the findings cannot be taken as they are.

    """
    rules = edition.rules
    topic = "" if profile.topic is MISSING else profile.topic
    language = edition.default_language if profile.language is MISSING else profile.language
    if profile.topic is not MISSING and profile.topic not in edition.texts[edition.default_language].topics:
        raise refused("/topic", "unknown_topic", "There is no topic of this id. GET /v1/topics lists them all.")
    if language not in edition.texts:
        known = ", ".join(sorted(edition.texts))
        raise refused("/language", "unknown_language", f"The content has no such language. It has: {known}.")
    if profile.region is not MISSING and profile.region not in COUNTRIES:
        raise refused("/region", "unknown_region", "It must be the ISO 3166-1 code of a country, such as GB.")
    texts = edition.texts[language]
    view = rules.views[topic]
    found = facts(profile, rules, view)
    decision = decide(found, view)
    number = number_to_call(None if profile.region is MISSING else profile.region, texts)
    watch_for = _watch_for(decision, view)
    screen = next_screen(found, decision, rules, view)
    questions = asked(screen.findings, texts) if screen else ""
    return Checked(
        decision=decision,
        because=tuple([(flag.id, because(flag.rule, found, rules)) for flag in decision.matched]),
        possible=_possible(decision, found, rules) if "possible" in profile.include else None,
        screen=screen,
        watch_for=watch_for,
        guided=guidance(found, decision, rules, view),
        say=say(decision, texts, number, watch_for, edition.reference, questions),
        must_not_say=forbidden(decision.status, decision.advice, decision.worst_case),
        number=number,
        named=edition.named,
        receipt=receipt(profile, decision, edition.reference.digest),
        texts=texts,
    )


def as_model(checked: Checked) -> CheckAnswer:
    """Give an answer as its model, for who looks into it rather than hands it on: read from what would be sent."""
    return _ANSWER.validate_json(render(checked), strict=True)


def _possible(decision: Decision, known: Facts, rules: Rules) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(
            one.red_flag.id,
            missing=names_of(one.unknown & ~known.unsure, rules),
            unsure=names_of(one.unknown & known.unsure, rules),
        )
        for one in decision.open
    )


def _watch_for(decision: Decision, view: View) -> tuple[str, ...]:
    """Give the signs that the topics name, less those that are matched already."""
    matched = {flag.id for flag in decision.matched}
    return tuple([name for name in view.guide.watch_for if name not in matched][:MOST_WATCHED])
