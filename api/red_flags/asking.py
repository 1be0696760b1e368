"""Holds which questions come next: one screen of at most seven, and how many screens are left. No texts."""

from typing import Final, NamedTuple

from pydantic import MISSING

from api.red_flags.compiled import Rules, View
from api.red_flags.deciding import Decision, decide
from api.red_flags.facts import Facts
from schemas.words import Level

SCREEN: Final = 7
"""The most questions on one screen."""


class Screen(NamedTuple):
    """The findings to ask next, the highest level they could still raise the answer to, and the screens after it."""

    findings: tuple[str, ...]
    could_raise_to: Level
    left: int


def next_screen(facts: Facts, decision: Decision, rules: Rules, view: View) -> Screen | None:
    """Give the next screen; None where nothing is left to ask."""
    findings = _live(facts, decision, rules)
    if not findings:
        return None
    asked = 0
    for name in findings:
        asked |= rules.down[name]
    could_raise_to = next(one.red_flag.level for one in decision.open if one.unknown & asked)
    return Screen(findings, could_raise_to, _screens_after(findings, facts, rules, view))


def answered_no(facts: Facts, findings: tuple[str, ...], rules: Rules) -> Facts:
    """Give the facts after "no" to every finding; a number is answered by a value in no band."""
    absent = facts.absent
    for name in findings:
        absent |= rules.down[name]
    present = facts.present
    for name in findings:
        of = rules.words.findings[name].of
        if of is not MISSING:
            present |= rules.up[of]
    return facts._replace(absent=absent, present=present, unsure=facts.unsure & ~absent)


def _live(facts: Facts, decision: Decision, rules: Rules) -> tuple[str, ...]:
    """Give the first seven findings, in the order of questions, that some open red flag waits for.

    A finding stands behind its unanswered gates, and behind the number it is only used with.
    """
    waiting = 0
    for one in decision.open:
        waiting |= one.unknown
    waiting &= ~facts.unsure
    if not waiting:
        return ()
    unanswered = ~(facts.present | facts.absent | facts.unsure)
    candidates = [
        name
        for name in rules.order
        if rules.bits[name] & unanswered
        and rules.down[name] & waiting
        and not any(rules.bits[above] & unanswered for above in rules.words.ancestors[name] if above != name)
    ]
    ready = [name for name in candidates if not rules.behind.get(name, 0) & waiting]
    return tuple((ready or candidates)[:SCREEN])


def _screens_after(findings: tuple[str, ...], facts: Facts, rules: Rules, view: View) -> int:
    left = 0
    while True:
        facts = answered_no(facts, findings, rules)
        findings = _live(facts, decide(facts, view), rules)
        if not findings:
            return left
        left += 1
