"""Holds how replies in English are worded, made ready to be looked for. The phrases are data: `english.json`."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from pydantic import TypeAdapter

from api.content.strict_json import read_json
from api.replies.patterns import Classes, PatternSet, compile_exception, compile_set
from schemas.wording import Denials, Instruction, Leads, Statement, Wording
from schemas.words import RANK, Level, NotToSayKind

Before = re.Pattern[str] | None
After = re.Pattern[str] | None


class ReadyInstruction(NamedTuple):
    """How one level's instruction is worded."""

    action: PatternSet
    advised: PatternSet
    passive: PatternSet
    number: PatternSet
    local: PatternSet
    time: PatternSet
    conditional: PatternSet
    after: PatternSet
    later: PatternSet
    alternatives: PatternSet


class ReadyStatement(NamedTuple):
    """How one kind of forbidden statement is worded, by the rank from which it counts, and its exceptions."""

    says: tuple[tuple[int, PatternSet], ...]
    unless: tuple[tuple[Before, After], ...]
    inside: PatternSet


class Language(NamedTuple):
    """A language in which replies can be checked."""

    tag: str
    leads: Leads
    firm: frozenset[str]
    gentle: frozenset[str]
    before: PatternSet
    exempt: PatternSet
    after_exempt: PatternSet
    after_for: frozenset[str]
    instructions: Mapping[Level, ReadyInstruction]
    time_follows: PatternSet
    safety_net: PatternSet
    questions: PatternSet
    common: frozenset[str]
    statements: Mapping[NotToSayKind, ReadyStatement]
    denials: Denials
    words: frozenset[str]
    plain: frozenset[str]
    plain_questions: frozenset[str]


@cache
def english() -> Language:
    """Read how replies in English are worded."""
    data = resources.files("api.replies").joinpath("english.json").read_bytes()
    read_json(data)
    return make_ready(TypeAdapter(Wording).validate_json(data))


def make_ready(wording: Wording) -> Language:
    """Compile everything that is looked for."""
    classes = wording.classes
    conditions = wording.conditions
    return Language(
        tag=wording.language,
        leads=wording.leads,
        firm=frozenset(wording.leads.firm),
        gentle=frozenset((*wording.leads.firm, *wording.leads.gentle)),
        before=compile_set(conditions.before, classes),
        exempt=compile_set(conditions.exempt, classes),
        after_exempt=compile_set(conditions.after_exempt, classes),
        after_for=frozenset(conditions.for_),
        instructions={level: _instruction(level, one, wording, classes) for level, one in wording.instructions.items()},
        time_follows=compile_set(wording.time_follows, classes),
        safety_net=compile_set(wording.safety_net, classes),
        questions=compile_set(wording.questions, classes),
        common=frozenset(wording.common),
        statements={kind: _statement(one, classes) for kind, one in wording.statements.items()},
        denials=wording.denials,
        words=_listed(wording.words) | _words_in(classes),
        plain=_listed(wording.plain),
        plain_questions=_listed(wording.plain) | _listed(wording.plain_questions),
    )


def _instruction(level: Level, one: Instruction, wording: Wording, classes: Classes) -> ReadyInstruction:
    return ReadyInstruction(
        action=compile_set(one.action, classes),
        advised=compile_set(one.advised, classes),
        passive=compile_set(one.passive, classes),
        number=compile_set(one.number, classes),
        local=compile_set(one.local, classes),
        time=compile_set(one.time, classes),
        conditional=compile_set(wording.conditional[level], classes),
        after=compile_set(wording.conditions.after[level], classes),
        later=compile_set(wording.conditions.later[level], classes),
        alternatives=compile_set(wording.conditions.or_[level], classes),
    )


def _statement(one: Statement, classes: Classes) -> ReadyStatement:
    return ReadyStatement(
        says=tuple((RANK[group.least], compile_set(group.any, classes)) for group in one.says),
        unless=tuple(compile_exception(text, classes) for text in one.unless),
        inside=compile_set(one.inside, classes),
    )


def _listed(lines: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


def _words_in(classes: Classes) -> frozenset[str]:
    return frozenset(word for phrases in classes.values() for phrase in phrases for word in phrase.split())
