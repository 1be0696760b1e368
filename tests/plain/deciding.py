"""What is known, what follows from it and what is asked next, in sets of ids."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import MISSING

from api.content.vocabulary import Vocabulary, vocabulary
from api.logic import Truth, evaluate, identifier, in_band, parts, reasons
from schemas.checks import Profile, Status
from schemas.content import RedFlag
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import LEVELS, RANK, Level

Ids = frozenset[str]


class Known(NamedTuple):
    """What is known of one person, by the ids of today."""

    words: Vocabulary
    present: Ids
    absent: Ids
    """A number stands here where there is none, or where it lies in no band."""
    unsure: Ids
    numbers: Mapping[str, float]
    given: Ids

    def leaf(self, leaf: Criterion) -> Truth:
        """The truth of a leaf."""
        name = identifier(leaf)
        if name in self.numbers:
            return Truth.PRESENT if in_band(leaf, self.numbers[name]) else Truth.ABSENT
        return Truth.PRESENT if name in self.present else Truth.ABSENT if name in self.absent else Truth.UNKNOWN

    def answered(self) -> Ids:
        """What need not be asked."""
        return self.present | self.absent | self.unsure | self.numbers.keys()

    def after_no(self, names: Iterable[str]) -> "Known":
        """The same after "no" to some findings; a number that is given is of something."""
        names = tuple(names)
        of = {one.of for one in map(self.words.findings.__getitem__, names) if one.of is not MISSING}
        absent = self.absent | _all_below(names, self.words)
        return self._replace(
            present=self.present | _all_above(of, self.words), absent=absent, unsure=self.unsure - absent
        )


class Open(NamedTuple):
    """A red flag above the level that is unknown, and the findings that it waits for."""

    flag: RedFlag
    waits: Ids


class Decided(NamedTuple):
    """What follows from what is known."""

    status: Status
    level: Level
    worst_case: Level
    advice: Level | None
    matched: tuple[RedFlag, ...]
    open: tuple[Open, ...]


def known_of(profile: Profile, bundle: Bundle) -> Known:
    """What a profile that is not refused says."""
    words = vocabulary(bundle.findings)
    present, absent, unsure = (
        frozenset(map(words.read_as, names)) for names in (profile.present, profile.absent, profile.unsure)
    )
    numbers = {words.read_as(one.finding): one.value for one in profile.measurements}
    of = {one.of for one in map(words.findings.__getitem__, numbers) if one.of is not MISSING}
    so = _all_above(present | of, words)
    doubted = {name for name in unsure if words.findings[name].kind == "number"}
    return Known(
        words=words,
        present=so,
        absent=_all_below(absent, words),
        unsure=(_all_above(unsure - doubted, words) | doubted) - so,
        numbers=numbers,
        given=present | numbers.keys(),
    )


def considered(bundle: Bundle, topic: str) -> tuple[RedFlag, ...]:
    """The red flags that a topic considers, the gravest first."""
    flags = [flag for flag in bundle.red_flags if not topic or not flag.topics or topic in flag.topics]
    return tuple(sorted(flags, key=lambda flag: (-RANK[flag.level], flag.id)))


def decide(known: Known, flags: Sequence[RedFlag]) -> Decided:
    """Weigh red flags, one after the other."""
    truths = {flag.id: evaluate(flag.when, known.leaf) for flag in flags}
    matched = tuple(flag for flag in flags if truths[flag.id] is Truth.PRESENT)
    rank = max((RANK[flag.level] for flag in matched), default=0)
    still_open = tuple(
        Open(flag, frozenset(identifier(leaf) for leaf in reasons(flag.when, known.leaf)))
        for flag in flags
        if truths[flag.id] is Truth.UNKNOWN and RANK[flag.level] > rank
    )
    level = LEVELS[rank]
    if not still_open:
        return Decided("settled", level, level, level, matched, ())
    worst_case = still_open[0].flag.level
    if any(one.waits - known.unsure for one in still_open):
        return Decided("ask", level, worst_case, level if rank >= RANK["urgent"] else None, matched, still_open)
    doubts = [
        RANK["urgent"] if one.flag.level == "emergency" and one.flag.if_unsure is MISSING else RANK[one.flag.level]
        for one in still_open
    ]
    return Decided("cannot_tell", level, worst_case, LEVELS[max(rank, *doubts)], matched, still_open)


def because(criterion: Criterion, known: Known) -> tuple[str, ...]:
    """The ids, as they were given, that alone make a present criterion present."""
    found: set[str] = set()
    for leaf in reasons(criterion, known.leaf):
        name = identifier(leaf)
        found |= {name} if name in known.given else known.words.descendants[name] & known.given
    return tuple(sorted(found))


def screen(known: Known, decided: Decided, bundle: Bundle) -> tuple[str, ...]:
    """The first seven findings, in their order, that an open red flag waits for."""
    words = known.words
    waiting = {name for one in decided.open for name in one.waits} - known.unsure
    unanswered = words.findings.keys() - known.answered()
    candidates = [
        name
        for name in bundle.question_order
        if name in unanswered
        and words.descendants[name] & waiting
        and not (words.ancestors[name] - {name}) & unanswered
    ]
    ready = [name for name in candidates if not _in_front(name, bundle, words) & waiting]
    return tuple((ready or candidates)[:7])


def screens_after(asked: tuple[str, ...], known: Known, flags: Sequence[RedFlag], bundle: Bundle) -> int:
    """How many screens follow one if every answer is no."""
    left = 0
    while True:
        known = known.after_no(asked)
        asked = screen(known, decide(known, flags), bundle)
        if not asked:
            return left
        left += 1


def _in_front(name: str, bundle: Bundle, words: Vocabulary) -> Ids:
    """The numbers beside which every red flag uses a finding, or what is below it."""
    below = words.descendants[name]
    uses = [
        numbers - {used}
        for flag in bundle.red_flags
        for used, numbers in _beside(flag.when, frozenset())
        if used in below
    ]
    return frozenset.intersection(*uses) - {name} if uses else frozenset()


def _beside(criterion: Criterion, numbers: Ids) -> list[tuple[str, Ids]]:
    """Each leaf with the numbers of which a band must be present too."""
    if not parts(criterion):
        return [(identifier(criterion), numbers)]
    if criterion.op == "all_of":
        numbers |= {identifier(part) for part in parts(criterion) if part.op == "number"}
    return [found for part in parts(criterion) for found in _beside(part, numbers)]


def _all_above(names: Iterable[str], words: Vocabulary) -> Ids:
    return frozenset(above for name in names for above in words.ancestors[name])


def _all_below(names: Iterable[str], words: Vocabulary) -> Ids:
    return frozenset(below for name in names for below in words.descendants[name])
