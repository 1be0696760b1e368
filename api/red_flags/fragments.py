"""Holds the texts of one language as pieces of JSON, each written once by the model that documents it. Decides nothing.

A piece into which ids or a number are put is kept as what stands before them and what stands behind them.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Final, NamedTuple

from pydantic import MISSING
from pydantic_core import to_json

from schemas.checks import Advice, Matched, MustNotSay, Possible, Question, ReassuringText, SuggestedItem, WatchFor
from schemas.content import Cause, Finding, LevelText, Phrases, RedFlag, Remedy
from schemas.releases import Bundle
from schemas.words import Frozen, Level, NotToSayKind

_HERE: Final = "here"
"""Stands in a piece where something is put in later."""

Split = tuple[bytes, bytes]


class Fragments(NamedTuple):
    """The pieces of every answer in one language, by id."""

    advice: Mapping[Level, Split]
    """With room for the number to call, which only an emergency has."""
    matched: Mapping[str, Split]
    """With room for the ids of `because`."""
    possible: Mapping[str, Split]
    """With room for the ids of `missing`; those of `unsure` follow, and then the end."""
    questions: Mapping[str, bytes]
    prompt: bytes
    watch_for: Mapping[str, bytes]
    causes: Mapping[str, Split]
    """With room for the ids of `because`."""
    remedies: Mapping[str, Split]
    """With room for the ids of `because`."""
    reassurance: Mapping[str, bytes]
    must_not_say: Callable[[tuple[NotToSayKind, ...]], bytes]
    """Gives the whole list for some kinds of statement: there are few sets of them."""
    intended_use: bytes


def make_fragments(bundle: Bundle) -> Fragments:
    """Write the texts of a content, which stands in one language already, as pieces of JSON."""
    return Fragments(
        advice={level.id: _advice(level) for level in bundle.levels},
        matched={flag.id: _matched(flag) for flag in bundle.red_flags},
        possible={flag.id: _possible(flag) for flag in bundle.red_flags},
        questions={one.id: to_json(as_question(one)) for one in bundle.findings},
        prompt=to_json(bundle.phrases.ask_prompt),
        watch_for={
            flag.id: to_json(WatchFor(red_flag=flag.id, level=flag.level, text=flag.summary))
            for flag in bundle.red_flags
        },
        causes={one.id: _suggested(one) for one in bundle.causes},
        remedies={one.id: _suggested(one) for one in bundle.remedies},
        reassurance={one.id: to_json(ReassuringText(id=one.id, text=one.text)) for one in bundle.reassurance},
        must_not_say=cache(partial(_must_not_say, bundle.phrases)),
        intended_use=to_json(bundle.manifest.intended_use),
    )


def as_question(finding: Finding) -> Question:
    """Give what must be known of a finding to ask about it."""
    return Question.model_validate(finding.model_dump(include=set(Question.model_fields), exclude_unset=True))


def _must_not_say(phrases: Phrases, kinds: tuple[NotToSayKind, ...]) -> bytes:
    """Write kinds of statement with their words; a release without words for one has none."""
    words = {} if phrases.must_not_say is MISSING else dict(phrases.must_not_say)
    told = [(kind, words.get(kind, MISSING)) for kind in kinds]
    return to_json(
        [
            MustNotSay(kind=kind)
            if found is MISSING
            else MustNotSay(kind=kind, what=found.what, examples=found.examples)
            for kind, found in told
        ]
    )


def _advice(level: LevelText) -> Split:
    advice = Advice(
        level=level.id,
        rank=level.rank,
        headline=level.headline,
        action=level.action,
        service=level.service,
        call=_HERE,
        within=level.within,
    )
    before, _, behind = to_json(advice).partition(f',"call":"{_HERE}"'.encode())
    return before, behind


def _matched(flag: RedFlag) -> Split:
    matched = Matched(
        red_flag=flag.id,
        level=flag.level,
        title=flag.title,
        why=flag.why,
        service=flag.service,
        while_waiting=flag.while_waiting,
        because=(_HERE,),
        sources=flag.citations,
    )
    return _split(matched, "because")


def _possible(flag: RedFlag) -> Split:
    possible = Possible(red_flag=flag.id, level=flag.level, title=flag.title, missing=(_HERE,), unsure=())
    before, behind = _split(possible, "missing")
    return before, behind.removesuffix(b"]}")


def _suggested(item: Cause | Remedy) -> Split:
    return _split(SuggestedItem(id=item.id, title=item.title, because=(_HERE,)), "because")


def _split(model: Frozen, field: str) -> Split:
    """Write a model in two pieces, between which the ids of a list are put: its quotes cannot stand within a text."""
    start = f'"{field}":['.encode()
    before, _, behind = to_json(model).partition(start + to_json(_HERE))
    return before + start, behind
