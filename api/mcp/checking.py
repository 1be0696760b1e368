"""Holds the tool `check_red_flags`: the same three steps as over HTTP, on the same bytes. Adds nothing to an answer."""

import json
from typing import Final

from api.mcp.shapes import Tool, about, arguments_of, list_of, numbers, one_of, text_of
from api.red_flags.edition import Edition
from api.releases.library import Library
from api.routes.checks import answer_check
from schemas.checks import CheckAnswer
from schemas.words import Json

LISTS: Final = ("present", "absent", "unsure", "measurements")
"""The four lists of a profile."""
TOLD: Final = {
    "present": "Findings that the person said are so.",
    "absent": "Findings that the person was asked about and said are not so. Never infer one: what was not asked "
    "stands in no list. Unknown is never no.",
    "unsure": "Findings that the person was asked about and does not know.",
}
DESCRIPTION: Final = (
    "Checks what is known of one person against the escalation criteria, and says how fast they need care. Call it "
    "after every answer of the person, each time with everything known so far; nothing is stored. Pass on exactly what "
    "was said: never infer `absent`, for unknown is never no. Speak `say` first, with its level, action and number as "
    "they are. `advice` is the instruction; where it is left out there is none yet. While `ask_next` is there, ask its "
    "questions. Reassure only where `settled` is true and the level is self_care. `level` and `worst_case` are bounds, "
    "not advice. It is no diagnosis, and no clinician has reviewed the content."
)


def shape(edition: Edition) -> Json:
    """Give the schema of the arguments: four lists with one shared list of findings, topic, region and language."""
    findings = sorted(edition.rules.views[""].readable)
    lists = {name: list_of({"$ref": "#/$defs/finding"}, told) for name, told in TOLD.items()}
    return arguments_of(
        {**lists, "measurements": measurements(edition), **about(edition)},
        {"finding": one_of(findings, "The id of a finding; list_questions gives the question of each.")},
    )


def measurements(edition: Edition) -> Json:
    """Give the schema of the numbers that are known of a person."""
    names, told = numbers(edition)
    item = arguments_of({"finding": one_of(names, "What was measured."), "value": {"type": "number"}})
    return list_of(item, f"Numbers that the person gave. {told}".strip())


def profile_of(arguments: Json) -> bytes:
    """Give the profile that a tool's arguments hold, as bytes to parse.

    Raises:
        ProfileRefused: the topic, region or language is no text.

    """
    texts = {name: text_of(arguments, name) for name in ("topic", "region", "language")}
    profile = {name: arguments[name] for name in LISTS} | {name: value for name, value in texts.items() if value}
    return json.dumps(profile).encode()


def answer(arguments: Json, library: Library) -> bytes:
    """Answer a check from the newest release.

    Raises:
        ProfileRefused: the profile cannot be checked.

    """
    return answer_check(profile_of(arguments), library)


CHECK: Final = Tool("check_red_flags", "Check for red flags", DESCRIPTION, shape, CheckAnswer, answer)
