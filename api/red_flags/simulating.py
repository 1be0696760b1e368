"""Holds how long interviews take: people of whom everything is known answer what the check asks. Draws nobody.

The people are given, or follow from the rules; the answers come from the same steps as everywhere: weigh, decide,
next screen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pydantic import MISSING

from api.logic import identifier, leaves, ways
from api.red_flags.asking import answered_no, next_screen
from api.red_flags.compiled import CompiledRedFlag, Rules, View
from api.red_flags.deciding import decide
from api.red_flags.facts import Facts, Given, weigh
from schemas.checks import Status
from schemas.criteria import Criterion
from schemas.words import RANK, Level

AGE: Final = "age-years"
"""The finding that is a person's age."""
ADULT: Final = 40.0
"""The age of the adult who says no to everything, and of whoever has an emergency that names no age."""
OTHER_AGES: Final = (0.1, 1.5, 8.0, 16.0, 85.0)
"""The ages of the others who say no to everything."""


class Person(NamedTuple):
    """Somebody of whom everything is known."""

    has: frozenset[str]
    """The yes/no findings that are so, with all that they imply."""
    numbers: Mapping[str, float]
    """A number that is asked and stands here not is in no band."""
    volunteered: frozenset[str]
    """What is told before anything is asked."""


class Interview(NamedTuple):
    """The screens that were asked, and the level and status of each answer: one before each screen, and the last."""

    screens: tuple[tuple[str, ...], ...]
    levels: tuple[Level, ...]
    statuses: tuple[Status, ...]

    def asked(self) -> tuple[str, ...]:
        """Give the findings that were asked, in their order."""
        return tuple(name for screen in self.screens for name in screen)


class Spread(NamedTuple):
    """How a count is spread over people; a percentile is the least count that so many have at most (nearest rank)."""

    minimum: int
    median: int
    ninetieth: int
    maximum: int


class Emergency(NamedTuple):
    """One way of a red flag, in interviews with somebody who does not volunteer it and with somebody who does."""

    red_flag: str
    way: tuple[str, ...]
    silent: Interview
    volunteering: Interview

    def screens_until_found(self) -> int | None:
        """Count the screens until the answer says emergency; None where it never does."""
        levels = self.silent.levels
        return levels.index("emergency") if "emergency" in levels else None


class Question(NamedTuple):
    """A question put to the adult who says no to everything."""

    finding: str
    children: int
    """How many findings imply it directly; 0 for a question that is no gate."""
    forced_by: tuple[str, ...]
    """The red flags that no other of the questions rules out."""


class NoSayer(NamedTuple):
    """What an adult who says no to everything is asked."""

    screens: int
    questions: tuple[Question, ...]

    def gates(self) -> int:
        """Count the questions that are gates."""
        return sum(question.children > 0 for question in self.questions)


class Simulation(NamedTuple):
    """Every interview that was simulated."""

    volunteering: tuple[Interview, ...]
    """With benign adults who volunteer what they have."""
    silent: tuple[Interview, ...]
    """With the same adults, volunteering nothing."""
    emergencies: tuple[Emergency, ...]
    ages: tuple[tuple[float, Interview], ...]
    """With people of other ages who say no to everything."""
    no_sayer: NoSayer


def simulate(adults: Sequence[Person], rules: Rules, view: View, progress: Callable[[int, int], None]) -> Simulation:
    """Interview adults with and without what they volunteer, one person an emergency, and people of other ages."""
    grave = [flag for flag in view.red_flags if flag.level == "emergency"]
    total = 2 * len(adults) + 2 * len(grave) + len(OTHER_AGES)
    done = 0

    def interviewed(person: Person) -> Interview:
        nonlocal done
        found = interview(person, rules, view)
        done += 1
        progress(done, total)
        return found

    volunteering = tuple(interviewed(person) for person in adults)
    silent = tuple(interviewed(person._replace(volunteered=frozenset())) for person in adults)
    emergencies: list[Emergency] = []
    for flag in grave:
        way = smallest_way(flag)
        names = frozenset(map(identifier, way))
        ill = person_with(way, rules)
        emergencies.append(
            Emergency(flag.id, tuple(sorted(names)), interviewed(ill), interviewed(ill._replace(volunteered=names)))
        )
    ages = tuple((age, interviewed(_nobody(age))) for age in OTHER_AGES)
    return Simulation(volunteering, silent, tuple(emergencies), ages, no_sayer(rules, view))


