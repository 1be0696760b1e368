"""Holds how a decision is put into words: finished sentences to speak. Decides nothing."""

from collections.abc import Sequence

from pydantic import MISSING

from api.red_flags.deciding import Decision
from api.red_flags.edition import Texts
from api.red_flags.speaking import listed
from schemas.releases import ReleaseReference
from schemas.words import RANK


def number_to_call(region: str | None, texts: Texts) -> str:
    """Give the ambulance number of a region, or the words for "your local emergency number"."""
    found = texts.regions.get(region) if region else None
    return found.ambulance if found else texts.bundle.phrases.local_emergency_number


def say(
    decision: Decision,
    texts: Texts,
    number: str,
    watch_for: Sequence[str],
    reference: ReleaseReference,
    questions: str,
) -> str:
    """Put a decision into finished sentences: what to do, why, what to look out for, and last what is asked.

    While it is not settled nothing in them reassures; at self_care they always end with the safety net. `watch_for`
    are the ids of the signs to look out for, `questions` those of the next screen in words, empty where there is none.
    """
    phrases = texts.bundle.phrases
    spoken: list[str] = []
    if reference.recalled is not MISSING:
        spoken.append(phrases.recalled.format(version=reference.recalled))
    elif reference.superseded_by is not MISSING:
        spoken.append(phrases.superseded.format(version=reference.superseded_by))
    spoken.append(texts.instruction(decision.advice, number))
    spoken += _not_advised(decision, texts) if decision.advice is None else _advised(decision, texts)
    spoken.append(phrases.no_diagnosis)
    if decision.advice != "emergency" and watch_for:
        signs = " ".join([texts.red_flags[name].summary for name in watch_for])
        spoken.append(phrases.safety_net.format(signs=signs, number=number))
    if questions:
        spoken.append(questions)
    return " ".join(spoken)


def _not_advised(decision: Decision, texts: Texts) -> list[str]:
    """Say what is known so far, without the comfort of a mild name."""
    phrases = texts.bundle.phrases
    titles = _titles(decision, texts)
    if titles and phrases.known_so_far is not MISSING:
        return [phrases.known_so_far.format(titles=listed(titles, phrases))]
    return []


def _titles(decision: Decision, texts: Texts) -> list[str]:
    """Name the red flags that are present at the level."""
    return [texts.red_flags[flag.id].title for flag in decision.matched if flag.level == decision.level]


def _advised(decision: Decision, texts: Texts) -> list[str]:
    """Say why, who can help, what could not be ruled out, and that questions go on."""
    phrases = texts.bundle.phrases
    spoken: list[str] = []
    titles = _titles(decision, texts)
    if titles:
        spoken.append(phrases.matched.format(titles=listed(titles, phrases)))
        # an emergency has one thing to do; where the advice stands above what is present, nobody named there is enough
        if decision.advice == decision.level != "emergency" and phrases.who_can_help is not MISSING:
            services = [texts.red_flags[flag.id].service for flag in decision.matched if flag.level == decision.level]
            spoken.append(phrases.who_can_help.format(services="; ".join(dict.fromkeys(services))))
    if decision.status == "cannot_tell":
        least = RANK[decision.level]
        unsure = [texts.red_flags[one.red_flag.id].title for one in decision.open if one.red_flag.rank > least]
        spoken.append(phrases.could_not_rule_out.format(titles=listed(unsure, phrases)))
    if decision.status == "ask":
        spoken.append(phrases.questions_go_on)
    return spoken
