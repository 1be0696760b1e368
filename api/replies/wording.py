"""Holds how replies in English are worded, made ready to be looked for. The phrases are data: `english.json`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from pydantic import TypeAdapter

from api.content.strict_json import read_json
from api.replies.patterns import Classes, PatternSet, compile_exception, compile_set
from schemas.wording import Denials, Leads, Wording
from schemas.words import RANK, Level, NotToSayKind

Part = Literal[
    "action",
    "advised",
    "passive",
    "number",
    "local",
    "time",
    "time_follows",
    "conditional",
    "before",
    "exempt",
    "after",
    "later",
    "after_exempt",
    "alternative",
]
"""What a pattern is a pattern of, where an instruction is looked for."""

Exceptions = tuple[tuple[re.Pattern[str] | None, re.Pattern[str] | None], ...]


class Language(NamedTuple):
    """A language in which replies can be checked."""

    tag: str
    leads: Leads
    firm: frozenset[str]
    gentle: frozenset[str]
    after_for: frozenset[str]
    instructions: Mapping[Level, PatternSet[Part]]
    safety_net: PatternSet[None]
    questions: PatternSet[None]
    common: frozenset[str]
    statements: PatternSet[tuple[NotToSayKind, int]]
    """Each with the rank from which it counts."""
    unless: Mapping[NotToSayKind, Exceptions]
    inside: Mapping[NotToSayKind, PatternSet[None]]
    denials: Denials
    asides: PatternSet[None]
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
    plain = _listed(wording.plain)
    return Language(
        tag=wording.language,
        leads=wording.leads,
        firm=frozenset(wording.leads.firm),
        gentle=frozenset((*wording.leads.firm, *wording.leads.gentle)),
        after_for=frozenset(wording.conditions.for_),
        instructions={level: compile_set(_parts(level, wording), classes) for level in wording.instructions},
        safety_net=_plain_set(wording.safety_net, classes),
        questions=_plain_set(wording.questions, classes),
        common=frozenset(wording.common),
        statements=compile_set(
            (
                ((kind, RANK[group.least]), text)
                for kind, statement in wording.statements.items()
                for group in statement.says
                for text in group.any
            ),
            classes,
        ),
        unless={
            kind: tuple(compile_exception(text, classes) for text in statement.unless)
            for kind, statement in wording.statements.items()
        },
        inside={kind: _plain_set(statement.inside, classes) for kind, statement in wording.statements.items()},
        denials=wording.denials,
        asides=_plain_set(wording.asides, classes),
        words=_listed(wording.words) | _words_in(classes),
        plain=plain,
        plain_questions=plain | _listed(wording.plain_questions),
    )


def _parts(level: Level, wording: Wording) -> Iterator[tuple[Part, str]]:
    one, conditions = wording.instructions[level], wording.conditions
    parts: dict[Part, Sequence[str]] = {
        "action": one.action,
        "advised": one.advised,
        "passive": one.passive,
        "number": one.number,
        "local": one.local,
        "time": one.time,
        "time_follows": wording.time_follows,
        "conditional": wording.conditional[level],
        "before": conditions.before,
        "exempt": conditions.exempt,
        "after": conditions.after[level],
        "later": conditions.later[level],
        "after_exempt": conditions.after_exempt,
        "alternative": conditions.or_[level],
    }
    for part, patterns in parts.items():
        for text in patterns:
            yield part, text


def _plain_set(patterns: Sequence[str], classes: Classes) -> PatternSet[None]:
    return compile_set(((None, text) for text in patterns), classes)


def _listed(lines: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


def _words_in(classes: Classes) -> frozenset[str]:
    return frozenset(word for phrases in classes.values() for phrase in phrases for word in phrase.split())
