"""Holds which causes, remedies and reassuring words go with an answer. Speaks only below an urgent worst case."""

from api.red_flags.compiled import Rules, each_bit
from api.red_flags.deciding import Decision, because, names_of
from api.red_flags.edition import Texts
from api.red_flags.facts import Facts
from schemas.checks import CheckFirst, Guidance, ReassuringText, SuggestedItem, Withheld
from schemas.content import Remedy
from schemas.words import RANK


def guidance(facts: Facts, decision: Decision, rules: Rules, texts: Texts, topic: str) -> Guidance | None:
    """Give causes that fit, remedies that are clear of their cautions, and what is withheld or must be looked at.

    A remedy is suggested only where every caution is known not to apply: unknown is never "no". Remedies that are not
    self-care are never suggested.
    """
    if RANK[decision.worst_case] >= RANK["urgent"]:
        return None
    present = {rules.names[position] for position in each_bit(facts.present)}
    causes = [
        SuggestedItem(id=cause.id, title=cause.title, because=tuple(sorted(fits)))
        for cause in texts.causes.values()
        if (not topic or topic in cause.topics) and cause.category != "dangerous_look_alike"
        if (fits := {name for clue in cause.tells_apart for name in clue.findings} & present)
    ]
    causes.sort(key=lambda cause: (-len(cause.because), cause.id))
    topics = [texts.topics[topic]] if topic else list(texts.topics.values())
    helping = {remedy for cause in causes for remedy in texts.causes[cause.id].remedies}
    helping |= {remedy for one in topics for remedy in one.remedies}
    remedies: list[SuggestedItem] = []
    withheld: list[Withheld] = []
    check_first: list[CheckFirst] = []
    for remedy in texts.remedies.values():
        if remedy.use != "self_care" or remedy.id not in helping:
            continue
        against, unknown = _cautions(remedy, facts, rules)
        if against:
            withheld.append(Withheld(remedy=remedy.id, because=against))
        elif unknown:
            check_first.append(CheckFirst(remedy=remedy.id, findings=unknown))
        else:
            fitting = tuple(cause.id for cause in causes if remedy.id in texts.causes[cause.id].remedies)
            remedies.append(SuggestedItem(id=remedy.id, title=remedy.title, because=fitting))
    return Guidance(
        causes=tuple(causes),
        remedies=tuple(remedies),
        withheld=tuple(withheld),
        check_first=tuple(check_first),
        reassurance=_reassurance(facts, decision, rules, texts, topic),
    )


def _cautions(remedy: Remedy, facts: Facts, rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the findings that speak against a remedy, and those that are not known yet."""
    against: set[str] = set()
    unknown = 0
    for criterion, rule in rules.cautions[remedy.id]:
        if rule.holds(facts.present):
            against.update(because(criterion, facts, rules))
        unknown |= rule.unknown(facts.present, ~facts.absent)
    return tuple(sorted(against)), names_of(unknown, rules)


def _reassurance(
    facts: Facts, decision: Decision, rules: Rules, texts: Texts, topic: str
) -> tuple[ReassuringText, ...]:
    if decision.status != "settled" or decision.level != "self_care":
        return ()
    return tuple(
        ReassuringText(id=item.id, text=item.text)
        for item in texts.reassurance.values()
        if (not topic or topic in item.topics) and rules.reassurance[item.id].holds(facts.present)
    )
