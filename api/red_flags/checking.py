"""Holds the check itself, three steps that every door uses: parse a profile, check it, render the answer.

`parse_profile(bytes)`, `check(profile, edition)`, `render(answer)`. Nothing of a profile is kept, logged or echoed.
"""

from typing import Final

from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.canonical import canonical, digest
from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.asking import Screen, next_screen
from api.red_flags.compiled import Rules
from api.red_flags.countries import COUNTRIES
from api.red_flags.deciding import Decision, because, decide, names_of
from api.red_flags.edition import Edition, Texts
from api.red_flags.facts import Facts, facts
from api.red_flags.guiding import guidance
from api.red_flags.refusals import as_errors, refused
from api.red_flags.saying import advice, number_to_call, say
from api.red_flags.speaking import asked, must_not_say, must_say
from schemas.checks import (
    AskNext,
    CheckAnswer,
    Matched,
    OpenCounts,
    Possible,
    Profile,
    Question,
    SafetyNet,
    WatchFor,
)
from schemas.content import Finding
from schemas.problems import ProfileRefused
from schemas.words import Digest, Json

_PROFILE: Final = TypeAdapter(Profile)
MOST_WATCHED: Final = 5
"""The most signs that a safety net names."""


def parse_profile(body: bytes) -> Profile:
    """Read a profile from the bytes of a request.

    Raises:
        ProfileRefused: the bytes are not strict JSON (status 400) or not a profile (status 422).

    """
    try:
        return _PROFILE.validate_python(read_json(body))
    except NotStrictJson as error:
        raise refused("", error.code, error.detail, status=400) from None
    except ValidationError as error:
        raise ProfileRefused(as_errors(error.errors(include_url=False, include_input=False))) from None


def check(profile: Profile, edition: Edition) -> CheckAnswer:
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
    known_facts = facts(profile, rules, view)
    decision = decide(known_facts, view)
    screen = next_screen(known_facts, decision, rules, view)
    number = number_to_call(None if profile.region is MISSING else profile.region, texts)
    instruction = advice(decision, texts, number)
    watch_for = _watch_for(decision, texts, topic)
    guiding = guidance(known_facts, decision, rules, texts, topic)
    return CheckAnswer(
        status=decision.status,
        level=decision.level,
        worst_case=decision.worst_case,
        settled=decision.status == "settled",
        say=say(decision, texts, number, watch_for, edition.reference, asked(screen.findings if screen else (), texts)),
        must_say=must_say(decision.status, decision.advice, texts, number),
        must_not_say=must_not_say(decision, texts),
        advice=instruction or MISSING,
        matched=_matched(decision, known_facts, rules, texts),
        open=_open_counts(decision),
        possible=_possible(decision, known_facts, rules, texts) if "possible" in profile.include else MISSING,
        ask_next=_ask_next(screen, texts) if screen else MISSING,
        safety_net=SafetyNet(call=number, watch_for=watch_for),
        guidance=guiding or MISSING,
        release=edition.reference,
        language=language,
        receipt=receipt(profile, decision, edition.reference.digest),
        intended_use=texts.bundle.manifest.intended_use,
    )


def render(answer: CheckAnswer) -> bytes:
    """Write an answer as JSON in UTF-8; equal answers have equal bytes."""
    return answer.model_dump_json().encode()


def as_question(finding: Finding) -> Question:
    """Give what must be known of a finding to ask about it."""
    return Question.model_validate(finding.model_dump(include=set(Question.model_fields), exclude_unset=True))


def receipt(profile: Profile, decision: Decision, release: Digest) -> Digest:
    """Give the SHA-256 by which anyone who holds the parts can show what was asked and decided.

    It is taken over the RFC 8785 form of the release's digest, the profile (each list sorted by id), the topic and
    the decision. It holds no text, language or region. It can be reversed by trying, so it is health data.
    """
    decided: dict[str, Json] = {
        "level": decision.level,
        "worst_case": decision.worst_case,
        "settled": decision.status == "settled",
        "matched": sorted(flag.id for flag in decision.matched),
    }
    if decision.advice is not None:
        decided["advice"] = decision.advice
    measured = sorted(profile.measurements, key=lambda one: one.finding)
    parts: dict[str, Json] = {
        "release": release,
        "profile": {
            "present": sorted(profile.present),
            "absent": sorted(profile.absent),
            "unsure": sorted(profile.unsure),
            "measurements": [{"finding": one.finding, "value": one.value} for one in measured],
        },
        "decision": decided,
    }
    if profile.topic is not MISSING:
        parts["topic"] = profile.topic
    return digest(canonical(parts))


def _matched(decision: Decision, known: Facts, rules: Rules, texts: Texts) -> tuple[Matched, ...]:
    return tuple(
        Matched(
            red_flag=flag.id,
            level=flag.level,
            title=texts.red_flags[flag.id].title,
            why=texts.red_flags[flag.id].why,
            service=texts.red_flags[flag.id].service,
            while_waiting=texts.red_flags[flag.id].while_waiting,
            because=because(flag.criterion, known, rules),
            sources=texts.red_flags[flag.id].citations,
        )
        for flag in decision.matched
    )


def _possible(decision: Decision, known: Facts, rules: Rules, texts: Texts) -> tuple[Possible, ...]:
    return tuple(
        Possible(
            red_flag=one.red_flag.id,
            level=one.red_flag.level,
            title=texts.red_flags[one.red_flag.id].title,
            missing=names_of(one.unknown & ~known.unsure, rules),
            unsure=names_of(one.unknown & known.unsure, rules),
        )
        for one in decision.open
    )


def _open_counts(decision: Decision) -> OpenCounts:
    levels = [one.red_flag.level for one in decision.open]
    return OpenCounts.model_validate({level: levels.count(level) for level in levels})


def _ask_next(screen: Screen, texts: Texts) -> AskNext:
    return AskNext(
        prompt=texts.bundle.phrases.ask_prompt,
        could_raise_to=screen.could_raise_to,
        left=screen.left,
        findings=tuple(as_question(texts.findings[name]) for name in screen.findings),
    )


def _watch_for(decision: Decision, texts: Texts, topic: str) -> tuple[WatchFor, ...]:
    """Give the signs that the topics name, less those that are matched already."""
    matched = {flag.id for flag in decision.matched}
    topics = [texts.topics[topic]] if topic else list(texts.topics.values())
    named = dict.fromkeys(name for one in topics for name in one.watch_for if name not in matched)
    return tuple(
        WatchFor(red_flag=name, level=texts.red_flags[name].level, text=texts.red_flags[name].summary)
        for name in list(named)[:MOST_WATCHED]
    )
