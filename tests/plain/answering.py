"""The answer to a profile that is not refused, built as its model, with its words and its receipt."""

from typing import NamedTuple

from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.content.languages import in_language
from api.red_flags.edition import Edition, action
from api.red_flags.speaking import asked, forbidden, listed, must_say
from schemas.checks import (
    Advice,
    AskNext,
    CheckAnswer,
    Matched,
    MustNotSay,
    OpenCounts,
    Possible,
    Profile,
    Question,
    SafetyNet,
    WatchFor,
)
from schemas.content import Finding, RedFlag
from schemas.releases import Bundle, ReleaseReference
from schemas.words import RANK, Digest
from tests.plain.deciding import Decided, Known, because, considered, decide, known_of, screen, screens_after
from tests.plain.guiding import guidance


class Case(NamedTuple):
    """One profile and all that its answer is made of."""

    profile: Profile
    topic: str
    bundle: Bundle
    """The content in the language of the answer."""
    reference: ReleaseReference
    known: Known
    decided: Decided
    flags: tuple[RedFlag, ...]


def plain_answer(profile: Profile, bundle: Bundle, edition: Edition) -> CheckAnswer:
    """Answer a profile from a bundle under the name that an edition of it has."""
    topic = "" if profile.topic is MISSING else profile.topic
    language = bundle.manifest.default_language if profile.language is MISSING else profile.language
    spoken = in_language(bundle, language)
    flags = considered(spoken, topic)
    known = known_of(profile, spoken)
    decided = decide(known, flags)
    case = Case(profile, topic, spoken, edition.reference, known, decided, flags)
    watch_for = _watch_for(case)
    questions = screen(known, decided, spoken)
    texts, number = edition.texts[language], _number(case)
    instruction = _advice(case)
    return CheckAnswer(
        status=decided.status,
        level=decided.level,
        worst_case=decided.worst_case,
        settled=decided.status == "settled",
        say=_say(case, watch_for, asked(questions, texts)),
        must_say=must_say(decided.status, decided.advice, texts, number),
        must_not_say=_must_not_say(case),
        advice=MISSING if instruction is None else instruction,
        matched=tuple(_matched(flag, known) for flag in decided.matched),
        open=OpenCounts.model_validate(
            {level: count for level in RANK if (count := sum(one.flag.level == level for one in decided.open))}
        ),
        possible=_possible(case) if "possible" in profile.include else MISSING,
        ask_next=_ask_next(case, questions) if questions else MISSING,
        safety_net=SafetyNet(call=number, watch_for=watch_for),
        guidance=guidance(known, decided, spoken, topic) or MISSING,
        release=edition.reference,
        language=language,
        receipt=_receipt(case),
        intended_use=spoken.manifest.intended_use,
    )


def _matched(flag: RedFlag, known: Known) -> Matched:
    return Matched(
        red_flag=flag.id,
        level=flag.level,
        title=flag.title,
        why=flag.why,
        service=flag.service,
        while_waiting=flag.while_waiting,
        because=because(flag.when, known),
        sources=flag.citations,
    )


def _possible(case: Case) -> tuple[Possible, ...]:
    return tuple(
        Possible(
            red_flag=one.flag.id,
            level=one.flag.level,
            title=one.flag.title,
            missing=tuple(sorted(one.waits - case.known.unsure)),
            unsure=tuple(sorted(one.waits & case.known.unsure)),
        )
        for one in case.decided.open
    )


def _ask_next(case: Case, questions: tuple[str, ...]) -> AskNext:
    below = {name for one in questions for name in case.known.words.descendants[one]}
    findings = {finding.id: finding for finding in case.bundle.findings}
    return AskNext(
        prompt=case.bundle.phrases.ask_prompt,
        could_raise_to=next(one.flag.level for one in case.decided.open if one.waits & below),
        left=screens_after(questions, case.known, case.flags, case.bundle),
        findings=tuple(_question(findings[name]) for name in questions),
    )


def _question(finding: Finding) -> Question:
    return Question(
        id=finding.id,
        kind=finding.kind,
        question=finding.question,
        help=finding.help,
        unit=finding.unit,
        minimum=finding.minimum,
        maximum=finding.maximum,
        decimals=finding.decimals,
    )


