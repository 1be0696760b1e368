"""Holds the checks on single items: levels, topics, numbers, regions, phrases. Knows no criterion."""

import string
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import MISSING

from api.content.checks.references import file_of
from schemas.content import Finding, RedFlag
from schemas.problems import Fault
from schemas.releases import Bundle
from schemas.words import LEVELS, RANK, Frozen

PLACEHOLDERS: Final[dict[str, frozenset[str]]] = {
    "matched": frozenset({"titles"}),
    "could_not_rule_out": frozenset({"titles"}),
    "call_number": frozenset({"number"}),
    "safety_net": frozenset({"signs", "number"}),
    "superseded": frozenset({"version"}),
    "recalled": frozenset({"version"}),
    "known_so_far": frozenset({"titles"}),
    "who_can_help": frozenset({"services"}),
    "more": frozenset({"count"}),
    "question": frozenset({"count", "question"}),
    "closing": frozenset({"action"}),
}
"""What each phrase has put into it; a phrase that is not named here takes nothing."""


def item_faults(bundle: Bundle) -> Iterator[Fault]:
    """Give a fault for every item that contradicts itself or stands in the wrong place."""
    yield from _level_faults(bundle)
    for red_flag in bundle.red_flags:
        yield from _red_flag_faults(red_flag, bundle)
    kinds = {finding.id: finding.kind for finding in bundle.findings}
    heirs = {finding.id: finding.replaced_by for finding in bundle.findings if finding.replaced_by is not MISSING}
    for finding in bundle.findings:
        yield from _finding_faults(finding, kinds)
        yield from _heir_faults(finding, heirs)
    codes = [region.code for region in bundle.regions.regions]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault("regions.json", "/regions", f"{code} stands twice")
    yield from _phrase_faults(bundle.phrases, "")
    if bundle.manifest.default_language not in bundle.manifest.languages:
        yield Fault("manifest.json", "/languages", "the default language must be among them")
    for folder in ("topics", "causes", "remedies", "red_flags", "reassurance"):
        for item in getattr(bundle, folder):
            if item.review.check_again_by <= item.review.written_on:
                yield Fault(file_of(folder, item.id), "/review/check_again_by", "it must be after written_on")


def _level_faults(bundle: Bundle) -> Iterator[Fault]:
    if tuple(level.id for level in bundle.levels) != LEVELS:
        yield Fault("levels.json", "", f"the levels must be {', '.join(LEVELS)}, in this order")
    for index, level in enumerate(bundle.levels):
        if level.rank != RANK[level.id]:
            yield Fault("levels.json", f"/{index}/rank", f"the rank of {level.id} is {RANK[level.id]}")
        if level.within is not MISSING and not level.citations:
            yield Fault("levels.json", f"/{index}/within", "a time limit needs a source")


def _red_flag_faults(red_flag: RedFlag, bundle: Bundle) -> Iterator[Fault]:
    file = file_of("red_flags", red_flag.id)
    if red_flag.level == "self_care":
        yield Fault(file, "/level", "a red flag is at least routine")
    if RANK[red_flag.level] >= RANK["urgent"] and red_flag.topics:
        yield Fault(file, "/topics", "a red flag of urgent or emergency belongs to no topic: it is always considered")
    if RANK[red_flag.level] < RANK["urgent"] and not red_flag.topics:
        yield Fault(file, "/topics", "a red flag of routine or soon names its topics")
    if red_flag.if_unsure is not MISSING and red_flag.level != "emergency":
        yield Fault(file, "/if_unsure", "only a red flag of emergency can ask for an ambulance")
    levels = {other.id: other.level for other in bundle.red_flags}
    for other in red_flag.graver:
        if other in levels and RANK[levels[other]] < RANK[red_flag.level]:
            yield Fault(file, "/graver", f"{other} stands at a lower level")


def _finding_faults(finding: Finding, kinds: Mapping[str, str]) -> Iterator[Fault]:
    file = file_of("findings", finding.id)
    fields = ("unit", "minimum", "maximum", "decimals")
    for name in fields:
        given = getattr(finding, name) is not MISSING
        if given is not (finding.kind == "number"):
            yield Fault(file, f"/{name}", "a number needs it" if finding.kind == "number" else "only a number has it")
    if finding.kind == "yes_no" and finding.of is not MISSING:
        yield Fault(file, "/of", "only a number has it")
    if finding.kind == "number" and finding.implies:
        yield Fault(file, "/implies", "a number implies nothing; it may have `of`")
    if finding.minimum is not MISSING and finding.maximum is not MISSING and finding.minimum >= finding.maximum:
        yield Fault(file, "/maximum", "it must be above the minimum")
    targets = [("implies", name) for name in finding.implies]
    targets += [] if finding.of is MISSING else [("of", finding.of)]
    for field, name in targets:
        if name == finding.id:
            yield Fault(file, f"/{field}", "it cannot stand above itself")
        elif kinds.get(name) == "number":
            yield Fault(file, f"/{field}", f"{name} is a number; only a yes/no finding can stand here")
    if finding.replaced_by is not MISSING and kinds.get(finding.replaced_by, finding.kind) != finding.kind:
        yield Fault(file, "/replaced_by", "it must be replaced by a finding of its own kind")


def _phrase_faults(phrases: Frozen, pointer: str) -> Iterator[Fault]:
    """A release that is older than a phrase does without it; a draft must have every one."""
    for name, phrase in phrases:
        if phrase is MISSING:
            yield Fault("phrases.json", f"{pointer}/{name}", "the text is missing")
        elif isinstance(phrase, Frozen):
            yield from _phrase_faults(phrase, f"{pointer}/{name}")
        elif isinstance(phrase, str) and not pointer:
            yield from _placeholder_faults(name, phrase)


def _heir_faults(finding: Finding, heirs: Mapping[str, str]) -> Iterator[Fault]:
    """A retired finding is read as another: nothing may stand below it, and the other must not lead back to it."""
    file = file_of("findings", finding.id)
    above = [("implies", name) for name in finding.implies]
    above += [] if finding.of is MISSING else [("of", finding.of)]
    for field, name in above:
        if name in heirs and finding.id not in heirs:
            yield Fault(file, f"/{field}", f"{name} is retired; {heirs[name]} took its place")
    read_as, passed = finding.id, set[str]()
    while read_as in heirs and read_as not in passed:
        passed.add(read_as)
        read_as = heirs[read_as]
    if read_as in passed:
        yield Fault(file, "/replaced_by", "it is replaced by itself in a circle")


def _placeholder_faults(name: str, phrase: str) -> Iterator[Fault]:
    try:
        found = {field for _, field, _, _ in string.Formatter().parse(phrase) if field is not None}
    except ValueError:
        yield Fault("phrases.json", f"/{name}", "a brace is not closed")
        return
    wanted = PLACEHOLDERS.get(name, frozenset())
    if found != wanted:
        names = ", ".join(f"{{{field}}}" for field in sorted(wanted)) or "nothing"
        yield Fault("phrases.json", f"/{name}", f"it must take exactly {names}")
