"""Each type of change, written by hand on a small content: what it is called, what it asks for, and who shows it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import MISSING

from api.changes.comparing import differences
from api.content.loading import load_draft
from api.proofs.judging import Verdict, judge
from schemas.releases import Change
from tests.builders import finding, leaf, red_flag, write
from tests.content.test_loading import Files, both, change, good, level, remove, replace, without

Json = Any
Edit = Callable[[Files], None]


class Told(NamedTuple):
    """What is told of one change; `said` are words of its summary and of who shows it."""

    type: str
    item: str
    bump: str
    answers_can: str
    said: tuple[str, ...] = ()


def judged(directory: Path, edit: Edit) -> Verdict:
    before, after = good(), good()
    edit(after)
    old, new = load_draft(write(directory / "before", before)), load_draft(write(directory / "after", after))
    return judge(("1.4.2", old), new, (), time.perf_counter)


def told(one: Change) -> tuple[str, str, str, str]:
    item = "" if one.id is MISSING else f"{one.kind}/{one.id}"
    return one.type, item, str(one.bump), " ".join(one.answers_can)


def words(files: Files, **texts: Json) -> None:
    """Change texts of a finding in a way that its gates' questions bear."""
    files["findings/pregnant.json"] = {**files["findings/pregnant.json"], **texts}


def edit_in(name: str, field: str, value: Json) -> Edit:
    """Change one field of one entry of a list: `field` is `list/index/name`."""

    def apply(files: Files) -> None:
        where, index, last = field.split("/")
        files[name] = json.loads(json.dumps(files[name]))
        files[name][where][int(index)][last] = value

    return apply


def french(files: Files) -> None:
    """Translate everything, word by word the same."""
    from api.content.languages import LISTS, texts  # noqa: PLC0415 -- for this alone
    from tests.builders import bundle_of  # noqa: PLC0415

    bundle = bundle_of(files)
    for name in LISTS:
        found = {item.id: texts(item) for item in getattr(bundle, name)}
        if name == "levels":
            files["translations/fr/levels.json"] = found
        else:
            files |= {f"translations/fr/{name.replace('_', '-')}/{key}.json": one for key, one in found.items()}
    files["translations/fr/phrases.json"] = texts(bundle.phrases)
    files["translations/fr/manifest.json"] = texts(bundle.manifest)
    files["manifest.json"] = {**files["manifest.json"], "languages": ["en", "fr"]}


