"""Loading refuses a draft whole and names every fault with file and JSON pointer: one broken file per fault."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.content.checks.items import PLACEHOLDERS
from api.content.loading import load_draft, read_bundle
from api.content.strict_json import NotStrictJson, read_json
from schemas.content import Phrases
from schemas.problems import ContentRefused
from tests.builders import CITED, documents, finding, leaf, number, red_flag, write

Json = Any
Files = dict[str, Json]


def good() -> Files:
    """A draft with every kind of item and no fault."""
    findings = [
        finding("gate"),
        finding("numb", ["gate"]),
        finding("weak", ["gate"]),
        finding("pregnant"),
        number("age", 0, 120, 2),
        number("weeks", 0, 45, of="pregnant"),
        finding("old-numb", replaced_by="numb"),
    ]
    flags = [
        red_flag("squeezed", "emergency", {"op": "any_of", "of": [leaf("numb"), leaf("weak")]}, if_unsure="emergency"),
        red_flag(
            "child",
            "urgent",
            {"op": "all_of", "of": [{"op": "number", "id": "age", "below": 18}, leaf("numb")]},
            beside="It names the age.",
        ),
        red_flag("late", "urgent", {"op": "number", "id": "weeks", "at_least": 20}),
        red_flag("mild", "routine", leaf("gate"), graver=["squeezed"]),
    ]
    cause = {
        "id": "cold", "title": "Cold", "summary": "Cold legs.", "topics": ["legs"], "category": "body_or_mind",
        "tells_apart": [{"text": "Numb.", "findings": ["numb"]}], "remedies": ["rest"], **CITED,
    }  # fmt: skip
    remedy = {
        "id": "rest", "title": "Rest", "summary": "Rest.", "topics": ["legs"], "category": "body", "use": "self_care",
        "for_whom": "All.", "outcome": "Sleep.", "steps": ["Lie down.", "Rest."], "causes": ["cold"],
        "cautions": [{"text": "Not if weak.", "unsuitable_when": leaf("weak")}, {"text": "Take care."}], **CITED,
    }  # fmt: skip
    arm_flag = {**red_flag("cold-arm", "routine", leaf("arm-cold")), "topics": ["arms"]}
    arm_cause = {**cause, "id": "arm-cause", "topics": ["arms"], "tells_apart": [], "remedies": []}
    arm_remedy = {**remedy, "id": "arm-remedy", "topics": ["arms"], "causes": [], "cautions": []}
    arm_calm = {
        "id": "arm-calm", "title": "Calm", "text": "It is calm.", "topics": ["arms"], "when": leaf("arm-cold"), **CITED,
    }  # fmt: skip
    calm = {"id": "calm", "title": "Calm", "text": "It is calm.", "topics": ["legs"], "when": leaf("gate"), **CITED}
    files = documents(
        [*findings, finding("arm-cold")],
        [*flags, arm_flag],
        causes=[cause, arm_cause],
        remedies=[remedy, arm_remedy],
        reassurance=[calm, arm_calm],
    )
    files["topics/legs.json"] |= {"remedies": ["rest"], "watch_for": ["squeezed", "child", "late", "mild"]}
    files["topics/arms.json"] = {**files["topics/legs.json"], "id": "arms", "remedies": ["arm-remedy"]}
    return files


def without(document: Json, *names: str) -> Json:
    return {name: value for name, value in document.items() if name not in names}


def change(name: str, **fields: Json) -> Callable[[Files], None]:
    """Change fields of a file."""

    def apply(files: Files) -> None:
        files[name] = {**files[name], **fields}

    return apply


def replace(name: str, document: Json) -> Callable[[Files], None]:
    """Put another document, or bytes, in a file's place."""

    def apply(files: Files) -> None:
        files[name] = document

    return apply


def remove(name: str) -> Callable[[Files], None]:
    """Take a file away."""

    def apply(files: Files) -> None:
        del files[name]

    return apply


