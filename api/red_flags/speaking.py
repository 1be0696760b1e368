"""Holds what every wording of an answer must keep and must not add, and its questions as they are spoken.

Which kinds of statement are forbidden follows from the decision alone; the words for them are content.
"""

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Final

from pydantic import MISSING

from api.red_flags.edition import Texts
from schemas.checks import MustSay, Status
from schemas.content import Phrases
from schemas.words import RANK, Level, NotToSayKind

MOST_NAMED: Final = 5
"""The most entries of a list that are spoken; the rest is counted."""


def must_say(status: Status, advised: Level | None, texts: Texts, number: str) -> MustSay:
    """Give what a reply must keep: the level, what to do, the number to call now, and that questions go on."""
    return MustSay(
        level=MISSING if advised is None else advised,
        action=texts.instruction(advised, number),
        call=number if advised == "emergency" else MISSING,
        ask=texts.bundle.phrases.ask_prompt if status == "ask" else MISSING,
    )


@cache
def forbidden(status: Status, advised: Level | None, worst_case: Level) -> tuple[NotToSayKind, ...]:
    """Tell which kinds of statement are forbidden, in the order of the kinds.

    No reassurance, no waiting and no "you need nobody" unless it is settled at self_care; nothing milder and nothing
    weaker than what is advised; no remedy while something urgent is possible.
    """
    rank = len(RANK) if advised is None else RANK[advised]
    cared_for_at_home = status == "settled" and advised == "self_care"
    holds: dict[NotToSayKind, bool] = {
        "reassurance": not cared_for_at_home,
        "all_clear": True,
        "waiting": not cared_for_at_home,
        "no_need_of_care": not cared_for_at_home,
        "milder_care": rank > RANK["self_care"],
        "hedging": advised is not None and rank >= RANK["soon"],
        "diagnosis": True,
        "self_treatment": RANK[worst_case] >= RANK["urgent"],
        "driving": advised == "emergency",
        "false_help": True,
        "retraction": advised is not None and not cared_for_at_home,
        "wrong_number": True,
    }
    return tuple(kind for kind, held in holds.items() if held)


def asked(findings: Sequence[str], texts: Texts) -> str:
    """Put the questions of a screen into words: what leads into them, then each with its count. Empty for none.

    A question may be of several sentences, so each is counted aloud. A voice that asks one at a time uses `ask_next`.
    """
    if not findings:
        return ""
    return " ".join([texts.bundle.phrases.ask_prompt, *map(texts.spoken, findings, count(1))])


def listed(entries: list[str], phrases: Phrases) -> str:
    """Join entries as speech does, "a, b and c"; of a long list the first five, and how many more there are."""
    entries = list(dict.fromkeys(entries))
    rest = len(entries) - MOST_NAMED
    if rest > 1 and phrases.more is not MISSING:
        entries = [*entries[:MOST_NAMED], phrases.more.format(count=rest)]
    return entries[0] if len(entries) == 1 else f"{', '.join(entries[:-1])} {phrases.joining_and} {entries[-1]}"
