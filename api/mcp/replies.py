"""Holds the tool `check_reply`: whether what a model is about to say keeps the answer. The check is run again."""

import json
from typing import Final

from api.mcp.checking import TOLD, measurements, profile_of
from api.mcp.shapes import Tool, about, arguments_of, list_of, text
from api.red_flags.edition import Edition
from api.releases.library import Library
from api.routes.replies import answer_reply_check
from schemas.problems import ProfileRefused
from schemas.replies import ReplyVerdict
from schemas.words import Json

DESCRIPTION: Final = (
    "Checks a reply before it is spoken: does it keep the level, what to do and the number, and does it reassure "
    "nobody who must not be? Pass the same lists as to check_red_flags, which is run again, and the whole reply in "
    "English. `verdict` says what to do: `send`; `append_closing`, which is to add `closing`; `say_instead`, which is "
    "not to send the reply but `closing`; `check_again`, which is to pass what made the reply graver as findings. A "
    "pass is no proof."
)


def shape(edition: Edition) -> Json:
    """Give the schema of the arguments: the reply, and what is known."""
    lists = {name: list_of(text("The id of a finding."), told) for name, told in TOLD.items()}
    return arguments_of(
        {
            "reply": text("What you are about to say to the person, whole and word for word."),
            **lists,
            "measurements": measurements(edition),
            **about(edition),
        }
    )


def answer(arguments: Json, library: Library) -> bytes:
    """Answer with the verdict on the reply.

    Raises:
        ProfileRefused: the reply or the profile cannot be checked.

    """
    sent = {"profile": json.loads(profile_of(arguments)), "reply": arguments.get("reply", "")}
    try:
        return answer_reply_check(json.dumps(sent).encode(), library)
    except ProfileRefused as refusal:  # the tool takes the lists themselves, not a profile that holds them
        raise ProfileRefused(
            tuple(
                error.model_copy(update={"pointer": error.pointer.removeprefix("/profile")}) for error in refusal.errors
            ),
            refusal.status,
        ) from None


REPLY: Final = Tool("check_reply", "Check a reply", DESCRIPTION, shape, ReplyVerdict, answer, spoken="verdict")
