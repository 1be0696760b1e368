"""Holds the rules of one release in bits, so that a check costs little. Means exactly what `api.logic` means.

A state of knowledge is two masks over the bits of findings: what is present and what is absent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import MISSING

from api.content.vocabulary import Vocabulary, vocabulary
from api.logic import identifier, leaves
from api.red_flags.bits import Bits, Number, lay_out, make_number
from api.red_flags.criteria import CompiledCriterion, compile_criterion
from api.red_flags.guides import Guide, make_guide
from api.red_flags.layout import make_tally
from api.red_flags.masks import Table, each_bit, join_table, joined
from api.red_flags.questions import Question, make_questions, numbers_in_front
from api.red_flags.tallies import Tally
from schemas.content import RedFlag
from schemas.criteria import Criterion
from schemas.releases import Bundle
from schemas.words import LEVELS, RANK, Level


@dataclass(frozen=True, slots=True)
class CompiledRedFlag:
    """A red flag with its rule in bits."""

    id: str
    level: Level
    rank: int
    emergency_if_unsure: bool
    criterion: Criterion
    rule: CompiledCriterion


@dataclass(frozen=True, slots=True)
class LevelNodes:
    """The nodes of the red flags of one level."""

    level: Level
    rank: int
    roots: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What each finding that may be sent says, those of retired findings too, read as they are today."""

    up: Mapping[str, int]
    """The bits that are present where a yes/no finding is."""
    down: Mapping[str, int]
    """The bits that are absent where a yes/no finding is."""
    doubt: Mapping[str, int]
    """The bits that are unsure where a finding is: a number raises no doubt of what it is of."""
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class View:
    """What is considered for one topic, or for all: red flags (gravest first) and the findings that may be sent."""

    red_flags: tuple[CompiledRedFlag, ...]
    readable: frozenset[str]
    sent: Sent
    tally: Tally
    """The rules of every red flag of the release."""
    levels: tuple[LevelNodes, ...]
    """The gravest first."""
    above: tuple[int, ...]
    """For each rank the roots of the red flags of this view that stand above it."""
    by_root: Mapping[int, CompiledRedFlag]
    """The red flags of this view by the position of their root."""
    guide: Guide


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a check needs of a release, without its texts."""

    words: Vocabulary
    read_as: Mapping[str, str]
    """For each id the one under which it is read today."""
    names: tuple[str, ...]
    """The finding of each bit."""
    bits: Mapping[str, int]
    """For a yes/no finding its bit, for a number the bits of its bands."""
    bands: Mapping[str, tuple[tuple[Criterion, int], ...]]
    numbers: Mapping[str, Number]
    down: Mapping[str, int]
    """The bits that are absent where a finding, read as it is today, is."""
    order: tuple[str, ...]
    """The findings that can be asked, in the order of asking."""
    every: int
    """All bits."""
    asked: int
    """The lowest bit of each finding that can be asked: all bits of a number are answered together."""
    raising: int
    """The bits of the numbers of which any value makes something else present."""
    questions: tuple[Question, ...]
    """For each bit the question about its finding."""
    below: Table
    """The bits of what stands below a finding, by byte of a mask."""
    behind: Mapping[str, int]
    """For each finding that is used only together with a number, the bits of that number's bands."""
    views: Mapping[str, View]
    """By topic; under "" the view of every topic."""


