"""Holds the decision: both ends, what matched and why, what is open, and the level of the advice. No texts."""

from typing import NamedTuple

from api.red_flags.compiled import CompiledRedFlag, Rules, View, flags_of
from api.red_flags.criteria import CompiledCriterion
from api.red_flags.facts import Facts
from api.red_flags.masks import each_bit, those
from api.red_flags.tallies import both_ends, is_waiting, live_nodes
from schemas.checks import Status
from schemas.words import LEVELS, RANK, Level


class OpenRedFlag(NamedTuple):
    """A red flag above the level that is unknown, and the bits that it waits for."""

    red_flag: CompiledRedFlag
    unknown: int


class Decision(NamedTuple):
    """What the rules say of a state of knowledge.

    `level` is the highest level whose red flag is present, `worst_case` the highest whose red flag is not absent.
    `advice` is the level to act on; None where more must be asked first.
    """

    status: Status
    level: Level
    worst_case: Level
    advice: Level | None
    matched: tuple[CompiledRedFlag, ...]
    """The red flags that are present, the gravest first."""
    absent: int
    """The fields in which what is absent is counted."""
    open_roots: int
    """The roots of the red flags above the level that are unknown."""
    live: int
    """The nodes in which answers still matter."""
    facts: Facts
    view: View

    @property
    def open(self) -> tuple[OpenRedFlag, ...]:
        """The red flags above the level that are unknown, the gravest first; worked out when they are looked at."""
        lower, upper = self.facts.present, ~self.facts.absent
        return tuple(
            OpenRedFlag(flag, flag.rule.unknown(lower, upper)) for flag in flags_of(self.open_roots, self.view)
        )


def decide(facts: Facts, view: View) -> Decision:
    """Weigh every red flag of a view."""
    tally = view.tally
    present, absent = both_ends(tally, facts.present, facts.absent)
    unknown = tally.nodes & ~(present | absent)
    rank = _highest(present, view)
    matched = flags_of(present & view.above[0], view)
    still_open = unknown & view.above[rank]
    level = LEVELS[rank]
    if not still_open:
        return Decision("settled", level, level, level, matched, absent, 0, 0, facts, view)
    worst_case = LEVELS[_highest(still_open, view)]
    live = live_nodes(tally, unknown, still_open)
    if not facts.unsure or is_waiting(tally, live, facts.present | facts.absent | facts.unsure):
        advice = level if rank >= RANK["urgent"] else None
        return Decision("ask", level, worst_case, advice, matched, absent, still_open, live, facts, view)
    advice = LEVELS[max(rank, *(_rank_if_unsure(flag) for flag in flags_of(still_open, view)))]
    return Decision("cannot_tell", level, worst_case, advice, matched, absent, still_open, live, facts, view)


def because(rule: CompiledCriterion, facts: Facts, rules: Rules) -> tuple[str, ...]:
    """Give the ids, as they were given, that alone make a present criterion present."""
    found: set[str] = set()
    for place in each_bit(rule.reasons(facts.present)):
        name = rules.names[place]
        if name in facts.given:
            found.add(name)
        else:
            found |= rules.words.descendants[name] & facts.given
    return tuple(sorted(found))


def names_of(mask: int, rules: Rules) -> tuple[str, ...]:
    """Give the ids of the findings that the bits of a mask stand for."""
    return tuple(sorted(set(those(rules.names, mask))))


def _highest(nodes: int, view: View) -> int:
    """Give the highest rank of which a root is among some nodes, 0 where none is."""
    for level in view.levels:
        if nodes & level.roots:
            return level.rank
    return 0


def _rank_if_unsure(red_flag: CompiledRedFlag) -> int:
    """An emergency that nobody can confirm counts as urgent, unless the red flag says to call all the same."""
    if red_flag.level == "emergency" and not red_flag.emergency_if_unsure:
        return RANK["urgent"]
    return red_flag.rank
