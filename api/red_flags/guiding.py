"""Holds which causes, remedies and reassuring words go with an answer. Speaks only below an urgent worst case."""

from typing import NamedTuple

from api.red_flags.compiled import Rules, View
from api.red_flags.deciding import Decision, because, names_of
from api.red_flags.facts import Facts
from api.red_flags.guides import Cautions
from schemas.words import RANK

Named = tuple[str, tuple[str, ...]]
"""The id of a cause or remedy, and the ids that it stands there because of, or waits for."""


class Guided(NamedTuple):
    """The guidance that goes with an answer, by id."""

    causes: tuple[Named, ...]
    remedies: tuple[Named, ...]
    withheld: tuple[Named, ...]
    check_first: tuple[Named, ...]
    reassurance: tuple[str, ...]


def guidance(facts: Facts, decision: Decision, rules: Rules, view: View) -> Guided | None:
    """Give causes that fit, remedies that are clear of their cautions, and what is withheld or must be looked at.

    A remedy is suggested only where every caution is known not to apply: unknown is never "no". Remedies that are not
    self-care are never suggested.
    """
    if RANK[decision.worst_case] >= RANK["urgent"]:
        return None
    fitting = [
        (clues, names_of(clues.bits & facts.present, rules))
        for clues in view.guide.causes
        if clues.bits & facts.present
    ]
    fitting.sort(key=lambda one: (-len(one[1]), one[0].cause))
    helping = view.guide.helping.union(*(clues.remedies for clues, _ in fitting))
    remedies: list[Named] = []
    withheld: list[Named] = []
    check_first: list[Named] = []
    for cautions in view.guide.remedies:
        if cautions.remedy not in helping:
            continue
        against, unknown = _weighed(cautions, facts, rules)
        if against:
            withheld.append((cautions.remedy, against))
        elif unknown:
            check_first.append((cautions.remedy, unknown))
        else:
            causes = tuple(clues.cause for clues, _ in fitting if cautions.remedy in clues.remedies)
            remedies.append((cautions.remedy, causes))
    settled = decision.status == "settled" and decision.level == "self_care"
    return Guided(
        causes=tuple((clues.cause, names) for clues, names in fitting),
        remedies=tuple(remedies),
        withheld=tuple(withheld),
        check_first=tuple(check_first),
        reassurance=tuple(item.id for item in view.guide.comforts if settled and item.when.holds(facts.present)),
    )


def _weighed(cautions: Cautions, facts: Facts, rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the findings that speak against a remedy, and those that are not known yet."""
    against: set[str] = set()
    unknown = 0
    for criterion in cautions.criteria:
        against.update(because(criterion, facts, rules))
        unknown |= criterion.unknown(facts.present, ~facts.absent)
    return tuple(sorted(against)), names_of(unknown, rules)
