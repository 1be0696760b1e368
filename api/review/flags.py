"""Holds the part of the page about one red flag: its rule, its reasons, its sources, its questions and its cases."""

from collections.abc import Iterator

from pydantic import MISSING

from api.logic import identifier, leaves
from api.review.markup import Html, element, joined, listed, table
from api.review.material import Case, Material, marks
from api.review.words import fields, rule
from schemas.content import Finding, RedFlag, Source

UNREAD = "NOT READ: cited from general knowledge"
"""The mark of a source whose text was not read."""


def anchor(name: str) -> str:
    """Give the id on the page of a red flag."""
    return f"red-flag-{name}"


def link(name: str, material: Material) -> Html:
    """Give a link to a red flag: its id, and its level in words."""
    return joined((element("a", name, href=f"#{anchor(name)}"), f" ({material.red_flags[name].level})"))


def mark(words: str) -> Html:
    """Give a warning that stands out without colour."""
    return element("strong", words, class_="mark")


def red_flag(flag: RedFlag, material: Material) -> Html:
    """Give all that a reviewer needs to judge one red flag."""
    return element(
        "article",
        element("h3", flag.title, " ", element("code", flag.id)),
        *(element("p", mark(words)) for words in marks(flag, material.sources)),
        element("p", flag.summary),
        element("h4", "Rule"),
        element("div", "Present where: ", rule(flag.when, material.words.findings), class_="rule"),
        element("dl", *(part for name, value in _facts(flag, material) for part in _pair(name, value))),
        element("h4", "Sources"),
        listed(_source(material.sources[name]) for name in flag.citations),
        element("h4", "Questions"),
        table(f"The questions behind {flag.id}", ("Finding", "Question", "Asked as"), _questions(flag, material)),
        element("h4", "Test cases"),
        _cases(flag, material.cases.get(flag.id, ())),
        id=anchor(flag.id),
        class_="red-flag",
    )


def _facts(flag: RedFlag, material: Material) -> Iterator[tuple[str, str]]:
    unsure = "not set; the level's own advice stands" if flag.if_unsure is MISSING else flag.if_unsure
    yield "Level", element("strong", flag.level)
    yield "Where a person cannot tell", f"if_unsure: {unsure}"
    yield "Graver twins", listed(link(name, material) for name in flag.graver) if flag.graver else "none"
    if flag.beside is not MISSING:
        yield "Why it stands beside them", flag.beside
    yield "Why", flag.why
    yield "Service", flag.service
    yield "While waiting", listed(flag.while_waiting) if flag.while_waiting else "nothing is said"
    yield "Evidence", joined((element("strong", flag.evidence.strength), ": ", flag.evidence.why))
    yield "Topics", ", ".join(flag.topics) or "always considered"
    yield "Codes", ", ".join(f"{code.system} {code.code}" for code in flag.codes) or "none"
    yield "Dates", f"written on {flag.review.written_on}, to be checked again by {flag.review.check_again_by}"


def _pair(name: str, value: str) -> tuple[Html, Html]:
    return element("dt", name), element("dd", value)


def _source(source: Source) -> Html:
    year = "" if source.year is MISSING else f", {source.year}"
    numbers = [
        *([] if source.doi is MISSING else [f"doi:{source.doi}"]),
        *([] if source.pmid is MISSING else [f"PMID {source.pmid}"]),
    ]
    address = "" if source.address is MISSING else element("a", source.address, href=source.address, rel="noreferrer")
    return joined(
        (
            element("strong", "read", class_="read") if source.read else mark(UNREAD),
            f" {source.title}. {source.publisher}{year}. {', '.join(numbers)} ",
            address,
            " " if source.note is MISSING else f" Note: {source.note} ",
            element("code", source.id),
        )
    )


def _questions(flag: RedFlag, material: Material) -> Iterator[tuple[str, str, str]]:
    """Give each finding that the rule reads and each of its gates, a gate before what it opens."""
    ancestors = material.words.ancestors
    read = dict.fromkeys(identifier(leaf) for leaf in leaves(flag.when))
    above = {name: sorted(ancestors[name] - {name}, key=lambda one: (len(ancestors[one]), one)) for name in read}
    for name in dict.fromkeys(one for leaf in read for one in (*above[leaf], leaf)):
        finding = material.words.findings[name]
        opened = [one for one in read if name in above[one]]
        roles = ["in the rule"] * (name in read) + [f"gate of {', '.join(opened)}"] * bool(opened)
        yield joined((finding.name, " ", element("code", name))), _question(finding), "; ".join(roles)


def _question(finding: Finding) -> Html:
    return joined((finding.question, "" if finding.help is MISSING else element("p", f"Help: {finding.help}")))


def _cases(flag: RedFlag, cases: tuple[Case, ...]) -> Html:
    if not cases:
        return element("p", "No case was found.")
    rows = ((case.name, fields(case.given), fields(case.expect), case.because) for case in cases)
    return table(f"The cases of {flag.id}", ("Case", "Given", "Expected", "Because"), rows)
