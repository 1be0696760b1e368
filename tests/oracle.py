"""An independent judge of the rule core: plain two-valued logic over complete people, written apart from the code.

It knows JSON, not the project's models, and no three-valued logic at all: it lists the people who fit a profile and
asks of each what is true. What all of them share is known; what only some share is possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

Json = Any
RANKS = {"self_care": 0, "routine": 1, "soon": 2, "urgent": 3, "emergency": 4}


class Person(NamedTuple):
    """Somebody of whom everything is known."""

    has: frozenset[str]
    numbers: Mapping[str, float]


class World(NamedTuple):
    """The findings and red flags that there are, as JSON, and for each number the values worth trying."""

    findings: Sequence[Json]
    red_flags: Sequence[Json]
    values: Mapping[str, Sequence[float]]


def true_of(when: Json, person: Person) -> bool:
    """Tell whether a criterion is true of a person."""
    operator = when["op"]
    if operator == "finding":
        return bool(when["id"] in person.has)
    if operator == "number":
        value = person.numbers.get(when["id"])
        return value is not None and bool(when.get("at_least", value) <= value < when.get("below", value + 1))
    hits = [true_of(part, person) for part in when["of"]]
    enough = {"all_of": len(hits), "any_of": 1, "some_of": when.get("count")}[operator]
    return hits.count(True) >= int(enough)


def level_of(person: Person, red_flags: Sequence[Json]) -> int:
    """Give the rank of the gravest red flag that is true of a person, 0 where none is."""
    return max([RANKS[flag["level"]] for flag in red_flags if true_of(flag["when"], person)], default=0)


def people(world: World, profile: Json) -> Iterator[Person]:
    """Give everybody who fits a profile: all that is given holds, all that is implied holds, the rest is anything."""
    yes_no = [one["id"] for one in world.findings if one["kind"] == "yes_no"]
    numbers = [one for one in world.findings if one["kind"] == "number"]
    measured = {one["finding"]: one["value"] for one in profile.get("measurements", ())}
    choices = [
        (True,)
        if name in profile.get("present", ())
        else (False,)
        if name in profile.get("absent", ())
        else (False, True)
        for name in yes_no
    ]
    for choice in product(*choices):
        has = frozenset(name for name, here in zip(yes_no, choice, strict=True) if here)
        if any(parent not in has for one in world.findings if one["id"] in has for parent in one.get("implies", ())):
            continue
        options: list[list[float | None]] = []
        for one in numbers:
            exists = "of" not in one or one["of"] in has
            if one["id"] in measured:
                options.append([measured[one["id"]]] if exists else [])
            else:
                options.append(list(world.values[one["id"]]) if exists else [None])
        for values in product(*options):
            yield Person(
                has,
                {one["id"]: value for one, value in zip(numbers, values, strict=True) if value is not None},
            )
