"""Holds the people who show what a change does: as profiles, as two answers of the check, and in words.

The answers are the check's own, of both contents; nothing that the solver says of them is taken on trust.
"""

from typing import NamedTuple

from pydantic import MISSING

from api.changes.telling import Answer, Findings, compared, somebody
from api.changes.vocabularies import REMOVED, Joined, asked
from api.proofs.searching import Found
from api.red_flags.compiled import Rules, compile_rules
from api.red_flags.deciding import decide
from api.red_flags.facts import facts
from schemas.checks import Measurement, Profile
from schemas.releases import Bundle, Example, Measured, Witness


class Contents(NamedTuple):
    """Two contents ready to answer, and the names of all their findings."""

    bundles: tuple[Bundle, Bundle]
    rules: tuple[Rules, Rules]
    names: tuple[dict[str, str], dict[str, str]]
    """For each finding that a content asks, the name under which the solver's people tell of it."""
    findings: Findings


def contents(before: Bundle, after: Bundle, joined: Joined) -> Contents:
    """Make two contents ready to answer."""
    return Contents(
        (before, after),
        (compile_rules(before), compile_rules(after)),
        (dict(joined.keys), {name: name for name in asked(joined.after)}),
        {**joined.before.findings, **joined.after.findings},
    )


def example(person: Found, findings: Findings) -> Example:
    """Describe a person."""
    present = tuple(sorted(name.removesuffix(REMOVED) for name in person.present))
    numbers = dict(sorted(person.numbers.items()))
    measurements = tuple(Measured(finding=name.removesuffix(REMOVED), value=value) for name, value in numbers.items())
    words = somebody(person.present, numbers, findings)
    return Example(present=present, measurements=measurements, words=words)


def witness(person: Found, topic: str, both: Contents, remark: str = "") -> Witness:
    """Ask both contents about a person, and describe the person with both answers."""
    described = example(person, both.findings)
    before, after = (_answer(person, topic, both, side) for side in (0, 1))
    title = next((one.title for one in both.bundles[1].topics if one.id == topic), None)
    return Witness(
        topic=topic or MISSING,
        present=described.present,
        measurements=described.measurements,
        before=before.level,
        after=after.level,
        words=f"{compared(described.words, title, before, after)}{remark}",
    )


def _answer(person: Found, topic: str, both: Contents, side: int) -> Answer:
    """Send what a content knows of a person to its check; what nobody asks about in a topic is left out."""
    rules, names = both.rules[side], both.names[side]
    view = rules.views[topic]
    told = [name for name in names if name in view.readable]
    profile = Profile(
        present=tuple(name for name in told if names[name] in person.has),
        measurements=tuple(
            Measurement(finding=name, value=person.numbers[names[name]])
            for name in told
            if names[name] in person.numbers
        ),
    )
    decision = decide(facts(profile, rules, view), view)
    titles = {flag.id: flag.title for flag in both.bundles[side].red_flags}
    return Answer(decision.level, tuple(titles[flag.id] for flag in decision.matched if flag.level == decision.level))
