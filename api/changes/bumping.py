"""Holds which version a release must have by its changes, and what an editor must state first. Proves nothing.

Every other version is refused, one that is too large like one that is too small: a partner reads from the version alone
whether to look before taking a release.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import MISSING, TypeAdapter, ValidationError

from api.changes.comparing_items import Difference
from api.content.strict_json import NotStrictJson, read_json
from api.releases.freezing import KINDS
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bump, Bundle, Change, SameMeaning
from schemas.words import Version

FIRST: Final = "1.0.0"
"""The version of the first release."""
NEXT: Final = "next"
"""Stands for whichever version it must be."""
STEPS: Final[tuple[Bump, ...]] = ("patch", "minor", "major")
"""Every step of a version, smallest first."""

_STATEMENTS: Final = TypeAdapter(tuple[SameMeaning, ...])


def largest(steps: Iterable[Bump]) -> Bump:
    """Give the largest of some steps; `patch` where there are none."""
    return max(steps, key=STEPS.index, default="patch")


def stepped(version: Version, bump: Bump) -> Version:
    """Give the version that is one step above another."""
    major, minor, patch = map(int, version.split("."))
    following = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return ".".join(map(str, following[bump]))


def step_between(before: Version, after: Version) -> Bump:
    """Give the step from one version to a later one."""
    old, new = before.split("."), after.split(".")
    return "major" if old[0] != new[0] else "minor" if old[1] != new[1] else "patch"


def version_faults(asked: str, must: Version, changes: Sequence[Change]) -> list[Fault]:
    """Refuse a version that is not the one it must be, and name the changes that make it so."""
    if asked in {NEXT, must}:
        return []
    step = largest(one.bump for one in changes if one.bump is not MISSING)
    because = [one for one in changes if one.bump == step]
    why = f", for a {step} step, because of what follows" if because else ": it is the first"
    return [Fault("ledger.json", "/releases", f"the version must be {must}{why}")] + [
        Fault(place(one), "", f"{one.type} asks for a {step} step: {one.summary}") for one in because
    ]


def retired_faults(history: Sequence[tuple[Version, Bundle]], draft: Bundle) -> list[Fault]:
    """Refuse a draft that drops a retired finding too soon: it is accepted through the next major release.

    `history` is every release so far with its content, oldest first.
    """
    held = {finding.id for finding in draft.findings}
    retired: dict[str, Version] = {}
    for version, bundle in history:
        for finding in bundle.findings:
            if finding.replaced_by is not MISSING:
                retired.setdefault(finding.id, version)
    last = history[-1] if history else None
    return [
        Fault(f"findings/{name}.json", "", f"it was retired in {version}: keep it through the next major release")
        for name, version in sorted(retired.items())
        if last and name not in held and _major(last[0]) <= _major(version)
        if any(finding.id == name for finding in last[1].findings)
    ]


def place(change: Change) -> str:
    """Name the file that a change is of; of what has no file of its own, only that it is the content."""
    if change.kind is MISSING or change.id is MISSING:
        return "content"
    folder = next(name for name, kind in KINDS.items() if kind == change.kind)
    return f"{folder.replace('_', '-')}/{change.id}.json"


def read_statements(data: bytes) -> tuple[SameMeaning, ...]:
    """Read what an editor states: `[{"kind", "id", "reason"}]`.

    Raises:
        ContentRefused: it is not JSON of this form.

    """
    try:
        return _STATEMENTS.validate_python(read_json(data), strict=False)
    except NotStrictJson as error:
        raise ContentRefused((Fault("--same-meaning", "", error.detail),)) from None
    except ValidationError as error:
        raise ContentRefused(
            tuple(
                Fault("--same-meaning", "".join(f"/{part}" for part in one["loc"]), one["msg"])
                for one in error.errors(include_url=False, include_input=False, include_context=False)
            )
        ) from None


def stated(
    found: Sequence[Difference], statements: Sequence[SameMeaning]
) -> tuple[tuple[Difference, ...], tuple[Fault, ...]]:
    """Put what an editor states into the changes it is of; a fault for what is not stated, or stated of nothing."""
    said = {(one.kind, one.id): one.reason for one in statements}
    asked = {one.words for one in found if one.words}
    faults = [
        Fault("--same-meaning", f"/{index}", "the words of this are not changed, or it is stated twice: leave it out")
        for index, one in enumerate(statements)
        if (one.kind, one.id) not in asked or (one.kind, one.id) in {(two.kind, two.id) for two in statements[:index]}
    ]
    whole: list[Difference] = []
    for one in found:
        reason = said.get(one.words) if one.words else None
        if one.words and reason is None:
            kind, name = one.words
            faults.append(
                Fault(
                    place(one.change) if kind == "finding" else "levels.json",
                    "",
                    f'{one.change.summary} If it means the same, state {{"kind": "{kind}", "id": "{name}", "reason": '
                    '"..."} in the list of --same-meaning. '
                    + ("Another meaning has a new id." if kind == "finding" else "A level keeps its meaning."),
                )
            )
        named = {"meaning": "same", "reason": reason} if reason is not None else {}
        whole.append(one._replace(change=one.change.model_copy(update=named)))
    return tuple(whole), tuple(faults)


def _major(version: Version) -> int:
    return int(version.split(".")[0])