def _watch_for(case: Case) -> tuple[WatchFor, ...]:
    flags = {flag.id: flag for flag in case.bundle.red_flags}
    matched = {flag.id for flag in case.decided.matched}
    named = [name for one in case.bundle.topics if case.topic in {"", one.id} for name in one.watch_for]
    return tuple(
        WatchFor(red_flag=name, level=flags[name].level, text=flags[name].summary)
        for name in [name for name in dict.fromkeys(named) if name not in matched][:5]
    )


def _number(case: Case) -> str:
    region = None if case.profile.region is MISSING else case.profile.region
    numbers = {one.code: one.ambulance for one in case.bundle.regions.regions}
    return numbers.get(region or "", case.bundle.phrases.local_emergency_number)


def _advice(case: Case) -> Advice | None:
    if case.decided.advice is None:
        return None
    level = case.bundle.levels[RANK[case.decided.advice]]
    return Advice(
        level=level.id,
        rank=level.rank,
        headline=level.headline,
        action=level.action,
        service=level.service,
        call=_number(case) if level.id == "emergency" else MISSING,
        within=level.within,
    )


def _must_not_say(case: Case) -> tuple[MustNotSay, ...]:
    words = case.bundle.phrases.must_not_say
    known = {} if words is MISSING else words.model_dump()
    return tuple(
        MustNotSay.model_validate({"kind": kind, **known.get(kind, {})})
        for kind in forbidden(case.decided.status, case.decided.advice, case.decided.worst_case)
    )


def _say(case: Case, watch_for: tuple[WatchFor, ...], questions: str) -> str:
    decided, phrases = case.decided, case.bundle.phrases
    spoken: list[str] = []
    if case.reference.recalled is not MISSING:
        spoken.append(phrases.recalled.format(version=case.reference.recalled))
    elif case.reference.superseded_by is not MISSING:
        spoken.append(phrases.superseded.format(version=case.reference.superseded_by))
    here = [flag for flag in decided.matched if flag.level == decided.level]
    titles = listed([flag.title for flag in here], phrases) if here else ""
    if decided.advice is None:
        spoken.append(phrases.no_advice_yet)
        if here and phrases.known_so_far is not MISSING:
            spoken.append(phrases.known_so_far.format(titles=titles))
    else:
        spoken.append(action(case.bundle.levels[RANK[decided.advice]], phrases, _number(case)))
        if here:
            spoken.append(phrases.matched.format(titles=titles))
            if decided.advice == decided.level != "emergency" and phrases.who_can_help is not MISSING:
                services = "; ".join(dict.fromkeys(flag.service for flag in here))
                spoken.append(phrases.who_can_help.format(services=services))
        if decided.status == "cannot_tell":
            doubts = listed([one.flag.title for one in decided.open], phrases)
            spoken.append(phrases.could_not_rule_out.format(titles=doubts))
        if decided.status == "ask":
            spoken.append(phrases.questions_go_on)
    spoken.append(phrases.no_diagnosis)
    if decided.advice != "emergency" and watch_for:
        signs = " ".join(one.text for one in watch_for)
        spoken.append(phrases.safety_net.format(signs=signs, number=_number(case)))
    return " ".join([*spoken, questions] if questions else spoken)


def _receipt(case: Case) -> Digest:
    profile, decided = case.profile, case.decided
    parts = {
        "release": case.reference.digest,
        "profile": {
            "present": sorted(profile.present),
            "absent": sorted(profile.absent),
            "unsure": sorted(profile.unsure),
            "measurements": [
                {"finding": one.finding, "value": one.value}
                for one in sorted(profile.measurements, key=lambda one: one.finding)
            ],
        },
        "decision": {
            "level": decided.level,
            "worst_case": decided.worst_case,
            "settled": decided.status == "settled",
            "matched": sorted(flag.id for flag in decided.matched),
            **({} if decided.advice is None else {"advice": decided.advice}),
        },
        **({} if profile.topic is MISSING else {"topic": profile.topic}),
    }
    return digest(canonical(parts))
