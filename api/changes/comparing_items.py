"""Holds how two editions of one item differ, each difference with its type. Refuses to prove what it does."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from pydantic import MISSING

from api.changes.telling import listed, of_level, rule_changed
from api.changes.vocabularies import Joined, step_of_finding
from schemas.content import Finding, Reassurance, RedFlag, Remedy
from schemas.criteria import Criterion
from schemas.releases import Bump, Change
from schemas.words import RANK, Frozen, Json, Kind

Proof = Literal["none", "red_flag", "remedy", "finding", "reassurance"]
"""What must still be proved of a difference: nothing, or what the rules of an item of this kind do."""
Words = tuple[Literal["finding", "level"], str]

DECIDING: Final[Mapping[Kind, frozenset[str]]] = {
    "red_flag": frozenset({"level", "when", "topics", "if_unsure"}),
    "remedy": frozenset({"use", "unsuitable_when"}),
    "finding": frozenset({"kind", "unit", "minimum", "maximum", "decimals", "of", "implies", "replaced_by"}),
    "reassurance": frozenset({"when"}),
}
"""The fields that decide, at any depth of an item; each has a type of its own."""
CHOOSING: Final[Mapping[Kind, frozenset[str]]] = {
    "topic": frozenset({"remedies", "watch_for"}),
    "cause": frozenset({"topics", "category", "findings", "remedies"}),
    "remedy": frozenset({"topics", "causes"}),
    "reassurance": frozenset({"topics"}),
}
"""The fields that choose what stands beside a decision: causes, remedies, signs to look out for, reassuring words."""
ASKED: Final = frozenset({"question", "help", "name"})
"""The words of a finding that a person answers: other words get other answers, whatever the rules."""
CITED: Final = frozenset({"citations"})


class Difference(NamedTuple):
    """One difference, the least step that it asks for, what must still be proved of it, and whose words it changes."""

    change: Change
    least: Bump
    proof: Proof = "none"
    words: Words | None = None


class Edition(NamedTuple):
    """An item, and its texts in other languages."""

    item: Frozen
    translations: Mapping[str, Mapping[str, Json]]


def added(kind: Kind, name: str, item: Frozen) -> Difference:
    """Tell of an item that the older content does not hold."""
    if isinstance(item, RedFlag):
        summary = f"The red flag “{item.title}” is new, at level {of_level(item.level)}."
        return Difference(Change(type="red_flag_added", kind=kind, id=name, summary=summary), "minor", "red_flag")
    summary = f"{_called(kind, item)} is new."
    change = Change(type="item_added", kind=kind, id=name, summary=summary, answers_can=("same",))
    return Difference(change, "patch" if kind == "source" else "minor")


def removed(kind: Kind, name: str, item: Frozen) -> Difference:
    """Tell of an item that the newer content does not hold."""
    if isinstance(item, RedFlag):
        summary = f"The red flag “{item.title}”, at level {of_level(item.level)}, is gone."
        return Difference(Change(type="red_flag_removed", kind=kind, id=name, summary=summary), "major", "red_flag")
    refused = " Whoever sends it is refused." if kind == "finding" else ""
    summary = f"{_called(kind, item)} is gone.{refused}"
    can: tuple[Literal["same"], ...] = () if kind == "finding" else ("same",)
    return Difference(Change(type="item_removed", kind=kind, id=name, summary=summary, answers_can=can), "major")


def changed(kind: Kind, name: str, before: Edition, after: Edition, joined: Joined) -> Iterator[Difference]:
    """Tell of everything that differs between two editions of an item."""
    old, new = before.item, after.item
    yield from _rules(name, old, new, joined)
    called = _called(kind, new)
    choosing = _fields(old, new, _only(CHOOSING.get(kind, frozenset())))
    if choosing:
        summary = f"{called}: where it is shown, or what is shown with it, changed ({_names(choosing)})."
        change = Change(type="criterion_changed", kind=kind, id=name, summary=summary, answers_can=("same",))
        yield Difference(change, "minor")
    told = DECIDING.get(kind, frozenset()) | CHOOSING.get(kind, frozenset()) | CITED
    words = _fields(old, new, _without(told))
    words |= translated(before.translations, after.translations)
    if isinstance(new, Finding) and new.replaced_by is MISSING and words & ASKED:
        summary = f"{called} is asked in other words ({_names(words & ASKED)})."
        yield Difference(
            Change(type="question_changed", kind=kind, id=name, summary=summary), "minor", words=("finding", name)
        )
        words -= ASKED
    if words:
        kind_of_change: Literal["sources", "wording"] = "sources" if kind == "source" else "wording"
        summary = f"{called}: {_names(words)} changed; no rule did."
        yield Difference(
            Change(type=kind_of_change, kind=kind, id=name, summary=summary, answers_can=("same",)), "patch"
        )
    if _fields(old, new, _only(CITED)):
        summary = f"{called} cites other sources."
        yield Difference(Change(type="sources", kind=kind, id=name, summary=summary, answers_can=("same",)), "patch")


def translated(before: Mapping[str, Mapping[str, Json]], after: Mapping[str, Mapping[str, Json]]) -> set[str]:
    """Give the fields whose text differs in some language that both have."""
    return {
        field
        for language in before.keys() & after.keys()
        for field in before[language].keys() | after[language].keys()
        if before[language].get(field) != after[language].get(field)
    }


def _rules(name: str, old: Frozen, new: Frozen, joined: Joined) -> Iterator[Difference]:
    if isinstance(old, RedFlag) and isinstance(new, RedFlag):
        yield from _red_flag(old, new, joined)
    elif isinstance(old, Remedy) and isinstance(new, Remedy):
        yield from _remedy(old, new)
    elif isinstance(old, Reassurance) and isinstance(new, Reassurance) and old.when != new.when:
        summary = f"The reassurance “{new.title}” is shown to others. {_rule(old.when, new.when, joined)}"
        change = Change(type="criterion_changed", kind="reassurance", id=name, summary=summary)
        yield Difference(change, "patch", "reassurance")
    elif isinstance(old, Finding) and isinstance(new, Finding):
        fields = _fields(old, new, _only(DECIDING["finding"]))
        if fields:
            summary = f"The finding “{new.name}” is answered or understood otherwise ({_names(fields)})."
            if "replaced_by" in fields and new.replaced_by is not MISSING:
                today = joined.after.findings[joined.after.read_as(name)].name
                summary = f"The finding “{old.name}” is retired and read as “{today}”."
            change = Change(type="criterion_changed", kind="finding", id=name, summary=summary)
            yield Difference(change, step_of_finding(name, joined), "finding")


def _red_flag(old: RedFlag, new: RedFlag, joined: Joined) -> Iterator[Difference]:
    called = f"The red flag “{new.title}”"
    if old.level != new.level:
        summary = f"{called} is at level {of_level(new.level)}; it was at {of_level(old.level)}."
        raised = RANK[new.level] > RANK[old.level]
        change = Change(type="level_raised" if raised else "level_lowered", kind="red_flag", id=new.id, summary=summary)
        yield Difference(change, "patch", "red_flag")
    said: list[str] = []
    if old.when != new.when:
        said.append(f"{called} has another criterion. {_rule(old.when, new.when, joined)}")
    if old.topics != new.topics and (old.level == new.level or (old.topics and new.topics)):
        said.append(f"{called} counts in {listed(new.topics) if new.topics else 'every topic'}.")
    if said:
        change = Change(type="criterion_changed", kind="red_flag", id=new.id, summary=" ".join(said))
        yield Difference(change, "patch", "red_flag")
    if old.if_unsure != new.if_unsure:
        gone = new.if_unsure is MISSING
        what = "not told any more" if gone else "told"
        change = Change(
            type="criterion_changed",
            kind="red_flag",
            id=new.id,
            summary=f"{called}: whoever cannot tell is {what} to call an ambulance.",
            answers_can=("fall", "same") if gone else ("rise", "same"),
        )
        yield Difference(change, "major" if gone else "minor")


def _remedy(old: Remedy, new: Remedy) -> Iterator[Difference]:
    called = f"The remedy “{new.title}”"
    if old.use != new.use and "self_care" not in {old.use, new.use}:
        summary = f"{called} is said to be {new.use.replace('_', ' ')}; it is suggested to nobody, as before."
        yield Difference(
            Change(type="wording", kind="remedy", id=new.id, summary=summary, answers_can=("same",)), "patch"
        )
    elif old.use != new.use:
        withdrawn = old.use == "self_care"
        change = Change(
            type="remedy_withdrawn" if withdrawn else "criterion_changed",
            kind="remedy",
            id=new.id,
            summary=f"{called} is {'not suggested to anybody any more' if withdrawn else 'suggested as self-care'}.",
        )
        yield Difference(change, "patch", "remedy")
    cautions = _criteria(old), _criteria(new)
    if cautions[0] != cautions[1]:
        lost = [one for one in cautions[0] if one not in cautions[1]]
        gained = [one for one in cautions[1] if one not in cautions[0]]
        summary = f"{called} has other cautions: {len(gained)} criteria are new, {len(lost)} are gone."
        change = Change(type="criterion_changed", kind="remedy", id=new.id, summary=summary)
        yield Difference(change, "patch", "remedy")


def _criteria(remedy: Remedy) -> list[Criterion]:
    return [one.unsuitable_when for one in remedy.cautions if one.unsuitable_when is not MISSING]


def _rule(before: Criterion, after: Criterion, joined: Joined) -> str:
    return rule_changed(before, after, joined.before.findings, joined.after.findings)


def _called(kind: Kind, item: Frozen) -> str:
    title = getattr(item, "name", MISSING) if kind == "finding" else getattr(item, "title", MISSING)
    return f"The {kind.replace('_', ' ')} “{title}”"


def _names(fields: set[str]) -> str:
    return listed(sorted(fields))


def _fields(old: Frozen, new: Frozen, part: Callable[[Json], Json]) -> set[str]:
    """Give the fields that differ between the same part of two editions of an item."""
    before, after = (part(one.model_dump(mode="json")) or {} for one in (old, new))
    return {field for field in before.keys() | after.keys() if before.get(field) != after.get(field)}


def _only(names: frozenset[str]) -> Callable[[Json], Json]:
    """Make what gives the part of an item that stands under some names, at any depth; None where there is none."""

    def part(value: Json) -> Json:
        if isinstance(value, dict):
            kept = {name: one if name in names else part(one) for name, one in value.items()}
            return {name: one for name, one in kept.items() if one is not None} or None
        if isinstance(value, list):
            parts = [part(one) for one in value]
            return parts if any(one is not None for one in parts) else None
        return None

    return part


def _without(names: frozenset[str]) -> Callable[[Json], Json]:
    """Make what gives an item without all that stands under some names, at any depth."""

    def part(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: part(one) for name, one in value.items() if name not in names}
        return [part(one) for one in value] if isinstance(value, list) else value

    return part
