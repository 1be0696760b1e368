"""Holds which questions come next: one screen of at most seven, and how many screens are left. No texts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from api.red_flags.compiled import Rules, View
from api.red_flags.deciding import Decision, decide
from api.red_flags.facts import Facts
from api.red_flags.masks import joined, joined_by, those
from api.red_flags.questions import Question
from api.red_flags.tallies import narrowed
from schemas.words import Level

SCREEN: Final = 7
"""The most questions on one screen."""


class Screen(NamedTuple):
    """The findings to ask next, the highest level they could still raise the answer to, and the screens after it."""

    findings: tuple[str, ...]
    could_raise_to: Level
    left: int


def next_screen(facts: Facts, decision: Decision, rules: Rules, view: View) -> Screen | None:
    """Give the next screen; None where nothing is left to ask.

    A finding stands behind its unanswered gates, and behind the number it is only used with.
    """
    if decision.status != "ask":
        return None
    known = facts.present | facts.absent
    asked, later = _asked(_candidates(facts, rules), decision.live, known | facts.unsure, view.tally.readers)
    if not asked:
        return None
    left = _screens_after(asked, later, decision, rules)
    return Screen(tuple([one.name for one in asked]), _could_raise_to(asked, known, decision.live, view), left)


def _could_raise_to(asked: list[Question], known: int, live: int, view: View) -> Level:
    """Give the highest level of which a live rule reads what is asked and not known."""
    reading = unknown = 0
    for one in asked:
        if one.down & known:
            unknown |= one.down & ~known
        else:
            reading |= one.nodes
    readers = view.tally.readers
    return next(
        level.level
        for level in view.levels
        if reading & live & level.nodes or _matters(unknown, live & level.nodes, readers)
    )


def answered_no(facts: Facts, findings: Sequence[str], rules: Rules) -> Facts:
    """Give the facts after "no" to every finding; a number is answered by a value in no band."""
    absent = facts.absent | joined(rules.down[name] for name in findings)
    present = facts.present | joined(rules.numbers[name].up for name in findings if name in rules.numbers)
    return facts._replace(absent=absent, present=present, unsure=facts.unsure & ~absent)


def _candidates(facts: Facts, rules: Rules) -> Iterator[Question]:
    """Give the questions that are not answered and stand behind no unanswered gate, in their order."""
    unanswered = rules.every & ~(facts.present | facts.absent | facts.unsure)
    return those(rules.questions, unanswered & rules.asked & ~joined_by(rules.below, unanswered))


def _asked(
    candidates: Iterable[Question], live: int, answered: int, readers: Sequence[int]
) -> tuple[list[Question], list[Question]]:
    """Give the first seven candidates that some open red flag waits for, and those that may be asked after them.

    One that is only used with a number stands behind that number, unless nothing else is left. One that no red flag
    waits for is left out for good: more answers never make it matter again.
    """
    ready: list[Question] = []
    held: list[Question] = []
    rest = iter(candidates)
    for one in rest:
        if one.nodes & live:
            down = one.down
            if down & answered and not _matters(down & ~answered, live, readers):
                continue
            if one.behind_nodes & live and _matters(one.behind & ~answered, live, readers):
                held.append(one)
                continue
            ready.append(one)
            if len(ready) == SCREEN:
                break
    return (ready, [*held, *rest]) if ready else (held[:SCREEN], held[SCREEN:])


def _matters(bits: int, live: int, readers: Sequence[int]) -> bool:
    """Tell whether one of some bits is read by a live node."""
    while bits and live:
        lowest = bits & -bits
        if readers[lowest.bit_length() - 1] & live:
            return True
        bits ^= lowest
    return False


def _screens_after(asked: list[Question], later: list[Question], decision: Decision, rules: Rules) -> int:
    """Count the screens that follow one if every answer is no: only what becomes absent is counted anew."""
    facts, view = decision.facts, decision.view
    tally = view.tally
    absent, answered = facts.absent, facts.present | facts.unsure
    fields, live = decision.absent, decision.live
    left = 0
    while later:
        denied = joined([one.down for one in asked])
        if denied & rules.raising and joined([one.up for one in asked]) & ~facts.present:
            facts = answered_no(facts._replace(absent=absent), [one.name for one in asked], rules)
            screen = next_screen(facts, decide(facts, view), rules, view)
            return left + 1 + screen.left if screen else left
        fields, live = narrowed(tally, denied & ~absent, fields, live)
        absent |= denied
        asked, later = _asked(later, live, answered | absent, tally.readers)
        if not asked:
            break
        left += 1
    return left
