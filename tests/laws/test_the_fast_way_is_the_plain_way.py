"""What the service sends is what the plain way gives, byte for byte: on random contents, and on the shipped release.

The plain way (`tests.plain`) evaluates each criterion with `api.logic`, keeps sets of ids, and builds the answer as its
model. The service adds large integers and joins pieces of JSON.
"""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import MISSING

from api.content.canonical import canonical, digest
from api.logic import Truth, evaluate, identifier, leaves, reasons
from api.red_flags.checking import as_model, check, parse_profile, render
from api.red_flags.criteria import compile_criterion
from api.red_flags.deciding import decide
from api.red_flags.edition import Edition, renamed
from api.red_flags.facts import NOTHING, facts
from api.red_flags.layout import make_tally
from api.red_flags.masks import each_bit, joined
from api.red_flags.receipts import receipt
from api.red_flags.tallies import both_ends, is_waiting, live_nodes, narrowed
from api.releases.library import Library
from schemas.checks import Profile
from schemas.criteria import Criterion
from schemas.problems import ProfileRefused
from schemas.releases import Bundle
from tests.builders import CITED, bundle_of, documents, edition_of, finding
from tests.laws.strategies import contents, criteria, profiles
from tests.plain.answering import plain_answer

Json = Any
LAW = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
WORDS = (
    "plain words",
    'words in "quotes"',
    "back\\slash",
    "na\u00efve \u2013 \u201ccurly\u201d \u2602",
    "{braces} of {titles}",
    "</script>",
)
SEED = 20261122


@st.composite
def furnished(draw: st.DrawFn) -> Bundle:
    """A random content with causes, remedies and a second topic, and with texts that are hard to write as JSON."""
    files = draw(contents())
    found = [document for name, document in files.items() if name.startswith("findings/")]
    names = [one["id"] for one in found if one["kind"] == "yes_no"]
    topics = st.sampled_from([["legs"], ["arms"], ["arms", "legs"]])
    words = st.sampled_from(WORDS)
    remedies = [f"remedy{index}" for index in range(draw(st.integers(0, 3)))]
    causes = [f"cause{index}" for index in range(draw(st.integers(0, 3)))]
    some = st.lists(st.sampled_from(remedies), unique=True) if remedies else st.just([])
    for name in remedies:
        rules = draw(st.lists(criteria(names, len(names) < len(found)), max_size=2))
        files[f"remedies/{name}.json"] = {
            "id": name, "title": draw(words), "summary": "A remedy.", "topics": draw(topics), "category": "body",
            "use": draw(st.sampled_from(["self_care", "self_care", "with_professional"])), "for_whom": "All.",
            "outcome": "Sleep.", "steps": ["Rest."],
            "cautions": [{"text": "Take care."}, *({"text": "Not so.", "unsuitable_when": rule} for rule in rules)],
            **CITED,
        }  # fmt: skip
    for name in causes:
        files[f"causes/{name}.json"] = {
            "id": name, "title": draw(words), "summary": "A cause.", "topics": draw(topics),
            "category": draw(st.sampled_from(["body_or_mind", "body_or_mind", "dangerous_look_alike"])),
            "tells_apart": [{"text": "So.", "findings": draw(st.lists(st.sampled_from(names), unique=True))}],
            "remedies": draw(some), **CITED,
        }  # fmt: skip
    for name, flag in files.items():
        if name.startswith("red-flags/"):
            flag |= {"title": draw(words), "summary": draw(words), "while_waiting": [draw(words)]}
            flag["topics"] = draw(topics) if flag["topics"] else []
    files["topics/legs.json"]["remedies"] = draw(some)
    watched = draw(st.permutations([flag["id"] for name, flag in files.items() if name.startswith("red-flags/")]))
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms", "watch_for": watched[:2]}
    files["levels.json"] = [{**level, "headline": draw(words)} for level in files["levels.json"]]
    files["levels.json"][-1]["within"] = "PT1H"
    return bundle_of(files)


def files_of(bundle: Bundle) -> dict[str, Json]:
    """The files that a profile is drawn for."""
    findings = bundle.model_dump(mode="json")["findings"]
    return {f"findings/{one['id']}.json": one for one in findings} | {"question-order.json": bundle.question_order}


@st.composite
def requests(draw: st.DrawFn, bundle: Bundle) -> Json:
    """A random request: a profile with or without a topic and a region, asked for what is possible or not."""
    more: dict[str, list[Json]] = {"topic": ["legs", "arms"], "region": ["GB", "FR"], "include": [["possible"]]}
    return draw(profiles(files_of(bundle))) | {
        name: draw(st.sampled_from(values)) for name, values in more.items() if draw(st.booleans())
    }


