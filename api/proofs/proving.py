"""Holds the proof of what each difference between two contents does to decisions. Needs the solver.

The *decision* on a complete profile is, in the view of each topic that both contents have and in that of all topics,
the level, each red flag that is present with its level, and the remedies that are withheld. A red flag makes the level
rise where it stands after above all that stood before, and fall where it stood before above all that stands after.
Whatever rises or falls does so by a red flag that changed, or by a finding that is answered or understood otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, assert_never

import z3

from api.changes.bumping import largest
from api.changes.comparing_items import Difference
from api.proofs.encoding import ALL_TOPICS, Side, Worlds, at_least, counts
from api.proofs.searching import Search
from api.proofs.witnessing import Contents, contents, witness
from schemas.releases import Bump, Change, Witness
from schemas.words import LEVELS, RANK

Way = Literal["rise", "fall", "same"]
Effects = Mapping[Way, z3.BoolRef]
Progress = Callable[[int, int], None]

ASKS_FOR: Final[Mapping[Way, Bump]] = {"rise": "minor", "fall": "major", "same": "minor"}
"""The least step for what a change does to somebody's decision."""
UNSEEN: Final = " A check names no remedies to this person; whoever reads the remedy itself sees the change."


class View(NamedTuple):
    """A topic that both contents have, or all topics, with how both levels there stand to one another."""

    topic: str
    equal: z3.BoolRef
    higher: z3.BoolRef
    lower: z3.BoolRef


def prove(
    found: Sequence[Difference], search: Search, progress: Progress = lambda _done, _total: None
) -> tuple[Change, ...]:
    """Give the differences between the two contents of some worlds as changes: what each does, proved and shown.

    Raises:
        ContentRefused: the solver gave up.

    """
    worlds = search.worlds
    views = _views(worlds)
    both = contents(worlds.before.bundle, worlds.after.bundle, worlds.joined)
    changes: list[Change] = []
    for count, one in enumerate(found, start=1):
        changes.append(_proved(one, search, views, both))
        progress(count, len(found))
    return tuple(changes)


def _proved(one: Difference, search: Search, views: tuple[View, ...], both: Contents) -> Change:
    name = one.change.id if isinstance(one.change.id, str) else ""
    match one.proof:
        case "none":
            return one.change.model_copy(update={"bump": one.least})
        case "red_flag":
            effects = [_of_red_flag(name, search.worlds, view) for view in views]
            return _decided(one, search, list(zip(views, effects, strict=True)), both)
        case "finding":
            touched = _touched(name, search.worlds)
            effects = [_of_finding(touched, view) for view in views]
            return _decided(one, search, list(zip(views, effects, strict=True)), both)
        case "remedy":
            return _withheld(one, name, search, both)
        case "reassurance":
            return _reassuring(one, name, search)
        case _:
            assert_never(one.proof)


def _views(worlds: Worlds) -> tuple[View, ...]:
    old, new = ({topic.id for topic in side.bundle.topics} for side in (worlds.before, worlds.after))
    views: list[View] = []
    for topic in (ALL_TOPICS, *sorted(old & new)):
        ranks = range(1, len(LEVELS))
        pairs = [(at_least(worlds.before, topic, rank), at_least(worlds.after, topic, rank)) for rank in ranks]
        views.append(
            View(
                topic,
                equal=z3.And([before == after for before, after in pairs]),
                higher=z3.Or([z3.And(after, z3.Not(before)) for before, after in pairs]),
                lower=z3.Or([z3.And(before, z3.Not(after)) for before, after in pairs]),
            )
        )
    return tuple(views)


def _of_red_flag(name: str, worlds: Worlds, view: View) -> Effects:
    (stood, old), (stands, new) = (_standing(side, name, view.topic) for side in (worlds.before, worlds.after))
    rise = z3.And(stands, z3.Not(at_least(worlds.before, view.topic, new)))
    fall = z3.And(stood, z3.Not(at_least(worlds.after, view.topic, old)))
    differs = z3.Xor(stood, stands) if old == new else z3.Or(stood, stands)
    return {"rise": rise, "fall": fall, "same": z3.And(differs, z3.Not(rise), z3.Not(fall))}


