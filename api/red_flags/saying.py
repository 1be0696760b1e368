"""Holds how a decision is put into words: the advice, and finished sentences to speak. Decides nothing."""

from pydantic import MISSING

from api.red_flags.deciding import Decision
from api.red_flags.edition import Texts
from api.red_flags.speaking import action, listed
from schemas.checks import Advice, WatchFor
from schemas.releases import ReleaseReference
from schemas.words import RANK


def advice(decision: Decision, texts: Texts, number: str) -> Advice | None:
    """Give the instruction of a decision; None where more must be asked first."""
    if decision.advice is None:
        return None
    level = texts.levels[decision.advice]
    return Advice(
        level=level.id,
        rank=level.rank,
        headline=level.headline,
        action=level.action,
        service=level.service,
        call=number if level.id == "emergency" else MISSING,
        within=level.within,
    )


def number_to_call(region: str | None, texts: Texts) -> str:
    """Give the ambulance number of a region, or the words for "your local emergency number"."""
    found = texts.regions.get(region) if region else None
    return found.ambulance if found else texts.bundle.phrases.local_emergency_number


def say(
    decision: Decision,
    texts: Texts,
    number: str,
    watch_for: tuple[WatchFor, ...],
    reference: ReleaseReference,
    questions: str,
) -> str:
    """Put a decision into finished sentences: what to do, why, what to look out for, and last what is asked.

    While it is not settled nothing in them reassures; at self_care they always end with the safety net. `questions`
    are those of the next screen in words, empty where there is none.
    """
    phrases = texts.bundle.phrases
    spoken: list[str] = []
    if reference.recalled is not MISSING:
        spoken.append(phrases.recalled.format(version=reference.recalled))
    elif reference.superseded_by is not MISSING:
        spoken.append(phrases.superseded.format(version=reference.superseded_by))
    if decision.advice is None:
        spoken += _not_advised(decision, texts)
    else:
        spoken += _advised(decision, texts, number)
    spoken.append(phrases.no_diagnosis)
    if decision.advice != "emergency" and watch_for:
        signs = " ".join(one.text for one in watch_for)
        spoken.append(phrases.safety_net.format(signs=signs, number=number))
    if questions:
        spoken.append(questions)
    return " ".join(spoken)


def _not_advised(decision: Decision, texts: Texts) -> list[str]:
    """Say that nothing can be advised yet, and what is known so far without the comfort of a mild name."""
    phrases = texts.bundle.phrases
    spoken = [phrases.no_advice_yet]
    titles = _titles(decision, texts)
    if titles and phrases.known_so_far is not MISSING:
        spoken.append(phrases.known_so_far.format(titles=listed(titles, phrases)))
    return spoken


def _titles(decision: Decision, texts: Texts) -> list[str]:
    """Name the red flags that are present at the level."""
    return [texts.red_flags[flag.id].title for flag in decision.matched if flag.level == decision.level]


def _advised(decision: Decision, texts: Texts, number: str) -> list[str]:
    """Say what to do, why, who can help, what could not be ruled out, and that questions go on."""
    phrases = texts.bundle.phrases
    level = texts.levels[decision.advice or "emergency"]
    spoken = [action(level, phrases, number)]
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