def same(request: Json, bundle: Bundle, edition: Edition) -> bool:
    """Hold the two ways equal; False where the request is refused."""
    profile = parse_profile(json.dumps(request).encode())
    try:
        checked = check(profile, edition)
    except ProfileRefused:
        return False
    plain = plain_answer(profile, bundle, edition)
    assert render(checked) == plain.model_dump_json().encode()
    assert as_model(checked) == plain
    return True


@LAW
@given(st.data())
def test_on_random_contents_every_answer_is_what_the_plain_way_gives(data: st.DataObject) -> None:
    bundle = data.draw(furnished())
    edition = edition_of(bundle)
    older = {"superseded_by": "1.2.0"} | ({"recalled": "0.9.0"} if data.draw(st.booleans()) else {})
    if data.draw(st.booleans()):
        edition = renamed(edition, **older)
    assume(same(data.draw(requests(bundle)), bundle, edition))
    same({}, bundle, edition)


@LAW
@given(st.data())
def test_every_screen_of_an_interview_is_what_the_plain_way_gives(data: st.DataObject) -> None:
    bundle = data.draw(furnished())
    edition = edition_of(bundle)
    told: Json = {"present": [], "absent": [], "unsure": [], "measurements": []}
    while True:
        assert same(told, bundle, edition), "an interview that only goes down never contradicts itself"
        answer = as_model(check(parse_profile(json.dumps(told).encode()), edition))
        if answer.ask_next is MISSING:
            return
        for question in answer.ask_next.findings:
            if question.kind == "number" and data.draw(st.booleans()):
                told["measurements"].append({"finding": question.id, "value": data.draw(st.sampled_from([0, 2, 5, 7]))})
            else:
                kinds = ["unsure"] if question.kind == "number" else ["present", "absent", "absent", "unsure"]
                told[data.draw(st.sampled_from(kinds))].append(question.id)


def drawn(edition: Edition, chance: random.Random) -> Json:
    """A random request over the shipped findings, of one of several kinds."""
    words = edition.rules.words
    yes_no = sorted(name for name, finding in words.findings.items() if finding.kind == "yes_no")
    has = {above for name in chance.sample(yes_no, chance.randint(0, 4)) for above in words.ancestors[name]}
    told: Json = {"present": [], "absent": [], "unsure": [], "measurements": [], "region": "GB"}
    doubt = chance.choice([0.0, 0.05, 0.5])
    for name in chance.sample(yes_no, chance.choice([0, 5, 20, 60, len(yes_no)])):
        told["unsure" if chance.random() < doubt else "present" if name in has else "absent"].append(name)
    above_doubt = {above for name in told["unsure"] for above in words.ancestors[name]}
    told["absent"] = [name for name in told["absent"] if name not in above_doubt]
    if chance.random() < 0.7:
        told["measurements"].append({"finding": "age-years", "value": round(chance.uniform(0, 100), 2)})
    told["unsure"] += ["pregnancy-weeks"] if chance.random() < 0.3 else []
    return told | chance.choice([{}, {"topic": "leg-twitching"}, {"include": ["possible"]}])


@pytest.mark.parametrize("part", range(8))
def test_on_the_shipped_release_every_answer_is_what_the_plain_way_gives(shipped: Library, part: int) -> None:
    chance = random.Random(SEED + part)
    release = shipped.newest()
    checked = sum(same(drawn(release.edition, chance), release.bundle, release.edition) for _ in range(40))
    assert checked == 40


@LAW
@given(st.data())
def test_the_tally_means_what_the_plain_evaluator_means(data: st.DataObject) -> None:
    bundle = data.draw(furnished())
    rules = edition_of(bundle).rules
    view = rules.views[""]
    tally = view.tally
    count = len(rules.names)
    present = data.draw(st.integers(0, (1 << count) - 1))
    absent = data.draw(st.integers(0, (1 << count) - 1)) & ~present

    def bit(leaf: Criterion) -> int:
        name = identifier(leaf)
        return dict(rules.bands[name])[leaf] if leaf.op == "number" else rules.bits[name]

    def plain(leaf: Criterion) -> Truth:
        return Truth.PRESENT if present & bit(leaf) else Truth.ABSENT if absent & bit(leaf) else Truth.UNKNOWN

    is_present, is_absent = both_ends(tally, present, absent)
    unknown = tally.nodes & ~(is_present | is_absent)
    live = live_nodes(tally, unknown, joined(tally.roots))
    stages = narrowed(tally, absent, tally.absent_at, live_nodes(tally, tally.nodes & ~is_present, joined(tally.roots)))
    assert stages[1] == live, "counting in stages comes to the same"
    for flag, root, span in zip(view.red_flags, tally.roots, tally.spans, strict=True):
        truth = evaluate(flag.criterion, plain)
        assert (bool(is_present & root), bool(is_absent & root)) == (truth is Truth.PRESENT, truth is Truth.ABSENT)
        waits = flag.rule.unknown(present, ~absent)
        bits = {bit(leaf).bit_length() - 1 for leaf in leaves(flag.criterion)}
        assert set(each_bit(waits)) == {
            place for place in bits if tally.readers[place] & live & span and not (present | absent) >> place & 1
        }
    unsure = data.draw(st.integers(0, (1 << count) - 1))
    asking = is_waiting(tally, live, present | absent | unsure)
    waits = joined(flag.rule.unknown(present, ~absent) for flag in view.red_flags)
    assert asking == bool(waits & ~unsure)


