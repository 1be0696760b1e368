"""Holds the laws of the check that the solver proves: of everybody at once, or of everybody who fits a profile."""

from collections.abc import Mapping
from decimal import Decimal

import z3
from pydantic import MISSING

from api.proofs.encoding import ALL_TOPICS, Worlds, at_least, counts
from api.proofs.laws import Sample, topic_of
from api.proofs.searching import Found, Search
from api.proofs.witnessing import example
from schemas.assurance import RedFlagChecked
from schemas.checks import Profile
from schemas.content import RedFlag
from schemas.problems import Fault
from schemas.words import LEVELS, RANK


def is_sound(sample: Sample, search: Search) -> str:
    """Law 2: nobody who fits a profile has a level below `level` or above `worst_case`."""
    fits, after, topic = _fits(sample.profile, search.worlds), search.worlds.after, topic_of(sample.profile)
    low, high = RANK[sample.answer.level], RANK[sample.answer.worst_case]
    if low > 0 and search.possible(*fits, z3.Not(at_least(after, topic, low))):
        return "somebody who fits has a lower level"
    if high < len(LEVELS) - 1 and search.possible(*fits, at_least(after, topic, high + 1)):
        return "somebody who fits has a level above the worst case"
    return ""


def is_exact(sample: Sample, search: Search) -> str:
    """Law 3: somebody who fits a profile has `level`, and somebody has `worst_case`."""
    fits, after, topic = _fits(sample.profile, search.worlds), search.worlds.after, topic_of(sample.profile)
    low, high = RANK[sample.answer.level], RANK[sample.answer.worst_case]
    if not search.possible(*fits, z3.Not(at_least(after, topic, low + 1))):
        return "nobody who fits has the level"
    if high > 0 and not search.possible(*fits, at_least(after, topic, high)):
        return "nobody who fits has the worst case"
    return ""


def loses_by_more(formulas: Mapping[str, z3.BoolRef], search: Search) -> tuple[str, Found] | None:
    """Law 4: give a formula that holds of somebody, and no more where that person has more findings; None if none is.

    The second person is the first with every Boolean put anew, and none of them taken back.
    """
    worlds = search.worlds
    anew = [(one, z3.Bool(f"more {key}")) for key, one in worlds.told.items()]
    second = [z3.substitute(one, *anew) for one in worlds.possible]
    more = [z3.Implies(one, other) for one, other in anew]
    for name, formula in formulas.items():
        found = search.smallest(z3.And(formula, z3.Not(z3.substitute(formula, *anew)), *second, *more))
        if found is not None:
            return name, found
    return None


def red_flag_checked(flag: RedFlag, search: Search, faults: list[Fault]) -> RedFlagChecked | None:
    """Prove that a red flag is reached, and that it stands alone in somebody or says why it stands."""
    after, file = search.worlds.after, f"red-flags/{flag.id}.json"
    findings = search.worlds.joined.after.findings
    formula = after.red_flags[flag.id]
    reached = search.smallest(formula)
    if reached is None:
        faults.append(Fault(file, "/when", "it is present in nobody"))
        return None
    rank = RANK[flag.level]
    others = [one.id for one in after.bundle.red_flags if one.id != flag.id and counts(one, ALL_TOPICS, rank)]
    alone = search.smallest(z3.And(formula, z3.Not(z3.Or([after.red_flags[one] for one in others]))))
    if alone is None and flag.beside is MISSING:
        faults.append(Fault(file, "/beside", "others of its level or above always stand beside it: say why it stands"))
    return RedFlagChecked(
        red_flag=flag.id,
        level=flag.level,
        reached_by=example(reached, findings),
        stands_alone_in=example(alone, findings) if alone is not None else MISSING,
        beside=flag.beside,
    )


def _fits(profile: Profile, worlds: Worlds) -> list[z3.BoolRef]:
    """Give the formulas that somebody is as a profile says; what is unsure or unanswered is anything."""
    fits = [worlds.told[name] for name in profile.present]
    fits += [z3.Not(worlds.told[name]) for name in profile.absent]
    for one in profile.measurements:
        number = worlds.numbers[one.finding]
        value = int(Decimal(repr(one.value)).scaleb(number.domain.decimals))
        fits += [worlds.told[one.finding], number.value == value]
    return fits