RENAMED = {**finding("deaf", ["gate"]), "name": "the numb"}
LATE = {"op": "number", "id": "weeks", "at_least": 20}
NOBODY = "Nobody is decided otherwise"
CASES: dict[str, tuple[Edit, Told | tuple[Told, ...], str]] = {
    "a red flag is added": (
        replace("red-flags/sick.json", red_flag("sick", "soon", leaf("pregnant"))),
        Told(
            "red_flag_added",
            "red_flag/sick",
            "minor",
            "rise same",
            ("is new, at level soon", "but the pregnant: before, self care; after, soon (the sick)."),
        ),
        "1.5.0",
    ),
    "a red flag is removed": (
        both(
            remove("red-flags/cold-arm.json"),
            lambda files: files["question-order.json"].remove("arm-cold"),
        ),
        (
            Told(
                "red_flag_removed",
                "red_flag/cold-arm",
                "major",
                "fall same",
                ("the arm-cold: before, routine (the cold-arm); after, self care.",),
            ),
            Told("question_changed", "", "minor", "same", ("Other questions are asked",)),
        ),
        "2.0.0",
    ),
    "a finding that is asked is removed": (
        both(
            remove("red-flags/cold-arm.json"),
            remove("findings/arm-cold.json"),
            change("reassurance/arm-calm.json", when=leaf("gate")),
            lambda files: files["question-order.json"].remove("arm-cold"),
        ),
        (
            Told("red_flag_removed", "red_flag/cold-arm", "major", "fall same", ("the arm-cold (as asked before)",)),
            Told("item_removed", "finding/arm-cold", "major", "", ("Whoever sends it is refused.",)),
            Told("criterion_changed", "reassurance/arm-calm", "minor", "same"),
        ),
        "2.0.0",
    ),
    "a level is raised": (
        change("red-flags/mild.json", level="soon"),
        Told("level_raised", "red_flag/mild", "minor", "rise same", ("it was at routine",)),
        "1.5.0",
    ),
    "a level is lowered, and the red flag is now of a topic": (
        change("red-flags/late.json", level="soon", topics=["legs"]),
        Told(
            "level_lowered",
            "red_flag/late",
            "major",
            "fall same",
            ("weeks 20: before, urgent (the late); after, soon (the late)",),
        ),
        "2.0.0",
    ),
    "a band is narrowed": (
        change("red-flags/late.json", when={"op": "number", "id": "weeks", "at_least": 24}),
        Told(
            "criterion_changed",
            "red_flag/late",
            "major",
            "fall same",
            ("No longer: the weeks from 20. Newly: the weeks from 24.", "the weeks 20"),
        ),
        "2.0.0",
    ),
    "a way is added": (
        both(
            change("red-flags/late.json", when={"op": "any_of", "of": [LATE, leaf("arm-cold")]}),
            change("red-flags/cold-arm.json", beside="It is of the arms."),
        ),
        (
            Told("wording", "red_flag/cold-arm", "patch", "same"),
            Told(
                "criterion_changed",
                "red_flag/late",
                "minor",
                "rise same",
                ("Newly: the arm-cold.", "before, routine (the cold-arm); after, urgent"),
            ),
        ),
        "1.5.0",
    ),
    "a criterion is written otherwise": (
        change("red-flags/mild.json", when={"op": "any_of", "of": [leaf("gate")]}),
        Told("criterion_changed", "red_flag/mild", "patch", "same", ("It is written otherwise.", NOBODY)),
        "1.4.3",
    ),
    "a red flag counts in another topic": (
        change("red-flags/mild.json", topics=["legs", "arms"]),
        Told(
            "criterion_changed",
            "red_flag/mild",
            "minor",
            "rise same",
            ("counts in legs and arms", "asking about Legs: before, self care"),
        ),
        "1.5.0",
    ),
    "a red flag counts in fewer topics": (
        change("red-flags/mild.json", topics=["arms"]),
        Told("criterion_changed", "red_flag/mild", "major", "rise fall same"),
        "2.0.0",
    ),
    "who cannot tell is not told to call": (
        replace("red-flags/squeezed.json", without(good()["red-flags/squeezed.json"], "if_unsure")),
        Told(
            "criterion_changed",
            "red_flag/squeezed",
            "major",
            "fall same",
            ("is not told any more to call an ambulance",),
        ),
        "2.0.0",
    ),
    "a remedy is withdrawn": (
        change("remedies/rest.json", use="with_professional"),
        Told(
            "remedy_withdrawn",
            "remedy/rest",
            "minor",
            "same",
            ("It is kept from more people.", "nothing at all: before, self care; after, self care. The remedy is kept"),
        ),
        "1.5.0",
    ),
    "a caution is narrowed": (
        edit_in(
            "remedies/rest.json", "cautions/0/unsuitable_when", {"op": "all_of", "of": [leaf("weak"), leaf("pregnant")]}
        ),
        Told(
            "criterion_changed",
            "remedy/rest",
            "major",
            "same",
            (
                "1 criteria are new, 1 are gone",
                "It is kept from fewer people.",
                "A check names no remedies to this person",
            ),
        ),
        "2.0.0",
    ),
    "a caution is added": (
        edit_in("remedies/rest.json", "cautions/1/unsuitable_when", leaf("pregnant")),
        Told(
            "criterion_changed",
            "remedy/rest",
            "minor",
            "same",
            ("kept from more people", "the pregnant: before, self care"),
        ),
        "1.5.0",
    ),
    "a caution is written otherwise": (
        edit_in("remedies/rest.json", "cautions/0/unsuitable_when", {"op": "all_of", "of": [leaf("weak")]}),
        Told("criterion_changed", "remedy/rest", "patch", "same", ("kept from the same people",)),
        "1.4.3",
    ),
    "a question is asked in other words": (
        lambda files: words(files, question="Is somebody pregnant?", help="Ask her."),
        Told("question_changed", "finding/pregnant", "minor", "", ("in other words (help and question)",)),
        "1.5.0",
    ),
    "a level says in other words what to do": (
        level(4, action="Act now.", citations=["book"]),
        (
            Told("question_changed", "", "minor", "", ("The level emergency says",)),
            Told("sources", "", "patch", "same"),
        ),
        "1.5.0",
    ),
    "questions are asked in another order": (
        lambda files: files["question-order.json"].reverse(),
        Told("question_changed", "", "minor", "same"),
        "1.5.0",
    ),
    "a source is added": (
        both(
            replace("sources/new.json", {**good()["sources/book.json"], "id": "new"}),
            change("causes/cold.json", citations=["new"]),
        ),
        (Told("sources", "cause/cold", "patch", "same"), Told("item_added", "source/new", "patch", "same")),
        "1.4.3",
    ),
    "a cause is added": (
        replace("causes/heat.json", {**good()["causes/cold.json"], "id": "heat"}),
        Told("item_added", "cause/heat", "minor", "same"),
        "1.5.0",
    ),
    "a cause is removed": (
        both(
            remove("causes/cold.json"),
            change("remedies/rest.json", causes=[]),
        ),
        (
            Told("item_removed", "cause/cold", "major", "same"),
            Told("criterion_changed", "remedy/rest", "minor", "same", ("what is shown with it",)),
        ),
        "2.0.0",
    ),
    "a finding is removed": (
        remove("findings/old-numb.json"),
        Told("item_removed", "finding/old-numb", "major", "", ("Whoever sends it is refused.",)),
        "2.0.0",
    ),
    "words are changed": (
        both(
            change("causes/cold.json", summary="Legs that are cold."),
            edit_in("remedies/rest.json", "cautions/1/text", "Mind."),
        ),
        (
            Told("wording", "cause/cold", "patch", "same"),
            Told("wording", "remedy/rest", "patch", "same", ("cautions changed; no rule did",)),
        ),
        "1.4.3",
    ),
    "a retired finding is worded otherwise, which nobody is asked": (
        change("findings/old-numb.json", question="Was it numb?"),
        Told("wording", "finding/old-numb", "patch", "same"),
        "1.4.3",
    ),
    "a source is described otherwise": (
        change("sources/book.json", read=False),
        Told("sources", "source/book", "patch", "same"),
        "1.4.3",
    ),
    "a number takes other values": (
        change("findings/age.json", maximum=130),
        Told("criterion_changed", "finding/age", "major", "same", ("answered or understood otherwise (maximum)",)),
        "2.0.0",
    ),
    "a finding says less of others": (
        both(
            change("findings/numb.json", implies=[]),
            change("findings/gate.json", question="Is there gate? Such as the weak."),
        ),
        (
            Told("question_changed", "finding/gate", "minor", ""),
            Told("criterion_changed", "finding/numb", "major", "same", ("(implies)",)),
        ),
        "2.0.0",
    ),
    "a finding is retired": (
        both(
            replace("findings/deaf.json", RENAMED),
            lambda files: _put(files, "numb", "deaf"),
            change("findings/numb.json", replaced_by="deaf", implies=["gate"]),
            change("findings/old-numb.json", replaced_by="deaf"),
        ),
        (
            Told("criterion_changed", "cause/cold", "minor", "same"),
            Told("criterion_changed", "red_flag/child", "patch", "same", (NOBODY,)),
            Told("criterion_changed", "red_flag/squeezed", "patch", "same", (NOBODY,)),
            Told("item_added", "finding/deaf", "minor", "same"),
            Told("criterion_changed", "finding/numb", "minor", "same", ("is retired and read as “the numb”",)),
            Told("criterion_changed", "finding/old-numb", "patch", "same"),
            Told("question_changed", "", "minor", "same"),
        ),
        "1.5.0",
    ),
    "a number is of another finding": (
        both(
            change("findings/weeks.json", of="gate"),
            change("reassurance/arm-calm.json", when={"op": "any_of", "of": [leaf("arm-cold"), leaf("pregnant")]}),
            lambda files: files["question-order.json"].remove("pregnant"),
        ),
        (
            Told(
                "criterion_changed",
                "finding/weeks",
                "major",
                "rise same",
                ("but the weeks 0: before, self care; after, routine",),
            ),
            Told("criterion_changed", "reassurance/arm-calm", "minor", "same"),
            Told("question_changed", "", "minor", "same"),
        ),
        "2.0.0",
    ),
    "a retired finding is read as another": (
        change("findings/old-numb.json", replaced_by="weak"),
        Told("criterion_changed", "finding/old-numb", "major", "same"),
        "2.0.0",
    ),
    "a number is answered by yes or no": (
        both(
            change("red-flags/child.json", when={"op": "all_of", "of": [leaf("age"), leaf("numb")]}),
            replace("findings/age.json", finding("age")),
        ),
        (
            Told("criterion_changed", "red_flag/child", "minor", "same"),
            Told("criterion_changed", "finding/age", "major", "same"),
            Told("question_changed", "finding/age", "minor", ""),
        ),
        "2.0.0",
    ),
    "a number shares no value with what it was": (
        both(
            change("red-flags/late.json", when={"op": "number", "id": "weeks", "at_least": 120}),
            change("findings/weeks.json", minimum=100, maximum=145),
        ),
        (
            Told("criterion_changed", "red_flag/late", "major", "rise fall same", ("the weeks (as asked before) 20",)),
            Told("criterion_changed", "finding/weeks", "major", "fall same"),
        ),
        "2.0.0",
    ),
    "other people are reassured": (
        change("reassurance/calm.json", when=leaf("pregnant")),
        Told("criterion_changed", "reassurance/calm", "minor", "same"),
        "1.5.0",
    ),
    "who is reassured is written otherwise": (
        change("reassurance/calm.json", when={"op": "all_of", "of": [leaf("gate")]}),
        Told("criterion_changed", "reassurance/calm", "patch", "same", ("It means the same.",)),
        "1.4.3",
    ),
    "a topic suggests otherwise": (
        change("topics/arms.json", watch_for=["late"]),
        Told("criterion_changed", "topic/arms", "minor", "same", ("(watch_for)",)),
        "1.5.0",
    ),
    "a language is added": (french, Told("item_added", "", "minor", "same", ("The language fr is new.",)), "1.5.0"),
    "phrases and the manifest are worded otherwise": (
        both(
            lambda files: files["phrases.json"].update(no_diagnosis="This is no diagnosis."),
            lambda files: files["manifest.json"].update(title="Tests"),
        ),
        (
            Told("wording", "", "patch", "same", ("In the manifest: title",)),
            Told("wording", "", "patch", "same", ("no_diagnosis",)),
        ),
        "1.4.3",
    ),
    "another number calls an ambulance": (
        lambda files: (
            files["regions.json"].update(
                crisis_directory="https://example.org/crisis",
                regions=[
                    {**files["regions.json"]["regions"][0], "ambulance": "112", "name": "GB", "citations": ["tome"]}
                ],
            )
            or files.update({"sources/tome.json": {**files["sources/book.json"], "id": "tome"}})
        ),
        (
            Told("item_added", "source/tome", "patch", "same"),
            Told("wording", "", "patch", "same", ("The directory of crisis lines",)),
            Told("wording", "", "patch", "same", ("is now 112",)),
            Told("wording", "", "patch", "same", ("name changed",)),
            Told("sources", "", "patch", "same", ("cites other sources",)),
        ),
        "1.4.3",
    ),
    "a region takes the place of another": (
        lambda files: files["regions.json"].update(regions=[{**files["regions.json"]["regions"][0], "code": "FR"}]),
        (
            Told("item_added", "", "minor", "same", ("(FR) is new",)),
            Told("item_removed", "", "major", "same", ("(GB) is gone",)),
        ),
        "2.0.0",
    ),
}