@LAW
@given(st.data())
def test_a_compiled_criterion_holds_and_says_why_and_waits_as_the_plain_one_does(data: st.DataObject) -> None:
    bits = {f"f{place}": 1 << place for place in range(5)}
    criterion = Criterion.model_validate(data.draw(criteria([*bits], has_number=False, depth=3)))
    rule = compile_criterion(criterion, lambda leaf: bits[identifier(leaf)])
    present = data.draw(st.integers(0, 31))
    absent = data.draw(st.integers(0, 31)) & ~present

    def plain(leaf: Criterion) -> Truth:
        bit = bits[identifier(leaf)]
        return Truth.PRESENT if present & bit else Truth.ABSENT if absent & bit else Truth.UNKNOWN

    truth = evaluate(criterion, plain)
    decisive = joined(bits[identifier(leaf)] for leaf in reasons(criterion, plain))
    assert rule.holds(present) == (truth is Truth.PRESENT)
    assert rule.reasons(present) == (decisive if truth is Truth.PRESENT else 0)
    assert rule.unknown(present, ~absent) == (decisive if truth is Truth.UNKNOWN else 0)


@LAW
@given(st.data())
def test_a_tally_of_criteria_in_criteria_means_what_the_plain_evaluator_means(data: st.DataObject) -> None:
    bits = {f"f{place}": 1 << place for place in range(5)}
    drawn_criteria = data.draw(st.lists(criteria([*bits], has_number=False, depth=4), min_size=1, max_size=3))
    found = [Criterion.model_validate(one) for one in drawn_criteria]
    tally = make_tally(found, lambda leaf: bits[identifier(leaf)], len(bits))
    present = data.draw(st.integers(0, 31))
    absent = data.draw(st.integers(0, 31)) & ~present

    def plain(leaf: Criterion) -> Truth:
        bit = bits[identifier(leaf)]
        return Truth.PRESENT if present & bit else Truth.ABSENT if absent & bit else Truth.UNKNOWN

    is_present, is_absent = both_ends(tally, present, absent)
    live = live_nodes(tally, tally.nodes & ~(is_present | is_absent), joined(tally.roots))
    before = live_nodes(tally, tally.nodes & ~is_present, joined(tally.roots))
    assert narrowed(tally, absent, tally.absent_at, before)[1] == live
    for one, root, span in zip(found, tally.roots, tally.spans, strict=True):
        truth = evaluate(one, plain)
        assert (bool(is_present & root), bool(is_absent & root)) == (truth is Truth.PRESENT, truth is Truth.ABSENT)
        waits = {identifier(leaf) for leaf in reasons(one, plain)} if truth is Truth.UNKNOWN else set()
        read = {name for name, bit in bits.items() if tally.readers[bit.bit_length() - 1] & live & span}
        assert waits == {name for name in read if not bits[name] & (present | absent)}


def test_a_content_without_red_flags_is_compiled_and_holds_nothing() -> None:
    files = {name: one for name, one in documents([finding("a")], []).items() if not name.startswith("topics/")}
    rules = edition_of(bundle_of(files)).rules
    assert facts(Profile(), rules, rules.views[""]) == NOTHING
    assert decide(NOTHING, rules.views[""]).level == "self_care"
    assert (rules.views[""].tally.nodes, rules.names) == (0, ("a",))


@settings(max_examples=400)
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(value=-0.0)
@example(value=34.0)
@example(value=2.0**53)
@example(value=1e-7)
def test_a_receipt_spells_every_number_as_the_canonical_form_does(shipped: Library, value: float) -> None:
    decision = decide(NOTHING, shipped.newest().edition.rules.views[""])
    measured = {"finding": "age-years", "value": value}
    profile = Profile.model_validate({"present": ["leg-twitching"], "measurements": [measured]})
    parts = {
        "release": shipped.latest.digest,
        "profile": {"present": ["leg-twitching"], "absent": [], "unsure": [], "measurements": [measured]},
        "decision": {"level": "self_care", "worst_case": "emergency", "settled": False, "matched": []},
    }
    assert receipt(profile, decision, shipped.latest.digest) == digest(canonical(parts))