def _standing(side: Side, name: str, topic: str) -> tuple[z3.BoolRef, int]:
    """Give the formula that a red flag counts in a view, and its rank; never, and 0, where it is none of the view."""
    for flag in side.bundle.red_flags:
        if flag.id == name and counts(flag, topic, 0):
            return side.red_flags[name], RANK[flag.level]
    return z3.BoolVal(val=False), 0


def _of_finding(touched: z3.BoolRef, view: View) -> Effects:
    same = z3.And(touched, view.equal)
    return {"rise": z3.And(touched, view.higher), "fall": z3.And(touched, view.lower), "same": same}


def _touched(name: str, worlds: Worlds) -> z3.BoolRef:
    """Give the formula that somebody tells of a finding, or of one below it, and it is read in two ways."""
    before, after, keys = worlds.joined
    today = after.read_as(name)
    below = {keys[low] for low in before.descendants[name] if low in keys} | after.descendants[
        today
    ] & worlds.told.keys()
    differs = [
        z3.Xor(holds, worlds.after.findings[keys[one]])
        for one, holds in worlds.before.findings.items()
        if keys[one] in worlds.after.findings
    ]
    return z3.And(z3.Or([worlds.told[one] for one in sorted(below)]), z3.Or(differs))


def _decided(one: Difference, search: Search, effects: list[tuple[View, Effects]], both: Contents) -> Change:
    """Prove what a change does to the level, each way by the first view in which it does."""
    shown: dict[Way, Witness] = {}
    for way in ASKS_FOR:
        for view, formulas in effects:
            person = search.smallest(z3.And(formulas[way], view.equal)) if way == "same" else None
            person = person or search.smallest(formulas[way])
            if person is not None:
                shown[way] = witness(person, view.topic, both)
                break
    nobody = "" if shown or one.proof != "red_flag" else " Nobody is decided otherwise by it."
    return one.change.model_copy(
        update={
            "summary": one.change.summary + nobody,
            "bump": largest([one.least, *(ASKS_FOR[way] for way in shown)]),
            "answers_can": tuple(shown) or ("same",),
            "witnesses": tuple(shown.values()),
        }
    )


def _withheld(one: Difference, name: str, search: Search, both: Contents) -> Change:
    """Prove who is kept from a remedy after and not before, and the other way round."""
    before, after = search.worlds.before, search.worlds.after
    told = z3.And(before.told_of[name], after.told_of[name])
    old, new = before.kept_back[name], after.kept_back[name]
    shown: dict[str, Witness] = {}
    for amount, formula in (("more", z3.And(new, z3.Not(old))), ("fewer", z3.And(old, z3.Not(new)))):
        person, unseen = search.smallest(z3.And(formula, told)), ""
        if person is None:
            person, unseen = search.smallest(formula), UNSEEN
        if person is not None:
            when = "after, not before" if amount == "more" else "before, not after"
            shown[amount] = witness(person, ALL_TOPICS, both, f" The remedy is kept from them {when}.{unseen}")
    bump: Bump = "major" if "fewer" in shown else "minor" if shown else "patch"
    said = " and from ".join(f"{amount} people" for amount in shown) or "the same people"
    return one.change.model_copy(
        update={
            "summary": f"{one.change.summary} It is kept from {said}.",
            "bump": bump,
            "answers_can": ("same",),
            "witnesses": tuple(shown.values()),
        }
    )


def _reassuring(one: Difference, name: str, search: Search) -> Change:
    differs = z3.Xor(search.worlds.before.reassurance[name], search.worlds.after.reassurance[name])
    bump: Bump = "minor" if search.possible(differs) else "patch"
    nobody = "" if bump == "minor" else " It means the same."
    return one.change.model_copy(
        update={"summary": one.change.summary + nobody, "bump": bump, "answers_can": ("same",)}
    )
