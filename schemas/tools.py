"""Holds the answers of tools and resources that no route gives. Refuses to hold the check's (`schemas.checks`)."""

from typing import Literal

from pydantic import MISSING

from schemas.answers import Answer
from schemas.checks import Advice, AskNext, Question, Status
from schemas.content import Cause, Remedy, Topic
from schemas.words import Frozen, Identifier


class Entry(Frozen):
    """An item in short."""

    kind: Literal["topic", "cause", "remedy"]
    id: Identifier
    title: str
    summary: str


class GuidanceAnswer(Answer):
    """What a search for guidance found. It says nothing of one person: that is the check's."""

    say: str
    """What must be said with any of it."""
    found: tuple[Entry, ...]
    """Best first."""
    causes: tuple[Cause, ...]
    """The first causes of what was found, whole."""
    remedies: tuple[Remedy, ...]
    """The first remedies of what was found, whole."""


class QuestionAnswer(Answer):
    """What to ask next of a person of whom something is known, and the findings that fit plain words."""

    status: Status
    say: str
    """Finished sentences to speak, as the check gives them for what is known."""
    advice: Advice | MISSING = MISSING
    ask_next: AskNext | MISSING = MISSING
    findings: tuple[Question, ...]
    """Those that fit the words, best first. The person confirms; the words decide nothing."""


class QuestionList(Answer):
    """Every finding that a check takes, with its question."""

    items: tuple[Question, ...]


class TopicArticle(Answer):
    """A topic's article, and what belongs to it in short."""

    topic: Topic
    items: tuple[Entry, ...]
