"""Causes, remedies and reassuring words that go with an answer, in sets of ids."""

from collections.abc import Iterator

from pydantic import MISSING

from api.logic import Truth, evaluate, identifier, leaves, reasons
from schemas.checks import CheckFirst, Guidance, ReassuringText, SuggestedItem, Withheld
from schemas.content import Remedy
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import RANK
from tests.plain.deciding import Decided, Known, because


def guidance(known: Known, decided: Decided, bundle: Bundle, topic: str) -> Guidance | None:
    """What goes with a decision; nothing while something urgent is possible."""
    if RANK[decided.worst_case] >= RANK["urgent"]:
        return None
    bands = {leaf for criterion in _criteria(bundle) for leaf in leaves(criterion) if leaf.op == "number"}
    so = known.present | {identifier(band) for band in bands if known.leaf(band) is Truth.PRESENT}
    causes = [
        SuggestedItem(id=cause.id, title=cause.title, because=tuple(sorted(fits)))
        for cause in bundle.causes
        if (not topic or topic in cause.topics) and cause.category != "dangerous_look_alike"
        if (fits := {name for clue in cause.tells_apart for name in clue.findings} & so)
    ]
    causes.sort(key=lambda cause: (-len(cause.because), cause.id))
    helped = {cause.id: cause.remedies for cause in bundle.causes}
    helping = {remedy for cause in causes for remedy in helped[cause.id]}
    helping |= {remedy for one in bundle.topics if topic in {"", one.id} for remedy in one.remedies}
    remedies: list[SuggestedItem] = []
    withheld: list[Withheld] = []
    check_first: list[CheckFirst] = []
    for remedy in bundle.remedies:
        if remedy.use != "self_care" or remedy.id not in helping:
            continue
        against, unknown = _cautions(remedy, known)
        if against:
            withheld.append(Withheld(remedy=remedy.id, because=against))
        elif unknown:
            check_first.append(CheckFirst(remedy=remedy.id, findings=unknown))
        else:
            fitting = tuple(cause.id for cause in causes if remedy.id in helped[cause.id])
            remedies.append(SuggestedItem(id=remedy.id, title=remedy.title, because=fitting))
    calm = decided.status == "settled" and decided.level == "self_care"
    return Guidance(
        causes=tuple(causes),
        remedies=tuple(remedies),
        withheld=tuple(withheld),
        check_first=tuple(check_first),
        reassurance=tuple(
            ReassuringText(id=item.id, text=item.text)
            for item in bundle.reassurance
            if calm and (not topic or topic in item.topics) and evaluate(item.when, known.leaf) is Truth.PRESENT
        ),
    )


def _cautions(remedy: Remedy, known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The findings that speak against a remedy, and those that are not known yet."""
    against: set[str] = set()
    unknown: set[str] = set()
    for caution in remedy.cautions:
        if caution.unsuitable_when is MISSING:
            continue
        truth = evaluate(caution.unsuitable_when, known.leaf)
        if truth is Truth.PRESENT:
            against.update(because(caution.unsuitable_when, known))
        elif truth is Truth.UNKNOWN:
            unknown.update(identifier(leaf) for leaf in reasons(caution.unsuitable_when, known.leaf))
    return tuple(sorted(against)), tuple(sorted(unknown))


def _criteria(bundle: Bundle) -> Iterator[Criterion]:
    """Every criterion of a content."""
    for flag in bundle.red_flags:
        yield flag.when
    for remedy in bundle.remedies:
        for caution in remedy.cautions:
            if caution.unsuitable_when is not MISSING:
                yield caution.unsuitable_when
    for item in bundle.reassurance:
        yield item.when
