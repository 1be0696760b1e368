"""Prints what the red-flag check costs in the process: each step on the newest release, and how evaluation grows.

Run it as `python -m benchmarks.evaluation`; `--profiles N` draws so many random profiles (10,000 where it is left out).
Every figure is in microseconds on one core: the median over the profiles of the best of some repeats of each.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from api.red_flags.asking import next_screen
from api.red_flags.checking import check, parse_profile, render
from api.red_flags.compiled import Rules, View, compile_rules
from api.red_flags.deciding import decide
from api.red_flags.facts import Facts, Given, facts, weigh
from api.releases.library import Library, load_library
from api.routes.checks import answer_check
from api.settings import ROOT
from schemas.content import Finding, RedFlag
from schemas.criteria import Criterion
from schemas.problems import ProfileRefused
from schemas.releases import Bundle
from schemas.words import LEVELS

Json = Any
Item = TypeVar("Item")
AGE: Final = "age-years"
ANSWERS: Final = 19
"""The findings that a profile names besides the age."""
SIZES: Final = (50, 500, 5000)
FINDINGS: Final = 158
"""The findings over which rules of one shape are drawn."""
REPEATS: Final = 5
SEED: Final = 20261122


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=10_000)
    count = parser.parse_args().profiles
    library = load_library(ROOT / "data" / "releases")
    for title, draw in (
        ("present, absent and unsure in equal parts", _mixed),
        ("what a person with up to four findings might tell", _truthful),
    ):
        print(f"\nA whole check of {ANSWERS} findings and the age: {title} ({count} profiles)")
        _print_steps(library, _accepted(library, draw, count))
    print(f"\nEvaluation alone, both ends: {ANSWERS + 1} of {FINDINGS} findings, rules all_of(1, any_of(3))")
    print(f"  {'rules':>8} {'decide':>9}")
    for size, cost in growth(library.newest().bundle, count).items():
        print(f"  {size:>8} {cost:9.1f}")


def shipped(library: Library, count: int) -> float:
    """Give what weighing the rules of the newest release costs at the median, in microseconds: both ends."""
    rules = library.edition(None).rules
    view = rules.views[""]
    known = [facts(parse_profile(body), rules, view) for body in _accepted(library, _mixed, count)]
    return _median(lambda found: decide(found, view), known)


def growth(bundle: Bundle, count: int) -> Mapping[int, float]:
    """Give what weighing 50, 500 and 5,000 rules of one shape costs at the median, in microseconds: both ends."""
    return {size: _grown(bundle, size, count) for size in SIZES}


def _print_steps(library: Library, bodies: Sequence[bytes]) -> None:
    edition = library.edition(None)
    rules = edition.rules
    view = rules.views[""]
    profiles = [parse_profile(body) for body in bodies]
    known = [facts(profile, rules, view) for profile in profiles]
    decided = [(found, decide(found, view)) for found in known]
    checked = [check(profile, edition) for profile in profiles]
    rows = {
        "parse": _median(parse_profile, bodies),
        "facts": _median(lambda profile: facts(profile, rules, view), profiles),
        "decide": _median(lambda found: decide(found, view), known),
        "next screen": _median(lambda one: next_screen(one[0], one[1], rules, view), decided),
        "check, of which the three above": _median(lambda profile: check(profile, edition), profiles),
        "render": _median(render, checked),
        "bytes to bytes": _median(lambda body: answer_check(body, library), bodies),
    }
    for name, cost in rows.items():
        print(f"  {name:<32} {cost:9.1f}")
    asking = statistics.mean(decision.status == "ask" for _, decision in decided)
    print(f"  ({asking:.0%} of the answers ask on)")


def _median(step: Callable[[Item], object], items: Sequence[Item]) -> float:
    """Give the median over items of the best of some repeats of a step, in microseconds."""
    costs: list[int] = []
    for item in items:
        best = min(_timed(step, item) for _ in range(REPEATS))
        costs.append(best)
    return statistics.median(costs) / 1000


def _timed(step: Callable[[Item], object], item: Item) -> int:
    started = time.perf_counter_ns()
    step(item)
    return time.perf_counter_ns() - started


def _accepted(library: Library, draw: Callable[[Rules, random.Random], Json], count: int) -> list[bytes]:
    """Draw profiles that do not contradict themselves, as the bytes of requests."""
    chance = random.Random(SEED)
    rules = library.edition(None).rules
    bodies: list[bytes] = []
    while len(bodies) < count:
        age = {"finding": AGE, "value": round(chance.uniform(0, 100), chance.choice([0, 2]))}
        body = json.dumps({**draw(rules, chance), "measurements": [age], "region": "GB"}).encode()
        try:
            answer_check(body, library)
        except ProfileRefused:
            continue
        bodies.append(body)
    return bodies


def _mixed(rules: Rules, chance: random.Random) -> Json:
    told: Json = {"present": [], "absent": [], "unsure": []}
    for name in chance.sample(_yes_no(rules), ANSWERS):
        told[chance.choice(list(told))].append(name)
    return told


def _truthful(rules: Rules, chance: random.Random) -> Json:
    has = {
        above for name in chance.sample(_yes_no(rules), chance.randint(0, 4)) for above in rules.words.ancestors[name]
    }
    told: Json = {"present": [], "absent": [], "unsure": []}
    for name in chance.sample(_yes_no(rules), ANSWERS):
        told["unsure" if chance.random() < 0.1 else "present" if name in has else "absent"].append(name)
    return told


def _yes_no(rules: Rules) -> list[str]:
    return sorted(name for name, finding in rules.words.findings.items() if finding.kind == "yes_no")


def _grown(bundle: Bundle, size: int, count: int) -> float:
    """Give what weighing so many rules of one shape costs at the median."""
    chance = random.Random(SEED)
    names = [f"finding-{index}" for index in range(FINDINGS)]
    flags = [_rule(bundle.red_flags[0], index, names, chance) for index in range(size)]
    template = next(finding for finding in bundle.findings if finding.kind == "yes_no" and not finding.implies)
    findings: tuple[Finding, ...] = tuple(template.model_copy(update={"id": name}) for name in names)
    nothing_else: dict[str, tuple[()]] = dict.fromkeys(("topics", "causes", "remedies", "reassurance"), ())
    grown = bundle.model_copy(
        update={"findings": findings, "red_flags": tuple(flags), "question_order": tuple(names), **nothing_else}
    )
    rules = compile_rules(grown)
    view: View = rules.views[""]
    known: list[Facts] = []
    for _ in range(min(count, 1000)):
        sample = chance.sample(sorted(view.readable), ANSWERS + 1)
        lists = [tuple(sample[start::3]) for start in range(3)]
        known.append(weigh(Given(lists[0], lists[1], lists[2], {}), rules, view))
    return _median(lambda found: decide(found, view), known)


def _rule(template: RedFlag, index: int, names: Sequence[str], chance: random.Random) -> RedFlag:
    first, *others = [Criterion(op="finding", id=name) for name in chance.sample(names, 4)]
    when = Criterion(op="all_of", of=(first, Criterion(op="any_of", of=tuple(others))))
    return template.model_copy(update={"id": f"rule-{index}", "level": LEVELS[1 + index % 4], "when": when})


if __name__ == "__main__":
    main()