def _put(files: Files, gone: str, heir: str) -> None:
    """Read another finding wherever a rule or a clue reads one."""
    for name in ("red-flags/squeezed.json", "red-flags/child.json", "causes/cold.json"):
        files[name] = json.loads(json.dumps(files[name]).replace(f'"{gone}"', f'"{heir}"'))
    files["question-order.json"] = [heir if one == gone else one for one in files["question-order.json"]]


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_by_its_type_and_asks_for_its_step(name: str, tmp_path: Path) -> None:
    edit, expected, version = CASES[name]
    verdict = judged(tmp_path, edit)
    wanted = (expected,) if isinstance(expected, Told) else expected
    assert [told(one) for one in verdict.changes] == [one[:4] for one in wanted]
    for one, found in zip(wanted, verdict.changes, strict=True):
        spoken = " ".join([found.summary, *(witness.words for witness in found.witnesses)])
        assert all(words in spoken for words in one.said), spoken
    assert verdict.version == version


def test_the_way_back_is_told_as_well(tmp_path: Path) -> None:
    before, after = good(), good()
    french(before)
    after["remedies/rest.json"]["use"] = "not_self_care"
    before["remedies/rest.json"]["use"] = "with_professional"
    after["red-flags/late.json"]["level"] = "emergency"
    after["red-flags/late.json"]["if_unsure"] = "emergency"
    old, new = load_draft(write(tmp_path / "before", before)), load_draft(write(tmp_path / "after", after))
    found = [told(one) for one in judge(("1.0.0", old), new, (), time.perf_counter).changes]
    assert found == [
        ("wording", "remedy/rest", "patch", "same"),
        ("level_raised", "red_flag/late", "minor", "rise same"),
        ("criterion_changed", "red_flag/late", "minor", "rise same"),
        ("item_removed", "", "major", "same"),
    ]
    back = [told(one) for one in judge(("1.0.0", new), old, (), time.perf_counter).changes]
    assert ("item_added", "", "minor", "same") in back


