"""Holds what the guidance of one topic goes by, in masks: clues of causes, cautions of remedies, signs to watch for."""

from typing import NamedTuple

from pydantic import MISSING

from api.red_flags.bits import Bits
from api.red_flags.criteria import CompiledCriterion, compile_criterion
from schemas.releases import Bundle


class Clues(NamedTuple):
    """A cause, the bits of the findings that speak for it, and the remedies that help it."""

    cause: str
    bits: int
    remedies: frozenset[str]


class Cautions(NamedTuple):
    """A remedy of self-care and what speaks against it."""

    remedy: str
    criteria: tuple[CompiledCriterion, ...]


class Comfort(NamedTuple):
    """A reassuring text and when it may be said."""

    id: str
    when: CompiledCriterion


class Guide(NamedTuple):
    """All that guidance goes by for one topic, or for all, each list in the order of the content."""

    causes: tuple[Clues, ...]
    helping: frozenset[str]
    """The remedies that suit the complaint whatever its cause."""
    remedies: tuple[Cautions, ...]
    comforts: tuple[Comfort, ...]
    watch_for: tuple[str, ...]
    """The red flags that a person is told to look out for, each once."""


def make_guide(bundle: Bundle, topic: str, bits: Bits) -> Guide:
    """Gather what guidance goes by."""
    topics = [one for one in bundle.topics if topic in {"", one.id}]
    return Guide(
        causes=tuple(
            Clues(
                cause.id,
                bits.of(name for clue in cause.tells_apart for name in clue.findings),
                frozenset(cause.remedies),
            )
            for cause in bundle.causes
            if (not topic or topic in cause.topics) and cause.category != "dangerous_look_alike"
        ),
        helping=frozenset(remedy for one in topics for remedy in one.remedies),
        remedies=tuple(
            Cautions(
                remedy.id,
                tuple(
                    compile_criterion(caution.unsuitable_when, bits.leaf)
                    for caution in remedy.cautions
                    if caution.unsuitable_when is not MISSING
                ),
            )
            for remedy in bundle.remedies
            if remedy.use == "self_care"
        ),
        comforts=tuple(
            Comfort(item.id, compile_criterion(item.when, bits.leaf))
            for item in bundle.reassurance
            if not topic or topic in item.topics
        ),
        watch_for=tuple(dict.fromkeys(name for one in topics for name in one.watch_for)),
    )
