"""Holds the rules that content must keep beyond its shape. Each check yields faults; none raises, none stops early."""

from collections.abc import Iterator, Mapping

from api.content.checks.criteria import criterion_faults
from api.content.checks.items import item_faults
from api.content.checks.ladder import ladder_faults
from api.content.checks.questions import family_faults, question_faults
from api.content.checks.reading import reading_faults
from api.content.checks.references import reference_faults
from api.content.vocabulary import vocabulary
from schemas.problems import Fault
from schemas.releases import Bundle


def faults_in(bundle: Bundle, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    """Give every fault of a content; `known` are the ids of each folder, those of unreadable files included.

    Rules that follow criteria and families are looked at only where every finding can be read and every reference
    holds, for they would stumble over the same fault again.
    """
    yield from reading_faults(bundle)
    broken = [*reference_faults(bundle, known), *item_faults(bundle)]
    yield from broken
    words = vocabulary(bundle.findings)
    if broken or known["findings"] != words.findings.keys():
        return
    broken = list(family_faults(words))
    yield from broken
    if not broken:
        broken = list(criterion_faults(bundle, words))
        yield from broken
        if not broken:
            yield from ladder_faults(bundle, words)
            yield from question_faults(bundle, words)