def test_words_in_another_language_are_words_too(tmp_path: Path) -> None:
    before = good()
    french(before)
    after = json.loads(json.dumps(before))
    after["translations/fr/findings/pregnant.json"]["question"] = "Enceinte ?"
    after["translations/fr/causes/cold.json"]["summary"] = "Jambes froides."
    after["translations/fr/levels.json"]["urgent"]["action"] = "Allez-y."
    after["translations/fr/phrases.json"]["no_diagnosis"] = "Ce n'est pas un diagnostic."
    old, new = load_draft(write(tmp_path / "before", before)), load_draft(write(tmp_path / "after", after))
    assert [(told(one.change)[:2], one.words) for one in differences(old, new)] == [
        (("wording", "cause/cold"), None),
        (("question_changed", "finding/pregnant"), ("finding", "pregnant")),
        (("question_changed", ""), ("level", "urgent")),
        (("wording", ""), None),
    ]


def test_a_remedy_that_becomes_self_care_is_withheld_less(tmp_path: Path) -> None:
    before, after = good(), good()
    before["remedies/rest.json"]["use"] = "with_professional"
    old, new = load_draft(write(tmp_path / "before", before)), load_draft(write(tmp_path / "after", after))
    verdict = judge(("1.4.2", old), new, (), time.perf_counter)
    assert [told(one) for one in verdict.changes] == [("criterion_changed", "remedy/rest", "major", "same")]
    assert "is suggested as self-care. It is kept from fewer people." in verdict.changes[0].summary
    assert verdict.version == "2.0.0"


def test_a_number_of_somebody_of_whom_all_is_known_is_known(tmp_path: Path) -> None:
    """Who is pregnant has weeks: a caution on both sides of a week is a caution on being pregnant."""
    before, after = good(), good()
    early = {"op": "number", "id": "weeks", "below": 20}
    cautions = {
        "before": [{"text": "Not in pregnancy.", "unsuitable_when": leaf("pregnant")}],
        "after": [{"text": "Not early.", "unsuitable_when": early}, {"text": "Not late.", "unsuitable_when": LATE}],
    }
    before["remedies/rest.json"]["cautions"] = cautions["before"]
    after["remedies/rest.json"]["cautions"] = cautions["after"]
    old, new = load_draft(write(tmp_path / "before", before)), load_draft(write(tmp_path / "after", after))
    verdict = judge(("1.4.2", old), new, (), time.perf_counter)
    assert [told(one) for one in verdict.changes] == [
        ("criterion_changed", "remedy/rest", "patch", "same"),
        ("wording", "remedy/rest", "patch", "same"),
    ]
    assert verdict.version == "1.4.3"
