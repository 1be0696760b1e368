"""Holds how a decision is put into words: finished sentences to speak. Decides nothing."""

from collections.abc import Sequence

from pydantic import MISSING

from api.red_flags.deciding import Decision
from api.red_flags.edition import Texts
from schemas.content import Phrases
from schemas.releases import ReleaseReference
from schemas.words import RANK


def number_to_call(region: str | None, texts: Texts) -> str:
    """Give the ambulance number of a region, or the words for "your local emergency number"."""
    found = texts.regions.get(region) if region else None
    return found.ambulance if found else texts.bundle.phrases.local_emergency_number


def say(decision: Decision, texts: Texts, number: str, watch_for: Sequence[str], reference: ReleaseReference) -> str:
    """Put a decision into finished sentences; `watch_for` are the ids of the signs of the safety net.

    While it is not settled nothing in them reassures; at self_care they always end with the safety net.
    """
    phrases = texts.bundle.phrases
    spoken: list[str] = []
    if reference.recalled is not MISSING:
        spoken.append(phrases.recalled.format(version=reference.recalled))
    elif reference.superseded_by is not MISSING:
        spoken.append(phrases.superseded.format(version=reference.superseded_by))
    if decision.advice is None:
        spoken.append(phrases.no_advice_yet)
    else:
        spoken += _advised(decision, texts, number)
    spoken.append(phrases.no_diagnosis)
    if decision.advice != "emergency" and watch_for:
        signs = " ".join([texts.red_flags[name].summary for name in watch_for])
        spoken.append(phrases.safety_net.format(signs=signs, number=number))
    return " ".join(spoken)


def _advised(decision: Decision, texts: Texts, number: str) -> list[str]:
    """Say what to do, why, what could not be ruled out, and that questions go on."""
    phrases = texts.bundle.phrases
    level = texts.levels[decision.advice or "emergency"]
    spoken = [level.headline, level.action]
    if level.id == "emergency":
        spoken.append(phrases.call_number.format(number=number))
    titles = [texts.red_flags[flag.id].title for flag in decision.matched if flag.level == decision.level]
    if titles:
        spoken.append(phrases.matched.format(titles=_listed(titles, phrases)))
    if decision.status == "cannot_tell":
        least = RANK[decision.level]
        unsure = [texts.red_flags[one.red_flag.id].title for one in decision.open if one.red_flag.rank > least]
        spoken.append(phrases.could_not_rule_out.format(titles=_listed(unsure, phrases)))
    if decision.status == "ask":
        spoken.append(phrases.questions_go_on)
    return spoken


def _listed(entries: list[str], phrases: Phrases) -> str:
    """Join entries as speech does: "a, b and c"."""
    entries = list(dict.fromkeys(entries))
    return entries[0] if len(entries) == 1 else f"{', '.join(entries[:-1])} {phrases.joining_and} {entries[-1]}"
