"""Holds how the order of questions is worked out for a content. Greedy; the result is a file that people can edit.

Numbers that stand alone (age) come first: they decide which other questions make sense. Then, again and again, the
question whose "no" rules out most comes next: most ways in which red flags could still be present, the gravest
weighing most. A question that the others make needless moves behind. Behind each gate stand the questions that it
opens, the gravest first, so that who says yes to it is asked about them on the next screen. Questions that belong to an
age stand right behind it where they decide an emergency: nobody of another age is asked them.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import MISSING

from api.content.vocabulary import Vocabulary, vocabulary
from api.logic import identifier, leaves, ways
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import RANK, Level

_WEIGHT: Final[Mapping[Level, float]] = {"routine": 1, "soon": 1.5, "urgent": 3, "emergency": 6}
"""How much ruling out a red flag of each level is worth; none is of the lowest."""

Ways = dict[str, set[frozenset[Criterion]]]


def question_order(bundle: Bundle) -> tuple[str, ...]:
    """Work out the order in which the findings of a content are asked about."""
    words = vocabulary(bundle.findings)
    asked = {
        name for flag in bundle.red_flags for leaf in leaves(flag.when) for name in words.ancestors[identifier(leaf)]
    }
    first = sorted(
        name for name in asked if words.findings[name].kind == "number" and words.findings[name].of is MISSING
    )
    rank = {flag.id: RANK[flag.level] for flag in bundle.red_flags}
    weight = {flag.id: _WEIGHT[flag.level] for flag in bundle.red_flags}
    open_ways: Ways = {flag.id: set(ways(flag.when)) for flag in bundle.red_flags}
    for name in first:
        _rule_out(open_ways, name, words)
    roots = sorted(name for name in asked if not words.parents[name] and name not in first)
    chosen = _needed(_greedy(roots, open_ways, weight, words), open_ways, words)
    grave = {flag: (weight[flag] if rank[flag] == RANK["emergency"] else 0.0) for flag in weight}
    ahead = _greedy(chosen, open_ways, grave, words)
    behind = _greedy([name for name in chosen if name not in ahead], open_ways, weight, words)
    rest = sorted(asked - set(first), key=lambda name: (-_gravest(name, bundle, words), name))
    aged = [name for name in rest if name in roots and _gravest(name, bundle, words) == RANK["emergency"]]
    aged = [name for name in aged if _only_with(name, set(first), bundle, words)]
    order = [name for root in (*first, *aged, *ahead, *behind) for name in (root, *_below(root, rest, words))]
    return tuple(dict.fromkeys([*order, *rest]))


def _only_with(name: str, numbers: set[str], bundle: Bundle, words: Vocabulary) -> bool:
    """Tell whether every way of a red flag that needs a question, or one behind it, needs one of the numbers too."""
    below = words.descendants[name]
    needing = [
        {identifier(leaf) for leaf in way}
        for flag in bundle.red_flags
        for way in ways(flag.when)
        if any(identifier(leaf) in below for leaf in way)
    ]
    return all(way & numbers for way in needing)


def _below(root: str, rest: list[str], words: Vocabulary) -> list[str]:
    """Give the findings behind a gate: who says yes to it is asked about them next."""
    return [name for name in rest if name in words.descendants[root] and name != root]


def _greedy(names: list[str], open_ways: Ways, weight: Mapping[str, float], words: Vocabulary) -> list[str]:
    """Pick questions, each time the one whose "no" is worth most, until none is worth anything."""
    left = {flag: set(found) for flag, found in open_ways.items()}
    picked: list[str] = []
    while True:
        worth = {name: _worth(name, left, weight, words) for name in names if name not in picked}
        best = max(sorted(worth), key=lambda name: worth[name], default=None)
        if best is None or not worth[best]:
            return picked
        picked.append(best)
        _rule_out(left, best, words)


def _worth(name: str, open_ways: Ways, weight: Mapping[str, float], words: Vocabulary) -> float:
    """Tell what a "no" is worth: of each red flag the share of its ways that it rules out, times its weight."""
    below = words.descendants[name]
    return sum(
        weight[flag] * sum(any(identifier(leaf) in below for leaf in way) for way in found) / len(found)
        for flag, found in open_ways.items()
        if found
    )


def _needed(picked: list[str], open_ways: Ways, words: Vocabulary) -> list[str]:
    """Leave out the questions without which all the others still rule everything out, the least grave first."""
    kept = list(picked)
    for name in reversed(picked):
        others = [other for other in kept if other != name]
        left = {flag: set(found) for flag, found in open_ways.items()}
        for other in others:
            _rule_out(left, other, words)
        if not any(left.values()):
            kept = others
    return kept


def _rule_out(open_ways: Ways, name: str, words: Vocabulary) -> None:
    below = words.descendants[name]
    for found in open_ways.values():
        found -= {way for way in found if any(identifier(leaf) in below for leaf in way)}


def _gravest(name: str, bundle: Bundle, words: Vocabulary) -> int:
    """Give the highest rank of the red flags that read a finding that is asked, or anything below it."""
    below = words.descendants[name]
    return max(
        RANK[flag.level] for flag in bundle.red_flags if any(identifier(leaf) in below for leaf in leaves(flag.when))
    )
