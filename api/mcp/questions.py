"""Holds the tool `list_questions`: what to ask next, and which findings fit plain words. Never says what is present."""

from typing import Final

from api.content.searching import search
from api.mcp.checking import TOLD, measurements, profile_of
from api.mcp.shapes import Tool, about, arguments_of, list_of, text, text_of
from api.red_flags.checking import as_question, check, parse_profile
from api.red_flags.edition import Edition
from api.releases.library import Library
from schemas.tools import QuestionAnswer
from schemas.words import Json, Kind

DESCRIPTION: Final = (
    "Lists questions. With empty lists: the first screen to ask anybody. With what is known: the next screen, and "
    "`say` for what is known so far; speak it. With `words`, which the person used: also the findings that fit, each "
    "with its id and question. A finding that fits is a question to ask, never an answer: ask it, then pass it to "
    "check_red_flags as the person answered. What fits nothing is not thereby harmless."
)


def shape(edition: Edition) -> Json:
    """Give the schema of the arguments: words, and what is known."""
    lists = {name: list_of(text("The id of a finding."), told) for name, told in TOLD.items()}
    return arguments_of(
        {
            "words": text("What to find findings by, such as: numb feet. An empty text to find none."),
            **lists,
            "measurements": measurements(edition),
            **about(edition),
        }
    )


def answer(arguments: Json, library: Library) -> bytes:
    """Answer with the next screen, and with the findings that fit the words.

    Raises:
        ProfileRefused: the words are no text, or the profile cannot be checked.

    """
    words = text_of(arguments, "words")
    edition = library.edition(None)
    checked = check(parse_profile(profile_of(arguments)), edition)
    texts = edition.texts[checked.language]
    readable = edition.rules.views[text_of(arguments, "topic")].readable
    askable: set[tuple[Kind, str]] = {("finding", name) for name in readable}
    return (
        QuestionAnswer(
            release=checked.release,
            language=checked.language,
            status=checked.status,
            say=checked.say,
            advice=checked.advice,
            ask_next=checked.ask_next,
            findings=tuple(as_question(texts.findings[one.id]) for one in search(words, texts.search(), askable)),
        )
        .model_dump_json()
        .encode()
    )


QUESTIONS: Final = Tool("list_questions", "List questions", DESCRIPTION, shape, QuestionAnswer, answer)
