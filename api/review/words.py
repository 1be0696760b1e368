"""Holds how rules and cases are put into words. Says nothing of its own: each word stands for a part of the content."""

from collections.abc import Iterator, Mapping

from pydantic import MISSING

from api.logic import identifier, needed, parts
from api.review.markup import Html, element, joined, listed
from schemas.content import Finding
from schemas.criteria import Criterion
from schemas.words import Json


def rule(criterion: Criterion, findings: Mapping[str, Finding]) -> Html:
    """Give a criterion as nested lists; a leaf is the name of its finding with the id."""
    if criterion.op in {"finding", "number"}:
        return leaf(criterion, findings)
    return joined((how_many(criterion), ":", listed(rule(part, findings) for part in parts(criterion))))


def leaf(criterion: Criterion, findings: Mapping[str, Finding]) -> Html:
    """Give the finding, or the band of a number, that a leaf asks about."""
    name = identifier(criterion)
    words = findings[name].name if criterion.op == "finding" else band(criterion, findings)
    return joined((words, " ", element("code", name)))


def how_many(criterion: Criterion) -> str:
    """Say how many parts of a criterion must be present."""
    return {"all_of": "all of", "any_of": "any of"}.get(criterion.op, f"at least {needed(criterion)} of")


def band(criterion: Criterion, findings: Mapping[str, Finding]) -> str:
    """Say the band of a number: "age in years from 2 to below 18"."""
    low = "" if criterion.at_least is MISSING else f" from {criterion.at_least:g}"
    high = "" if criterion.below is MISSING else f" below {criterion.below:g}"
    return f"{findings[identifier(criterion)].name}{low}{' to' if low and high else ''}{high}"


def limits(criterion: Criterion, findings: Mapping[str, Finding]) -> Iterator[str]:
    """Give every limit in a criterion that is a number or a count."""
    if criterion.op == "number":
        yield band(criterion, findings)
    elif criterion.op == "some_of":
        yield f"{how_many(criterion)} {len(parts(criterion))}"
    for part in parts(criterion):
        yield from limits(part, findings)


def fields(document: Mapping[str, Json]) -> Html:
    """Give what a case is given or expects, one field a line."""
    return listed(joined((element("strong", name), ": ", _value(value))) for name, value in document.items())


def _value(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value) or "none"
    if isinstance(value, dict):
        return " = ".join(_value(one) for one in value.values())
    return str(value)