def interview(person: Person, rules: Rules, view: View) -> Interview:
    """Ask a person what the check asks next, until nothing is left to ask."""
    screens: list[tuple[str, ...]] = []
    levels: list[Level] = []
    statuses: list[Status] = []
    while True:
        asked = [name for screen in screens for name in screen]
        known = _known(person, asked, rules)
        decision = decide(known, view)
        levels.append(decision.level)
        statuses.append(decision.status)
        screen = next_screen(known, decision, rules, view)
        if screen is None:
            return Interview(tuple(screens), tuple(levels), tuple(statuses))
        screens.append(screen.findings)


def benign_findings(rules: Rules, view: View) -> tuple[str, ...]:
    """Give the findings that an adult may have without being ill.

    They may be sent for the topic, their whole family stands in no red flag above routine, and none of them, nor what
    they imply, is used only together with a number, as the signs of infants are.
    """
    words = rules.words
    grave = {
        identifier(leaf) for flag in view.red_flags if flag.rank > RANK["routine"] for leaf in leaves(flag.criterion)
    }
    return tuple(
        name
        for name in sorted(view.readable)
        if words.findings[name].kind == "yes_no"
        and words.read_as(name) == name
        and not (words.ancestors[name] | words.descendants[name]) & grave
        and not words.ancestors[name] & rules.behind.keys()
    )


def adult_with(findings: Iterable[str], age: float, rules: Rules) -> Person:
    """Make an adult who has some findings and volunteers them."""
    volunteered = frozenset(findings)
    return Person(_climbed(volunteered, rules), {AGE: age}, volunteered)


def smallest_way(red_flag: CompiledRedFlag) -> frozenset[Criterion]:
    """Give the one of the ways of a red flag with the fewest leaves, the first in writing among equals."""
    return min(ways(red_flag.criterion), key=lambda way: (len(way), sorted(map(str, way))))


def person_with(way: Iterable[Criterion], rules: Rules) -> Person:
    """Make a person in whom every leaf of a way is so and nothing else is, who volunteers nothing."""
    has: set[str] = set()
    numbers = {AGE: ADULT}
    lows: dict[str, list[float]] = {}
    for leaf in way:
        has.add(identifier(leaf))
        if leaf.op == "number":
            lowest = rules.words.findings[identifier(leaf)].minimum
            at_least = leaf.at_least if leaf.at_least is not MISSING else lowest
            lows.setdefault(identifier(leaf), []).append(0.0 if at_least is MISSING else at_least)
    numbers |= {name: max(values) for name, values in lows.items()}
    return Person(_climbed(has, rules), numbers, frozenset())


def no_sayer(rules: Rules, view: View) -> NoSayer:
    """Work out what an adult who says no to everything is asked, and which red flags force each question."""
    adult = _nobody(ADULT)
    found = interview(adult, rules, view)
    asked = found.asked()
    questions: list[Question] = []
    for name in asked:
        others = decide(_known(adult, [other for other in asked if other != name], rules), view)
        children = sum(name in parents for parents in rules.words.parents.values())
        questions.append(Question(name, children, tuple(one.red_flag.id for one in others.open)))
    return NoSayer(len(found.screens), tuple(questions))


def spread(counts: Iterable[int]) -> Spread:
    """Give how one count or more are spread."""
    ordered = sorted(counts)
    median, ninetieth = (ordered[-(-len(ordered) * percent // 100) - 1] for percent in (50, 90))
    return Spread(ordered[0], median, ninetieth, ordered[-1])


def _nobody(age: float) -> Person:
    """Make a person who has nothing and volunteers nothing."""
    return Person(frozenset(), {AGE: age}, frozenset())


def _known(person: Person, asked: Sequence[str], rules: Rules) -> Facts:
    """Give what is known of a person who volunteered and then answered what was asked."""
    told = person.volunteered.union(asked)
    numbers = {name: value for name, value in person.numbers.items() if name in told}
    denied = tuple(name for name in asked if name not in person.has and name not in numbers)
    return answered_no(
        weigh(Given(tuple(sorted(told & person.has)), (), (), numbers), rules, rules.views[""]), denied, rules
    )


def _climbed(names: Iterable[str], rules: Rules) -> frozenset[str]:
    """Give the yes/no findings among some findings and all that they imply."""
    words = rules.words
    above = {ancestor for name in names for ancestor in words.ancestors[name]}
    return frozenset(name for name in above if words.findings[name].kind == "yes_no")
