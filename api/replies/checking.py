"""Holds the reply check, three steps that every door uses: parse what was sent, check it, render the verdict.

`parse_reply(bytes)`, `check_reply(sent, edition)`, `render(verdict)`. Nothing that was sent is kept, logged or echoed:
not the reply, and of an answer only what the release itself says.
"""

from typing import Final, NamedTuple

from pydantic import MISSING, TypeAdapter, ValidationError

from api.content.strict_json import NotStrictJson, read_json
from api.red_flags.checking import check
from api.red_flags.edition import Edition, Texts
from api.red_flags.refusals import as_errors, refused
from api.replies.judging import Held, judge
from schemas.checks import CheckAnswer, Profile
from schemas.problems import ProblemError, ProfileRefused
from schemas.replies import GivenAnswer, ReplyToCheck, ReplyVerdict
from schemas.words import RANK

_SENT: Final = TypeAdapter(ReplyToCheck)


class Sent(NamedTuple):
    """A reply, the answer that it words or the profile to work that out from, and the release; None for the newest."""

    reply: str
    words: GivenAnswer | Profile
    version: str | None


def parse_reply(body: bytes) -> Sent:
    """Read a reply, and the answer or the profile that it words, from the bytes of a request.

    Raises:
        ProfileRefused: the bytes are not strict JSON (status 400), not of the form (422), hold both an answer and a
            profile or neither, or name a release where none can be chosen.

    """
    try:
        sent = _SENT.validate_python(read_json(body))
    except NotStrictJson as error:
        raise refused("", error.code, error.detail, status=400) from None
    except ValidationError as error:
        raise ProfileRefused(as_errors(error.errors(include_url=False, include_input=False))) from None
    given = [one for one in (sent.answer, sent.profile) if one is not MISSING]
    if len(given) != 1:
        raise refused("", "one_of", "Send either `answer` or `profile`, and not both.")
    inside = given[0].release.version if isinstance(given[0], GivenAnswer) else given[0].release
    versions = [one for one in (sent.release, inside) if one is not MISSING]
    if len(versions) > 1:
        raise refused("/release", "one_of", "Name the release once. An answer names its own.")
    return Sent(sent.reply, given[0], versions[0] if versions else None)


def check_reply(sent: Sent, edition: Edition) -> ReplyVerdict:
    """Hold a reply to its answer, which is worked out anew from a profile.

    Raises:
        ProfileRefused: the profile cannot be checked, or the service could not have given the answer.

    """
    given = sent.words
    answer = _worked_out(given, edition) if isinstance(given, Profile) else _believed(given, edition)
    return judge(sent.reply, _held(answer), edition.texts[answer.language], edition.reference)


def render(verdict: ReplyVerdict) -> bytes:
    """Write a verdict as JSON in UTF-8; equal verdicts have equal bytes."""
    return verdict.model_dump_json().encode()


def _worked_out(profile: Profile, edition: Edition) -> CheckAnswer:
    try:
        return check(profile, edition)
    except ProfileRefused as error:
        inside = tuple(one.model_copy(update={"pointer": f"/profile{one.pointer}"[:200]}) for one in error.errors)
        raise ProfileRefused(inside, error.status) from None


def _held(answer: CheckAnswer | GivenAnswer) -> Held:
    """Take from an answer what a reply must keep."""
    return Held(
        status=answer.status,
        advised=None if answer.advice is MISSING else answer.advice.level,
        worst_case=answer.worst_case,
        number=answer.safety_net.call,
        findings=() if answer.ask_next is MISSING else tuple(one.id for one in answer.ask_next.findings),
    )


def _believed(answer: GivenAnswer, edition: Edition) -> GivenAnswer:
    """Give an answer back where the service could have given it.

    Raises:
        ProfileRefused: it does not agree with itself or with the release that it names.

    """
    release = edition.reference
    if (answer.release.version, answer.release.digest) != (release.version, release.digest):
        raise refused(
            "/answer/release", "other_release", "It is not the release that answers here. Send the profile instead."
        )
    if answer.language not in edition.texts:
        raise refused("/answer/language", "unknown_language", "The release has no such language.")
    wrong = _disagreements(answer, edition, edition.texts[answer.language])
    if wrong:
        detail = "This service could not have given this answer. Send it as it came, or send the profile instead."
        raise ProfileRefused(
            tuple(ProblemError(pointer=f"/answer/{name}", code="not_our_answer", detail=detail) for name in wrong)
        )
    return answer


def _disagreements(answer: GivenAnswer, edition: Edition, texts: Texts) -> tuple[str, ...]:
    """Name the fields of an answer that cannot stand beside the others."""
    level, worst_case = RANK[answer.level], RANK[answer.worst_case]
    advised = None if answer.advice is MISSING else RANK[answer.advice.level]
    emergency = answer.advice is not MISSING and answer.advice.level == "emergency"
    called = MISSING if answer.advice is MISSING else answer.advice.call
    numbers = {region.ambulance for region in texts.regions.values()} | {texts.bundle.phrases.local_emergency_number}
    asked = () if answer.ask_next is MISSING else tuple(one.id for one in answer.ask_next.findings)
    if answer.status == "settled":
        fits = advised == level
    elif answer.status == "ask":
        fits = advised == (level if level >= RANK["urgent"] else None)
    else:
        fits = advised is not None and max(level, RANK["routine"]) <= advised <= worst_case
    agrees = {
        "settled": answer.settled is (answer.status == "settled"),
        "worst_case": level == worst_case if answer.status == "settled" else level < worst_case,
        "advice": fits and called == (answer.safety_net.call if emergency else MISSING),
        "ask_next": bool(asked) is (answer.status == "ask")
        and len(set(asked)) == len(asked)
        and set(asked) <= set(edition.rules.order),
        "safety_net": answer.safety_net.call in numbers,
    }
    return tuple(name for name, holds in agrees.items() if not holds)
