"""Holds how a refusal is worded. No refusal repeats what was sent: not a value, not the name of an unknown field."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.problems import ProblemError, ProfileRefused
from schemas.words import Json

_CODES: Final[Mapping[str, str]] = {
    "extra_forbidden": "unknown_field",
    "missing": "missing_field",
    "too_long": "too_long",
    "string_too_long": "too_long",
    "finite_number": "not_a_number",
}
"""Our code for each kind of fault that pydantic finds; every other is `wrong_type`."""


def refused(pointer: str, code: str, detail: str, status: int = 422) -> ProfileRefused:
    """Make a refusal for one reason."""
    return ProfileRefused((ProblemError(pointer=pointer, code=code, detail=detail),), status)


def as_errors(found: Sequence[Mapping[str, Json]], prefix: str = "/") -> tuple[ProblemError, ...]:
    """Word what pydantic found wrong; an unknown field is pointed at by the object that holds it, not by its name.

    `prefix` stands before the place: `/` for a body, `query:` for a query.
    """
    errors: list[ProblemError] = []
    for fault in found:
        place = [str(part) for part in fault["loc"]]
        code = _CODES.get(fault["type"], "wrong_type")
        if code == "unknown_field":
            place, detail = (
                place[:-1],
                "A field stands here that is not known. Leave it out, or look for a misspelling.",
            )
        else:
            detail = f"{fault['msg']}."
        pointer = prefix + "/".join(place) if place else prefix.removesuffix("/")
        errors.append(ProblemError(pointer=pointer[:200], code=code, detail=detail))
    return tuple(dict.fromkeys(errors))