def both(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    """Make several changes."""

    def apply(files: Files) -> None:
        for one in changes:
            one(files)

    return apply


def level(index: int, **fields: Json) -> Callable[[Files], None]:
    """Change fields of a level."""

    def apply(files: Files) -> None:
        files["levels.json"][index] = {**files["levels.json"][index], **fields}

    return apply


def when(criterion: Json, name: str = "squeezed") -> Callable[[Files], None]:
    """Give a red flag another criterion."""
    return change(f"red-flags/{name}.json", when=criterion)


def phrase(**fields: Json) -> Callable[[Files], None]:
    """Change phrases."""
    return change("phrases.json", **fields)


NUMB, WEAK, GATE = leaf("numb"), leaf("weak"), leaf("gate")
FAULTS: list[tuple[str, Callable[[Files], None], str]] = [
    ("not JSON", replace("findings/numb.json", b"{"), "findings/numb.json: The text is not JSON."),
    ("not UTF-8", replace("findings/numb.json", b"\xff{}"), "findings/numb.json: The text must be encoded as UTF-8."),
    ("a key twice", replace("findings/numb.json", b'{"id": 1, "id": 2}'),
     "A key stands twice in one object. It is 'id'"),
    ("NaN", replace("findings/numb.json", b'{"minimum": NaN}'), "NaN and Infinity"),
    ("too large a number", replace("findings/numb.json", b'{"minimum": 1e999}'), "A number is too large."),
    ("half a character", replace("findings/numb.json", b'{"id": ["\\ud800"]}'), "half of a character pair"),
    ("half a character as a key", replace("findings/numb.json", b'{"\\ud800": 1}'), "half of a character pair"),
    ("too deep", replace("findings/numb.json", b"[" * 20 + b"]" * 20), "at most 16 deep"),
    ("not an object", replace("findings/numb.json", [1]), "findings/numb.json: Input should be"),
    ("an unknown key", change("findings/numb.json", colour="red"), "findings/numb.json#/colour: Extra inputs"),
    ("a missing text", change("findings/numb.json", question=""), "findings/numb.json#/question: String should have"),
    ("a text with blanks", change("findings/numb.json", question=" Is it? "), "findings/numb.json#/question: String"),
    ("a word for a truth", change("sources/book.json", read="yes"), "sources/book.json#/read: Input should be a valid"),
    ("an unknown operator", when({"op": "not", "of": [NUMB]}), "red-flags/squeezed.json#/when/op: Input should be"),
    ("another file name", change("causes/cold.json", id="hot"), "causes/cold.json#/id: the id must be the file's name"),
    ("a strange file", replace("notes.json", {}), "notes.json: no file of this name belongs here"),
    ("a strange ending", replace("notes.txt", b"x"), "notes.txt: only .json files belong here"),
    ("no levels", remove("levels.json"), "levels.json: the file is missing"),
    ("another form", change("manifest.json", schema_version="2.0"), "manifest.json#/schema_version: this code reads"),
    ("a default language left out", change("manifest.json", languages=["de"]), "manifest.json#/languages: the default"),
    ("a dangling citation", change("causes/cold.json", citations=["none"]), "causes/cold.json#/citations: there is no"),
    ("a citation twice", change("causes/cold.json", citations=["book", "book"]), "book stands twice"),
    ("a dangling clue", change("causes/cold.json", tells_apart=[{"text": "X.", "findings": ["no"]}]),
     "causes/cold.json#/tells_apart/0/findings: there is no no in findings/"),
    ("a dangling leaf", when(leaf("nothing")), "red-flags/squeezed.json#/when: there is no nothing in findings/"),
    ("a dangling level source", level(0, citations=["no"]), "levels.json#/0/citations: there is no no in sources/"),
    ("an unused finding", replace("findings/idle.json", finding("idle")), "findings/idle.json: nothing uses it"),
    ("levels out of order", lambda files: files["levels.json"].reverse(), "levels.json: the levels must be"),
    ("a wrong rank", level(1, rank=3), "levels.json#/1/rank: the rank of routine is 1"),
    ("a limit without a source", level(1, within="P1D"), "levels.json#/1/within: a time limit needs a source"),
    ("a harmless red flag", change("red-flags/mild.json", level="self_care"), "red-flags/mild.json#/level: a red flag"),
    ("a grave flag with a topic", change("red-flags/late.json", topics=["legs"]), "red-flags/late.json#/topics: a red"),
    ("a mild flag without topic", change("red-flags/mild.json", topics=[]), "red-flags/mild.json#/topics: a red flag"),
    ("if_unsure below emergency", change("red-flags/late.json", if_unsure="emergency"), "red-flags/late.json#/if_uns"),
    ("a milder graver", change("red-flags/squeezed.json", graver=["mild"]), "red-flags/squeezed.json#/graver: mild"),
    ("a number without unit", lambda files: files.update({"findings/age.json": without(files["findings/age.json"],
     "unit")}),
     "findings/age.json#/unit: a number needs it"),
    ("a yes/no with unit", change("findings/numb.json", unit="a"), "findings/numb.json#/unit: only a number has it"),
    ("a yes/no of another", change("findings/numb.json", of="pregnant"),
     "findings/numb.json#/of: only a number has it"),
    ("a number that implies", change("findings/age.json", implies=["gate"]), "findings/age.json#/implies: a number"),
    ("an empty domain", change("findings/age.json", maximum=0), "findings/age.json#/maximum: it must be above"),
    ("above itself", change("findings/gate.json", implies=["gate"]), "findings/gate.json#/implies: it cannot stand"),
    ("implying a number", change("findings/gate.json", implies=["age"]), "age is a number; only a yes/no finding"),
    ("below a retired one", change("findings/weak.json", implies=["gate", "old-numb"]), "retired; numb took its"),
    ("of a retired one", change("findings/weeks.json", of="old-numb"), "old-numb is retired; numb took its place"),
    ("replaced by itself", change("findings/old-numb.json", replaced_by="old-numb"), "by itself in a circle"),
    ("replaced in a circle", both(
        change("findings/weak.json", replaced_by="old-numb"), change("findings/old-numb.json", replaced_by="weak")),
     "findings/weak.json#/replaced_by: it is replaced by itself in a circle"),
    ("replaced by a number", change("findings/old-numb.json", replaced_by="age"), "replaced by a finding of its own"),
    ("a region twice", lambda files: files["regions.json"].update(regions=files["regions.json"]["regions"] * 2),
     "regions.json#/regions: GB stands twice"),
    ("a phrase without its place", phrase(matched="Because."), "phrases.json#/matched: it must take exactly {titles}"),
    ("a phrase with too much", phrase(ask_prompt="{x}?"), "phrases.json#/ask_prompt: it must take exactly nothing"),
    ("a younger phrase left out", lambda files: files["phrases.json"].pop("closing"),
     "phrases.json#/closing: the text is missing"),
    ("a forbidden kind left out", lambda files: files["phrases.json"]["must_not_say"].pop("driving"),
     "phrases.json#/must_not_say/driving: the text is missing"),
    ("a question without its count", phrase(question="{question}"), "it must take exactly {count}, {question}"),
    ("a brace left open", phrase(matched="{titles"), "phrases.json#/matched: a brace is not closed"),
    ("a hard title", change("red-flags/mild.json", title="characteristic neurological manifestations"),
     "red-flags/mild.json#/title: it reads at grade"),
    ("a hard summary", change("red-flags/mild.json", summary="Characteristic neurological manifestations necessitate."),
     "red-flags/mild.json#/summary: it reads at grade"),
    ("a hard step", change("red-flags/mild.json", while_waiting=["Immediately discontinue unnecessary activities."]),
     "red-flags/mild.json#/while_waiting/0: it reads at grade"),
    ("a hard action", level(2, action="Immediately consult an appropriately qualified practitioner."),
     "levels.json#/2/action: it reads at grade"),
    ("a review in the past", change("causes/cold.json", review={**CITED["review"], "check_again_by": "2026-01-01"}),
     "causes/cold.json#/review/check_again_by: it must be after written_on"),
    ("a leaf without id", when({"op": "finding"}), "red-flags/squeezed.json#/when/id: finding needs it"),
    ("a field too many", when({"op": "finding", "id": "numb", "count": 1}), "when/count: finding does not take it"),
    ("parts on a leaf", when({"op": "any_of", "of": [{"op": "finding", "id": "numb", "below": 1}]}),
     "red-flags/squeezed.json#/when/of/0/below: finding does not take it"),
    ("too high a count", when({"op": "some_of", "count": 3, "of": [NUMB, WEAK]}), "when/count: it is more than there"),
    ("no parts", when({"op": "any_of", "of": []}), "red-flags/squeezed.json#/when/of: Tuple should have at least 1"),
    ("a number as a finding", when(leaf("age")), "red-flags/squeezed.json#/when/id: age is of kind number"),
    ("a retired leaf", when(leaf("old-numb")), "old-numb is retired; numb took its place"),
    ("a band without ends", when({"op": "number", "id": "age"}), "a band needs at_least, below or both"),
    ("a band of everything", when({"op": "number", "id": "age", "at_least": 0}), "must hold some values of the number"),
    ("a band of nothing", when({"op": "number", "id": "age", "at_least": 130}), "must hold some values of the number"),
    ("bands apart", when({"op": "any_of", "of": [
        {"op": "number", "id": "age", "below": 2}, {"op": "number", "id": "age", "at_least": 90}]}),
     "the bands of age have no value in common"),
    ("no neutral value", when({"op": "number", "id": "age", "at_least": 18}), "findings/age.json: it has no neutral"),
    ("an idle parent", when({"op": "all_of", "of": [NUMB, GATE]}), "gate can never matter here"),
    ("an idle child", when({"op": "any_of", "of": [GATE, WEAK]}), "weak can never matter here"),
    ("an idle band", when({"op": "all_of", "of": [
        {"op": "number", "id": "age", "below": 2}, {"op": "number", "id": "age", "below": 9}]}, "child"),
     "age can never matter here"),
    ("a covered red flag", change("red-flags/mild.json", when=NUMB), "red-flags/mild.json#/beside: others of its"),
    ("a needless excuse", change("red-flags/late.json", beside="Because."), "red-flags/late.json#/beside: no others"),
    ("a circle", both(
        change("findings/gate.json", implies=["pregnant"]), change("findings/pregnant.json", implies=["numb"])),
     "findings/gate.json#/implies: it implies itself in a circle"),
    ("too deep a gate", both(
        replace("findings/top.json", finding("top")),
        change("findings/pregnant.json", implies=["top"]),
        change("findings/gate.json", implies=["pregnant"])),
     "findings/numb.json#/implies: it stands more than 2 steps below a gate"),
    ("a gate that hides a child", change("findings/gate.json", question="Anything?"),
     "findings/gate.json#/question: it must name its child numb as 'the numb'"),
    ("a question twice", lambda files: files["question-order.json"].append("numb"), "numb stands twice"),
    ("a question left out", lambda files: files["question-order.json"].remove("numb"), "numb is missing"),
    ("a question of nobody", lambda files: files["question-order.json"].append("old-numb"), "asked by no red flag"),
    ("a language without name", replace("translations/de/phrases.json", {}), "de has translations but is not named"),
    ("a language without texts", change("manifest.json", languages=["en", "de"]),
     "translations/de/topics.json: the text is missing"),
    ("a strange translation", replace("translations/de/notes.json", {}), "no translation of this name belongs here"),
    ("a loose translation", replace("translations/notes.json", {}), "translations/notes.json: no file of this name"),
]  # fmt: skip


def faults_of(directory: Path, files: Files) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load_draft(write(directory, files))
    return [str(fault) for fault in refused.value.faults]


def test_a_draft_without_fault_becomes_a_bundle_in_the_order_of_ids(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    bundle = load_draft(write(tmp_path, good()), lambda done, total: told.append((done, total)))
    assert [one.id for one in bundle.red_flags] == ["child", "cold-arm", "late", "mild", "squeezed"]
    assert told[-1][0] == told[-1][1] == len(good())


@pytest.mark.parametrize(("break_it", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_fault_is_named_with_file_and_place(tmp_path: Path, break_it: Callable[[Files], None], expected: str) -> None:
    files = good()
    break_it(files)
    found = faults_of(tmp_path, files)
    assert any(expected in fault for fault in found), found


def test_every_fault_is_listed_at_once_and_the_refusal_holds_them_all(tmp_path: Path) -> None:
    files = good()
    files["findings/numb.json"]["colour"] = "red"
    files["sources/book.json"]["year"] = 3000
    files["causes/cold.json"]["citations"] = ["none"]
    found = faults_of(tmp_path, files)
    assert len(found) == 3
    assert [fault.split("#")[0] for fault in found] == ["causes/cold.json", "findings/numb.json", "sources/book.json"]


def test_a_draft_without_its_single_files_lists_what_it_can(tmp_path: Path) -> None:
    found = faults_of(tmp_path, {"sources/book.json": {"id": "book"}})
    assert "phrases.json: the file is missing" in found
    assert any(fault.startswith("sources/book.json#/title") for fault in found)


def test_every_phrase_that_takes_something_is_a_phrase() -> None:
    assert set(Phrases.model_fields) >= PLACEHOLDERS.keys()


@pytest.mark.parametrize("data", [b"[]", b"{", b'{"manifest": {"schema_version": "9.0"}}', b'{"manifest": {}}'])
def test_a_published_bundle_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_bundle(data)
    assert all(fault.file == "bundle.json" for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1, "a": 2}', "repeated_key"),
        (b'{"a": {"b": 1, "b": 2}}', "repeated_key"),
        (b"\xfe\xff\x00{\x00}", "not_utf8"),
        ('{"a": 1}'.encode("utf-16-le"), "not_json"),
        (b'\xef\xbb\xbf{"a": 1}', "not_json"),
        (b"-Infinity", "not_a_number"),
        (b"-1e999", "not_a_number"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "too_deep"),
        (b'{"[{\\\\":' * 17 + b"1" + b"}" * 17, "too_deep"),
        (b"[" * 17 + b'"', "too_deep"),
        (b"[" * 16 + b'"[[' + b"\\", "not_json"),
        (b'["\\udc00"]', "broken_text"),
        (b"", "not_json"),
    ],
)
def test_json_that_could_be_read_in_two_ways_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(NotStrictJson) as refused:
        read_json(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "[[[[[[[[[[[[[[[[[[[[\\"{{{{\\\\"}',
        '["\\ud83d\\ude00"]',
        "[" * 16 + "]" * 16,
        '{"a": ["\\ud83d\\ude00", 1, {"b": null}]}',
        '{"a": 1.5, "b": []}',
    ],
)
def test_json_that_can_be_read_in_one_way_is_read(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)
