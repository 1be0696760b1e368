"""Holds the verdict on a reply: what of the answer it keeps, what is missing, what must not stand there. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING

from api.red_flags.edition import Texts
from api.red_flags.speaking import asked, forbidden, must_say
from api.replies.instructing import commands, told
from api.replies.reading import Reading, Sentence, read
from api.replies.smoothing import Span
from api.replies.spelling import Numbers
from api.replies.stating import not_understood, stated, unclear
from api.replies.wording import Language, english
from schemas.checks import Status
from schemas.releases import ReleaseReference
from schemas.replies import MissingKind, MissingPart, ReplyVerdict, Verdict, WrongKind, WrongPart
from schemas.words import RANK, Level, NotToSayKind

MOST_TOLD: Final = 100
"""The most wrong parts that are told."""

_WORD: Final = re.compile(r"[a-z]+")
_BEGINNING: Final = 6
"""So many letters of a word are compared, so that "seizure" is "seizures"."""
_SHORT: Final = 2
"""Words of no more letters tell nothing."""

_BY_WORST_CASE: Final = frozenset({"reassurance", "all_clear", "waiting", "no_need_of_care", "self_treatment"})
"""The kinds that are weighed by what is still possible; the others by what is advised."""

_MISSING: Final[dict[MissingKind, str]] = {
    "action": "The reply does not clearly say what to do. Say it as a plain instruction, with no if, maybe or choice.",
    "number": "The reply does not give the number to call.",
    "time": "The reply does not say how soon.",
    "questions": "The reply asks none of the questions of `ask_next`, and the answer depends on them.",
    "safety_net": "The reply does not say what to do if it gets worse or changes.",
}
_WRONG: Final[dict[WrongKind, str]] = {
    "reassurance": "This reassures, which this answer does not allow.",
    "all_clear": "This says that nothing is wrong, which no answer of this service says.",
    "waiting": "This tells the person to wait or to watch.",
    "no_need_of_care": "This says that nobody has to be called or seen.",
    "milder_care": "This names a milder place of care or a later time than the answer.",
    "hedging": "This makes the instruction a choice, a maybe or an if.",
    "diagnosis": "This names what the person has. The service gives no diagnosis.",
    "self_treatment": "This is a remedy, and something urgent is possible.",
    "driving": "This has the person drive or get there alone.",
    "false_help": "This says that help was called or is coming. Only the person can call.",
    "retraction": "This takes the instruction back.",
    "wrong_number": "This is not the number of this answer.",
    "graver_level": "This asks for more than the answer does. Send what speaks for it as findings, and check again.",
    "unclear": "It is not known that this can stand beside so grave an answer. Leave it out, or say it more plainly.",
    "not_understood": "This could not be understood. Only plain English can be checked.",
}


class Held(NamedTuple):
    """The answer that a reply must keep."""

    status: Status
    advised: Level | None
    worst_case: Level
    number: str
    """To call, or the words for "your local emergency number"."""
    findings: tuple[str, ...]
    """Those that are asked next."""


def judge(reply: str, held: Held, texts: Texts, reference: ReleaseReference) -> ReplyVerdict:
    """Hold a reply to an answer."""
    language = english()
    reading = read(reply, _numbers(held.number, texts))
    missing = _missing(reading.sentences, held, texts, language)
    wrong = _wrong(reading, held, language, missing)
    verdict = _verdict(missing, wrong)
    must = must_say(held.status, held.advised, texts, held.number)
    return ReplyVerdict(
        kept=verdict == "send",
        verdict=verdict,
        missing=tuple(MissingPart(kind=kind, detail=_MISSING[kind]) for kind in missing),
        wrong=tuple(
            WrongPart(kind=kind, start=start, end=end, detail=_WRONG[kind]) for start, end, kind in wrong[:MOST_TOLD]
        ),
        closing=closing(must.action, held.findings, texts) if verdict in {"append_closing", "say_instead"} else MISSING,
        status=held.status,
        must_say=must,
        release=reference,
        language=texts.language,
        understands=(language.tag,),
        intended_use=texts.bundle.manifest.intended_use,
    )


def closing(action: str, findings: Sequence[str], texts: Texts) -> str:
    """Say what must be said in last sentences, with the questions where they go on."""
    phrases = texts.bundle.phrases
    spoken = action if phrases.closing is MISSING else phrases.closing.format(action=action)
    return f"{spoken} {asked(findings, texts)}".rstrip()


def _numbers(number: str, texts: Texts) -> Numbers:
    """Sort what is known of numbers; the lines are those of the regions that share the number."""
    regions = texts.bundle.regions.regions
    lines = {
        "".join(filter(str.isdecimal, word))
        for region in regions
        if region.ambulance == number
        for line in region.crisis_lines
        for word in _groups(line.contact)
    }
    elsewhere = {region.ambulance for region in regions} - {number} - lines
    return Numbers(number if number.isdecimal() else "", frozenset(elsewhere), frozenset(lines - {""}))


def _groups(contact: str) -> list[str]:
    """Give the numbers in a contact, each with its groups of digits together."""
    return "".join(mark if mark.isdecimal() or mark == " " else "|" for mark in contact).split("|")


def _missing(
    sentences: Sequence[Sentence], held: Held, texts: Texts, language: Language
) -> dict[MissingKind, tuple[Span, ...]]:
    """Give what a reply leaves out; with a missing action the places where it stands as an if."""
    missing: dict[MissingKind, tuple[Span, ...]] = {}
    if held.advised is not None:
        found = told(sentences, held.advised, language, is_local=not held.number.isdecimal())
        if not found.action:
            missing["action"] = found.conditional
        if held.advised == "emergency" and not found.number:
            missing["number"] = ()
        if not found.time:
            missing["time"] = ()
        if held.advised == "self_care" and not any(
            language.safety_net.holds_in(sentence.words) for sentence in sentences
        ):
            missing["safety_net"] = ()
    if held.status == "ask" and not _asks(sentences, held.findings, texts, language):
        missing["questions"] = ()
    return missing


def _asks(sentences: Sequence[Sentence], findings: Sequence[str], texts: Texts, language: Language) -> bool:
    """Tell whether a reply asks at least one of the questions, known again by the words that they share."""
    asked_words: set[str] = set()
    for name in findings:
        finding = texts.findings[name]
        for text in (name, finding.name, finding.question, *finding.synonyms):
            asked_words |= _telling(_WORD.findall(text.lower()), language)
    questions = [
        sentence for sentence in sentences if sentence.is_question or language.questions.holds_in(sentence.words)
    ]
    return any(_telling(sentence.words, language) & asked_words for sentence in questions)


def _telling(words: Iterable[str], language: Language) -> set[str]:
    """Give the beginnings of the words that tell one question from others."""
    return {
        word[:_BEGINNING] for word in words if len(word) > _SHORT and word.isalpha() and word not in language.common
    }


def _wrong(
    reading: Reading, held: Held, language: Language, missing: dict[MissingKind, tuple[Span, ...]]
) -> list[tuple[int, int, WrongKind]]:
    """Give what must not stand in a reply, in its order; places of one kind that overlap are one."""
    advised_rank = RANK["urgent"] if held.advised is None else RANK[held.advised]
    ranks: dict[NotToSayKind, int] = {
        kind: RANK[held.worst_case] if kind in _BY_WORST_CASE else advised_rank
        for kind in forbidden(held.status, held.advised, held.worst_case)
    }
    statements = tuple(stated(reading.sentences, ranks, language))
    found: list[tuple[int, int, WrongKind]] = [
        (*one.sentence.span_of(one.places), one.kind) for one in statements if not one.is_excused
    ]
    found += [(start, end, "hedging") for start, end in missing.get("action", ())]
    found += [(start, end, "not_understood") for start, end in not_understood(reading, language)]
    if RANK[held.worst_case] >= RANK["urgent"]:
        found += [(start, end, "unclear") for start, end in reading.pictures]
        plain = language.plain_questions if held.status == "ask" else language.plain
        found += [(start, end, "unclear") for start, end in unclear(reading.sentences, statements, plain, language)]
    if held.advised not in {None, "emergency"} and held.worst_case != "emergency":
        found += [(start, end, "graver_level") for start, end in commands(reading.sentences, "emergency", language)]
    return _merged(found)


def _merged(found: list[tuple[int, int, WrongKind]]) -> list[tuple[int, int, WrongKind]]:
    merged: dict[WrongKind, list[tuple[int, int]]] = {}
    for start, end, kind in sorted(found):
        places = merged.setdefault(kind, [])
        if places and start < places[-1][1]:
            places[-1] = places[-1][0], max(end, places[-1][1])
        else:
            places.append((start, end))
    return sorted((start, end, kind) for kind, places in merged.items() for start, end in places)


def _verdict(missing: dict[MissingKind, tuple[Span, ...]], wrong: list[tuple[int, int, WrongKind]]) -> Verdict:
    kinds = {kind for _, _, kind in wrong}
    if kinds - {"graver_level"}:
        return "say_instead"
    if kinds:
        return "check_again"
    return "append_closing" if missing else "send"