def compile_rules(bundle: Bundle) -> Rules:
    """Work out the bits of a content that has passed its checks."""
    words = vocabulary(bundle.findings)
    bits = lay_out(bundle, words)
    red_flags = sorted(bundle.red_flags, key=lambda red_flag: (-RANK[red_flag.level], red_flag.id))
    tally = make_tally([flag.when for flag in red_flags], bits.leaf, len(bits.names))
    read_as = {name: words.read_as(name) for name in words.findings}
    up = {name: bits.of(words.ancestors[now]) for name, now in read_as.items()}
    down = {name: bits.of(words.descendants[now]) for name, now in read_as.items()}
    doubt = {name: bits.own.get(now, 0) if now in bits.bands else up[now] for name, now in read_as.items()}
    behind = {name: bits.of(numbers) for name, numbers in numbers_in_front(bundle, words).items()}
    of = {name: 0 if finding.of is MISSING else up[finding.of] for name, finding in words.findings.items()}
    numbers = {
        name: make_number(words.findings[name], bits.bands[read_as[name]], of[read_as[name]]) for name in bits.bands
    }
    return Rules(
        words=words,
        read_as=read_as,
        names=bits.names,
        bits=bits.own,
        bands=bits.bands,
        numbers=numbers,
        down=down,
        order=bundle.question_order,
        every=(1 << len(bits.names)) - 1,
        asked=joined(own & -own for name in bundle.question_order if (own := bits.own.get(name, 0))),
        raising=joined(number.every for number in numbers.values() if number.up),
        questions=make_questions(bits.names, down, of, behind, tally.readers),
        below=join_table([bits.of(words.descendants[name] - {name}) for name in bits.names]),
        behind=behind,
        views=_views(bundle, red_flags, words, bits, tally, Sent(up, down, doubt, numbers)),
    )


def flags_of(roots: int, view: View) -> tuple[CompiledRedFlag, ...]:
    """Give the red flags of some roots, the gravest first."""
    return tuple([view.by_root[place] for place in each_bit(roots)][::-1])


def _views(
    bundle: Bundle, red_flags: Sequence[RedFlag], words: Vocabulary, bits: Bits, tally: Tally, sent: Sent
) -> Mapping[str, View]:
    """Make the view of each topic, and under "" that of every topic."""
    compiled = [
        CompiledRedFlag(
            id=red_flag.id,
            level=red_flag.level,
            rank=RANK[red_flag.level],
            emergency_if_unsure=red_flag.if_unsure is not MISSING,
            criterion=red_flag.when,
            rule=compile_criterion(red_flag.when, bits.leaf),
        )
        for red_flag in red_flags
    ]

    def view(topic: str) -> View:
        places = [place for place, flag in enumerate(red_flags) if not topic or not flag.topics or topic in flag.topics]
        readable = _readable(bundle, topic, [red_flags[place].when for place in places], words)
        sendable = [name for name in words.findings if words.read_as(name) in readable]
        yes_no = [name for name in sendable if words.findings[name].kind == "yes_no"]
        levels = tuple(
            LevelNodes(
                level,
                RANK[level],
                joined(tally.roots[place] for place in places if compiled[place].level == level),
                joined(tally.spans[place] for place in places if compiled[place].level == level),
            )
            for level in reversed(LEVELS)
        )
        return View(
            red_flags=tuple(compiled[place] for place in places),
            readable=readable,
            sent=Sent(
                up={name: sent.up[name] for name in yes_no},
                down={name: sent.down[name] for name in yes_no},
                doubt={name: sent.doubt[name] for name in sendable},
                numbers={name: sent.numbers[name] for name in sendable if name in sent.numbers},
            ),
            tally=tally,
            levels=levels,
            above=tuple(joined(level.roots for level in levels if level.rank > rank) for rank in range(len(LEVELS))),
            by_root={tally.roots[place].bit_length() - 1: compiled[place] for place in places},
            guide=make_guide(bundle, topic, bits),
        )

    return {topic: view(topic) for topic in ("", *(topic.id for topic in bundle.topics))}


def _readable(bundle: Bundle, topic: str, criteria: Iterable[Criterion], words: Vocabulary) -> frozenset[str]:
    """Give the findings that something considered for a topic asks about, with their families."""
    read = {identifier(leaf) for criterion in criteria for leaf in leaves(criterion)}
    for remedy in bundle.remedies:
        if not topic or topic in remedy.topics:
            for caution in remedy.cautions:
                if caution.unsuitable_when is not MISSING:
                    read |= {identifier(leaf) for leaf in leaves(caution.unsuitable_when)}
    for cause in bundle.causes:
        if not topic or topic in cause.topics:
            read |= {name for clue in cause.tells_apart for name in clue.findings}
    for item in bundle.reassurance:
        if not topic or topic in item.topics:
            read |= {identifier(leaf) for leaf in leaves(item.when)}
    return frozenset(name for one in read for name in words.ancestors[one] | words.descendants[one])
