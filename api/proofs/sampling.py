"""Holds the drawing of made-up people, and of what they might tell of themselves. Nobody real; a seed says who."""

import random
from collections.abc import Mapping
from typing import Final, NamedTuple

from api.content.vocabulary import Vocabulary, vocabulary
from api.logic import identifier, in_band, ways
from api.proofs.encoding import ALL_TOPICS, Number
from api.red_flags.compiled import compile_rules
from schemas.checks import Measurement, Profile
from schemas.criteria import Criterion
from schemas.releases import Bundle

MOST: Final = 6
"""The most findings that somebody has besides one way of a red flag and all that they imply."""
SHARES: Final = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How much of what could be told is told."""
DOUBTS: Final = (0.0, 0.1, 0.5)
"""How much of what is told is not known."""


class Person(NamedTuple):
    """Somebody of whom everything is known."""

    has: frozenset[str]
    numbers: Mapping[str, float]


class Content(NamedTuple):
    """What people are drawn from: rules, what may be sent in each topic, and the values worth trying of each number."""

    bundle: Bundle
    words: Vocabulary
    readable: Mapping[str, tuple[str, ...]]
    """By topic, and under "" for all topics; without retired findings."""
    values: Mapping[str, tuple[float, ...]]


def content(bundle: Bundle, numbers: Mapping[str, Number]) -> Content:
    """Work out what people are drawn from; of a number one value for each stretch in which nothing differs."""
    words = vocabulary(bundle.findings)
    return Content(
        bundle,
        words,
        {
            topic: tuple(sorted(name for name in view.readable if words.read_as(name) == name))
            for topic, view in compile_rules(bundle).views.items()
        },
        {
            name: tuple(cut / 10**one.domain.decimals for cut in one.cuts if cut <= one.domain.highest)
            for name, one in numbers.items()
        },
    )


def person(drawn: Content, chance: random.Random) -> Person:
    """Draw somebody who has some findings and, mostly, all that one way of some red flag takes."""
    flag = chance.choice(drawn.bundle.red_flags)
    way = chance.choice(sorted(ways(flag.when), key=lambda one: sorted(map(str, one)))) if chance.random() < 0.7 else ()  # noqa: PLR2004 -- a share
    yes_no = [name for name in drawn.readable[ALL_TOPICS] if drawn.words.findings[name].kind == "yes_no"]
    named = {identifier(leaf) for leaf in way} | set(chance.sample(yes_no, min(chance.randint(0, MOST), len(yes_no))))
    has = {above for name in named for above in drawn.words.ancestors[name] if above not in drawn.values}
    numbers: dict[str, float] = {}
    for name, possible in drawn.values.items():
        if set(drawn.words.parents[name]) <= has:
            numbers[name] = chance.choice([value for value in possible if _inside(way, name, value)] or possible)
    return Person(frozenset(has), numbers)


def told(someone: Person, topic: str, drawn: Content, chance: random.Random) -> Profile:
    """Draw what somebody might tell when asking about a topic: some of it, some of it as not known."""
    share, doubt = chance.choice(SHARES), chance.choice(DOUBTS)
    lists: dict[str, list[str]] = {"present": [], "absent": [], "unsure": []}
    measured: list[Measurement] = []
    for name in drawn.readable[topic]:
        if chance.random() >= share:
            continue
        if chance.random() < doubt:
            lists["unsure"].append(name)
        elif name in someone.numbers:
            measured.append(Measurement(finding=name, value=someone.numbers[name]))
        elif name not in drawn.values:
            lists["present" if name in someone.has else "absent"].append(name)
    doubted = {above for name in lists["unsure"] if name not in drawn.values for above in drawn.words.ancestors[name]}
    lists["absent"] = [name for name in lists["absent"] if name not in doubted]
    asking = {"topic": topic} if topic else {}
    return Profile.model_validate({**asking, **lists, "measurements": measured, "include": ("possible",)})


def _inside(way: frozenset[Criterion] | tuple[()], name: str, value: float) -> bool:
    """Tell whether a number has a value that a way of a red flag asks for."""
    return all(in_band(leaf, value) for leaf in way if leaf.op == "number" and identifier(leaf) == name)
