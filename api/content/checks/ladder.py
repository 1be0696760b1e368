"""Holds the check that no red flag is made redundant by others of its level or above without saying why it stands."""

from collections.abc import Iterator

from pydantic import MISSING

from api.content.checks.criteria import closed
from api.content.checks.references import file_of
from api.content.vocabulary import Vocabulary
from api.logic import Truth, evaluate, leaves, ways
from schemas.content import RedFlag
from schemas.criteria import Criterion
from schemas.problems import Fault
from schemas.releases import Bundle
from schemas.words import RANK


def ladder_faults(bundle: Bundle, words: Vocabulary) -> Iterator[Fault]:
    """Give a fault for every covered red flag that does not say why it stands, and for every needless saying so."""
    every_leaf = {leaf for flag in bundle.red_flags for leaf in leaves(flag.when)}
    for flag in bundle.red_flags:
        others = [
            other.when for other in bundle.red_flags if other is not flag and RANK[other.level] >= RANK[flag.level]
        ]
        covered = _covered(flag, others, every_leaf, words)
        if covered and flag.beside is MISSING:
            yield Fault(
                file_of("red_flags", flag.id),
                "/beside",
                "others of its level or above are present wherever it is: say why it stands beside them",
            )
        elif not covered and flag.beside is not MISSING:
            yield Fault(file_of("red_flags", flag.id), "/beside", "no others cover it: leave this out")


def _covered(flag: RedFlag, others: list[Criterion], every_leaf: set[Criterion], words: Vocabulary) -> bool:
    """Tell whether, in every smallest way of being present, another red flag is present too."""
    return all(any(_present(other, closed(way, every_leaf, words)) for other in others) for way in ways(flag.when))


def _present(criterion: Criterion, present: frozenset[Criterion]) -> bool:
    truth = evaluate(criterion, lambda leaf: Truth.PRESENT if leaf in present else Truth.ABSENT)
    return truth is Truth.PRESENT
