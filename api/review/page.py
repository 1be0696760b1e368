"""Holds the page as a whole: what stands above, the contents, the counts, the red flags, the pictures, the opinions."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from api.review.flags import anchor, link, mark, red_flag
from api.review.markup import Html, element, joined, listed, table
from api.review.material import GRAVEST_FIRST, Material, marks, opinions
from api.review.pictures import gates, ladder
from api.review.words import limits
from schemas.content import RedFlag
from schemas.words import Level

STYLE: Final = Html("""
body { font: 16px/1.45 sans-serif; color: #000; background: #fff; max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3, h4 { line-height: 1.2; break-after: avoid; }
h2 { border-bottom: 3px solid; padding-bottom: 0.2rem; margin-top: 3rem; }
h4 { margin: 1rem 0 0.3rem; }
code { font: 0.85em monospace; overflow-wrap: anywhere; }
.warning { border: 4px double; padding: 0.6rem 1rem; font-weight: bold; }
.mark { border: 2px solid; padding: 0 0.3rem; }
.red-flag { border: 1px solid; padding: 0 1rem 1rem; margin: 1.5rem 0; break-inside: avoid; }
.rule { border-left: 4px solid; padding-left: 0.8rem; }
ul, ol { margin: 0.2rem 0; padding-left: 1.4rem; }
dl { display: grid; grid-template-columns: 11rem 1fr; gap: 0.3rem 1rem; margin: 1rem 0; }
dt { font-weight: bold; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.9em; }
caption { text-align: left; font-style: italic; }
th, td { border: 1px solid #777; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th, td { overflow-wrap: anywhere; }
th { min-width: 7rem; }
td ul { padding-left: 1rem; }
td p { margin: 0.2rem 0; }
tr, li, dt, dd { break-inside: avoid; }
a { color: inherit; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; font-family: sans-serif; break-inside: avoid; }
svg rect { fill: #fff; stroke: #000; }
svg path { fill: none; stroke: #000; }
svg.gate { max-width: 52rem; margin: 1rem 0; }
svg .name { font-size: 13.5px; }
svg .identity { font-size: 11.5px; font-family: monospace; }
svg .label { font-size: 12px; }
svg .level { font-size: 17px; font-weight: bold; }
svg .rung:hover path, svg .rung:focus-within path { stroke-width: 3.5; }
.wide { overflow-x: auto; }
.wide svg { min-width: 1000px; }
@media screen and (min-width: 66rem) { .wide { width: 94vw; margin-left: calc(50% - 47vw); } }
@page { size: A4; margin: 14mm; }
@page ladder { size: A4 landscape; margin: 9mm; }
@media print {
  body { font-size: 10pt; max-width: none; padding: 0; }
  .level { break-before: page; }
  .ladder-section { page: ladder; }
  .ladder-section h2 { margin: 0; }
  .ladder-section p { margin: 0.2rem 0; }
  .wide { overflow: visible; }
  .wide svg { min-width: 0; }
}
""")
"""How the page looks on a screen and on paper; nothing in it depends on a colour."""

UNREVIEWED: Final = "No clinician has reviewed this content."


def page(material: Material) -> str:
    """Give the whole page as an HTML document that loads nothing."""
    manifest = material.bundle.manifest
    title = f"{manifest.title}: content for clinical review"
    head = element(
        "head",
        Html('<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
        element("title", title),
        element("style", STYLE),
    )
    above = element(
        "header",
        element("h1", title),
        element("p", UNREVIEWED, class_="warning"),
        element("p", manifest.intended_use),
        element("p", manifest.review_policy),
        element("p", manifest.emergency_line),
    )
    body = element("body", above, _contents(material), element("main", *_sections(material)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=manifest.default_language)}\n"


def _contents(material: Material) -> Html:
    levels = [
        joined(
            (
                element("a", f"Red flags: {level}", href=f"#level-{level}"),
                listed(_entry(flag, material) for flag in _at(level, material)),
            )
        )
        for level in GRAVEST_FIRST
        if _at(level, material)
    ]
    return element(
        "nav",
        element("h2", "Contents", id="contents"),
        listed(
            (
                element("a", "Counts", href="#counts"),
                *levels,
                element("a", "The gates", href="#gates"),
                element("a", "The ladder", href="#ladder"),
                element("a", "Thresholds that are opinion", href="#opinions"),
            ),
            "ol",
        ),
        aria_labelledby="contents",
    )


def _entry(flag: RedFlag, material: Material) -> Html:
    warnings = "".join(f" [{words}]" for words in marks(flag, material.sources))
    return joined((element("a", flag.title, href=f"#{anchor(flag.id)}"), " ", element("code", flag.id), warnings))


def _at(level: Level, material: Material) -> list[RedFlag]:
    return [flag for flag in material.bundle.red_flags if flag.level == level]


def _sections(material: Material) -> Iterator[Html]:
    yield element(
        "section",
        element("h2", "Counts"),
        table("What the content holds", ("What", "How many"), ((name, str(many)) for name, many in _counts(material))),
        id="counts",
    )
    yield from (_level(level, material) for level in GRAVEST_FIRST if _at(level, material))
    yield element(
        "section",
        element("h2", "The gates"),
        element("p", "A gate is asked first; a “no” to it counts as a “no” to each of its children."),
        element("div", *gates(material)),
        id="gates",
    )
    yield element(
        "section",
        element("h2", "The ladder"),
        element(
            "p", "A line joins a red flag, on the left, to a graver twin, on the right. Each name leads to its part."
        ),
        element("div", ladder(material), class_="wide"),
        id="ladder",
        class_="ladder-section",
    )
    yield element("section", element("h2", "Thresholds that are opinion"), *_opinions(material), id="opinions")


def _counts(material: Material) -> Iterator[tuple[str, int]]:
    bundle = material.bundle
    yield "Red flags", len(bundle.red_flags)
    for level in GRAVEST_FIRST:
        yield f"Red flags at {level}", len(_at(level, material))
    for strength, many in sorted(Counter(flag.evidence.strength for flag in bundle.red_flags).items()):
        yield f"Red flags with evidence that is {strength}", many
    warnings = Counter(words for flag in bundle.red_flags for words in marks(flag, material.sources))
    for words, many in sorted(warnings.items()):
        yield f"Red flags marked {words}", many
    yield "Red flags with a threshold that is opinion", len(opinions(material))
    yield "Findings", len(bundle.findings)
    yield "Sources", len(bundle.sources)
    yield "Sources that were not read", sum(not source.read for source in bundle.sources)
    yield "Causes", len(bundle.causes)
    yield "Remedies", len(bundle.remedies)
    yield "Test cases", sum(map(len, material.cases.values()))
    yield "Red flags without a test case", sum(not material.cases.get(flag.id) for flag in bundle.red_flags)


def _level(level: Level, material: Material) -> Html:
    said = next(text for text in material.bundle.levels if text.id == level)
    return element(
        "section",
        element("h2", f"Red flags: {level}"),
        element("p", f"A person at this level is told: {said.headline} {said.action} Service: {said.service}"),
        *(red_flag(flag, material) for flag in _at(level, material)),
        id=f"level-{level}",
        class_="level",
    )


def _opinions(material: Material) -> Iterator[Html]:
    yield element(
        "p",
        "Each red flag is here whose evidence is expert_opinion, of which no source was read, or whose evidence says "
        "that a threshold is expert_opinion.",
    )
    yield table(
        "Thresholds that a clinician must confirm or change",
        ("Red flag", "Numbers and counts in the rule", "Evidence", "What is opinion, as the evidence says"),
        (
            (
                link(flag.id, material),
                listed(found) if (found := list(limits(flag.when, material.words.findings))) else "in words only",
                joined((flag.evidence.strength, *(_warned(words) for words in marks(flag, material.sources)))),
                flag.evidence.why,
            )
            for flag in opinions(material)
        ),
    )


def _warned(words: str) -> Html:
    return element("p", mark(words))
