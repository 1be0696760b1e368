"""The assurance report: every law is checked on the very release, and a check that breaks one is caught by that law."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import z3
from pydantic import MISSING

from api.cli import main
from api.content.canonical import digest
from api.content.loading import load_draft
from api.proofs.assuring import LAWS, Check, assure, check_of
from api.proofs.completing import loses_by_more
from api.proofs.encoding import encode
from api.proofs.judging import Verdict, report
from api.proofs.searching import Search
from api.releases.freezing import ASSURANCE
from api.releases.library import Library, load_library
from schemas.assurance import Assurance
from schemas.checks import CheckAnswer, Profile
from schemas.problems import ContentRefused, ProblemError, ProfileRefused
from schemas.releases import Bundle
from schemas.words import RANK
from tests.builders import bundle_of, documents, finding, leaf, red_flag, write
from tests.content.test_loading import good

Json = Any
Answer = Callable[[Profile], CheckAnswer]
VERDICT = Verdict("1.0.0", (), ())


@pytest.fixture(scope="module")
def small_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The small content with every kind of item."""
    return load_draft(write(tmp_path_factory.mktemp("draft"), good()))


def assured(bundle: Bundle, made: Check | None = None) -> Assurance:
    search = Search(encode(bundle, bundle), time.perf_counter)
    return assure(bundle, "1.0.0", made or check_of(bundle, "1.0.0"), search)


def test_every_law_is_checked_and_every_red_flag_is_reached(small_bundle: Bundle) -> None:
    found = assured(small_bundle)
    assert [one.number for one in found.laws] == list(range(1, 11))
    assert {one.number: [(how.how, how.count) for how in one.checked] for one in found.laws} == {
        1: [("exhausted", 3)],
        2: [("proved", 100)],
        3: [("proved", 100)],
        4: [("proved", 7), ("sampled", 150)],
        5: [("sampled", 150)],
        6: [("sampled", 150)],
        7: [("sampled", 150)],
        8: [("sampled", 40)],
        9: [("sampled", 150)],
        10: [("sampled", 150)],
    }
    by_id = {one.red_flag: one for one in found.red_flags}
    assert by_id.keys() == {flag.id for flag in small_bundle.red_flags}
    assert by_id["late"].reached_by.measurements[0].value == 20
    assert by_id["late"].reached_by.words == "Somebody with nothing but the weeks 20"
    assert by_id["child"].beside == "It names the age."
    assert by_id["child"].stands_alone_in is MISSING
    assert all(
        one.beside is MISSING and one.stands_alone_in is not MISSING
        for one in found.red_flags
        if one.red_flag != "child"
    )
    assert found.clinical_review == "none"


def test_the_report_is_the_same_again_but_for_the_time_it_took(small_bundle: Bundle) -> None:
    first, second = (json.loads(report(small_bundle, VERDICT, time.perf_counter)) for _ in range(2))
    assert first.pop("timings").keys() == second.pop("timings").keys() == {"solver_milliseconds"}
    assert first == second


def test_the_shipped_content_keeps_every_law(shipped: Library) -> None:
    bundle = shipped.newest().bundle
    seen: list[tuple[int, int]] = []
    search = Search(encode(bundle, bundle), time.perf_counter)
    made = check_of(bundle, "1.1.0")
    found = assure(bundle, "1.1.0", made, search, lambda done, total: seen.append((done, total)))
    assert found.bundle == digest(shipped.newest().bundle_bytes)
    assert seen[-1][0] == seen[-1][1] == len(seen)
    assert len(found.red_flags) == len(bundle.red_flags)
    assert {one.red_flag for one in found.red_flags if one.stands_alone_in is MISSING} == {
        flag.id for flag in bundle.red_flags if flag.beside is not MISSING
    }


def more(profile: Profile) -> int:
    """How many findings are reported."""
    return len(profile.present) + len(profile.measurements)


def replaced(**fields: Json) -> Callable[[Answer], Answer]:
    """A check whose every answer has other fields."""
    return lambda answer: lambda profile: answer(profile).model_copy(update=fields)


def forgets_what_is_reported(answer: Answer) -> Answer:
    return lambda profile: answer(profile.model_copy(update={"present": profile.present[1:]}))


def takes_doubt_for_no(answer: Answer) -> Answer:
    return lambda profile: answer(
        profile.model_copy(update={"unsure": (), "absent": (*profile.absent, *profile.unsure)})
    )


def sees_only_emergencies_ahead(answer: Answer) -> Answer:
    return lambda profile: answer(profile).model_copy(update={"worst_case": "emergency"})


def calms_down_where_much_is_reported(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        return answer(profile).model_copy(update={"level": "self_care"} if more(profile) > 2 else {})

    return spoiled


def fears_answers(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        return answer(profile).model_copy(update={} if profile.absent else {"worst_case": answer(profile).level})

    return spoiled


def minds_the_order(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        return found if profile.present == tuple(sorted(profile.present)) else found.model_copy(update={"say": "Hm."})

    return spoiled


def takes_contradictions(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        try:
            return answer(profile)
        except ProfileRefused:
            return answer(profile.model_copy(update={"absent": ()}))

    return spoiled


def points_elsewhere(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        try:
            return answer(profile)
        except ProfileRefused:
            raise ProfileRefused((ProblemError(pointer="/present/0", code="contradiction", detail="No."),)) from None

    return spoiled


def refuses_doubt(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        if profile.unsure:
            raise ProfileRefused((ProblemError(pointer="/unsure", code="contradiction", detail="No."),))
        return answer(profile)

    return spoiled


def explains_nothing(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        return found.model_copy(
            update={"matched": tuple(one.model_copy(update={"because": ()}) for one in found.matched)}
        )

    return spoiled


def waits_for_nothing(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        still = () if found.possible is MISSING else found.possible
        return found.model_copy(
            update={"possible": tuple(one.model_copy(update={"missing": (), "unsure": ()}) for one in still)}
        )

    return spoiled


def stays_open(answer: Answer) -> Answer:
    """Gives what was open of an empty profile for ever."""

    def spoiled(profile: Profile) -> CheckAnswer:
        first = answer(Profile(include=("possible",)))
        return answer(profile).model_copy(update={"possible": first.possible, "ask_next": first.ask_next})

    return spoiled


def asks_the_same_for_ever(answer: Answer) -> Answer:
    return lambda profile: answer(profile).model_copy(update={"ask_next": answer(Profile()).ask_next})


def asks_for_nothing(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        asked = found.ask_next
        return found.model_copy(
            update={"ask_next": asked if asked is MISSING else asked.model_copy(update={"findings": ()})}
        )

    return spoiled


def asks_nothing(answer: Answer) -> Answer:
    return replaced(ask_next=MISSING)(answer)


def contradicts_the_honest(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        if len(profile.absent) > 1:
            raise ProfileRefused((ProblemError(pointer="/absent/0", code="contradiction", detail="No."),))
        return answer(profile)

    return spoiled


def ends_while_asking(answer: Answer) -> Answer:
    return replaced(status="ask", ask_next=MISSING, possible=())(answer)


def varies(answer: Answer) -> Answer:
    counts = iter(range(10**6))
    return lambda profile: answer(profile).model_copy(update={"say": f"Answer {next(counts)}."})


def advises_nothing(answer: Answer) -> Answer:
    return replaced(advice=MISSING)(answer)


def advises_calm(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        if found.advice is MISSING:
            return found
        return found.model_copy(update={"advice": found.advice.model_copy(update={"rank": 0, "level": "self_care"})})

    return spoiled


def reassures_the_doubtful(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        if found.advice is MISSING or found.level != "self_care":
            return found
        return found.model_copy(update={"advice": found.advice.model_copy(update={"rank": 0, "level": "self_care"})})

    return spoiled


def fears_doubt_more_than_reports(answer: Answer) -> Answer:
    def spoiled(profile: Profile) -> CheckAnswer:
        found = answer(profile)
        if found.advice is MISSING or len(profile.unsure) <= 1:  # one doubt less, and the fear is gone
            return found
        worst = found.worst_case
        return found.model_copy(
            update={"advice": found.advice.model_copy(update={"rank": RANK[worst], "level": worst})}
        )

    return spoiled


@pytest.mark.parametrize(
    ("law", "spoil", "says"),
    [
        (1, replaced(settled=True), "it is settled, or the worst is not open"),
        (1, replaced(worst_case="self_care"), "it is settled, or the worst is not open"),
        (2, replaced(level="emergency"), "somebody who fits has a lower level"),
        (2, takes_doubt_for_no, "above the worst case"),
        (3, forgets_what_is_reported, "nobody who fits has the level"),
        (3, sees_only_emergencies_ahead, "nobody who fits has the worst case"),
        (4, calms_down_where_much_is_reported, "lowers the level"),
        (4, fears_answers, "raises the worst case"),
        (5, minds_the_order, "in another order has another answer"),
        (5, takes_contradictions, "against what is present is accepted"),
        (5, points_elsewhere, "something else is pointed at"),
        (5, refuses_doubt, "what somebody may say is refused (contradiction)"),
        (6, explains_nothing, "is not enough for it"),
        (6, waits_for_nothing, "is open and waits for nothing"),
        (6, stays_open, "is open though all that it waits for is answered"),
        (7, asks_nothing, "nothing is asked though something is missing"),
        (7, asks_the_same_for_ever, "is asked, and nothing waits for it"),
        (7, contradicts_the_honest, "leaves as much to ask"),
        (8, asks_nothing, "or none where something is"),
        (8, stays_open, "is asked twice"),
        (8, asks_for_nothing, "it does not end"),
        (8, contradicts_the_honest, "honest answers contradict each other"),
        (8, ends_while_asking, "it ends with neither"),
        (9, varies, "the same profile has another answer"),
        (10, replaced(settled=True), "it is settled where both ends differ"),
        (10, advises_nothing, "there is no advice"),
        (10, advises_calm, "the advice is outside both ends"),
        (10, reassures_the_doubtful, "it reassures though it is not settled"),
    ],
)
def test_a_check_that_breaks_a_law_lets_no_release_be_made(
    law: int, spoil: Callable[[Answer], Answer], says: str, small_bundle: Bundle
) -> None:
    made = check_of(small_bundle, "1.0.0")
    with pytest.raises(ContentRefused) as refused:
        assured(small_bundle, Check(spoil(made.answer), made.again))
    of_law = [fault.message for fault in refused.value.faults if fault.pointer == f"/laws/{law - 1}"]
    assert any(says in message for message in of_law), [str(fault) for fault in refused.value.faults]
    assert all(f"law {law} ({LAWS[law - 1][0]}): " in message for message in of_law)
    assert all('It shows in {"' in message for message in of_law)


def test_advice_that_a_report_would_lower_lets_no_release_be_made() -> None:
    findings = [finding(name) for name in ("one", "other", "third")]
    both = {"op": "all_of", "of": [leaf("one"), leaf("other")]}
    bundle = bundle_of(
        documents(findings, [red_flag("grave", "emergency", both), red_flag("bad", "urgent", leaf("third"))])
    )
    assert assured(bundle).laws[9].number == 10
    made = check_of(bundle, "1.0.0")
    with pytest.raises(ContentRefused, match="which was unsure, lowers the advice"):
        assured(bundle, Check(fears_doubt_more_than_reports(made.answer), made.again))


def test_rules_in_another_order_are_held_to_the_same_answers(small_bundle: Bundle) -> None:
    made = check_of(small_bundle, "1.0.0")
    with pytest.raises(ContentRefused, match="the same rules in another order have another answer"):
        assured(small_bundle, Check(made.answer, replaced(say="Hm.")(made.again)))


def test_a_rule_that_is_lost_by_more_is_found(small_bundle: Bundle) -> None:
    search = Search(encode(small_bundle, small_bundle), time.perf_counter)
    rules = search.worlds.after.red_flags
    assert loses_by_more(rules, search) is None
    found = loses_by_more({"well": z3.And(rules["mild"], z3.Not(rules["squeezed"]))}, search)
    assert found is not None
    assert (found[0], found[1].present) == ("well", ("gate",))


def test_a_content_with_a_rule_that_is_lost_by_more_is_refused(small_bundle: Bundle) -> None:
    worlds = encode(small_bundle, small_bundle)
    rules = {**worlds.after.red_flags, "mild": z3.Not(worlds.told["gate"])}
    spoiled = Search(worlds._replace(after=worlds.after._replace(red_flags=rules)), time.perf_counter)
    with pytest.raises(
        ContentRefused, match=r"law 4 \(monotone\): mild holds no more\. Somebody with nothing at all\."
    ):
        assure(small_bundle, "1.0.0", check_of(small_bundle, "1.0.0"), spoiled)


def test_a_red_flag_that_is_never_present_or_never_alone_is_refused() -> None:
    findings = [finding("numb"), {**finding("weak"), "implies": ["numb"]}]
    files = documents(
        findings, [red_flag("squeezed", "urgent", leaf("numb")), red_flag("crushed", "urgent", leaf("weak"))]
    )
    bundle = bundle_of(files)
    with pytest.raises(ContentRefused, match=r"crushed\.json#/beside: others of its level or above always stand"):
        assured(bundle)
    search = Search(encode(bundle, bundle), time.perf_counter)
    never = search.worlds._replace(possible=(*search.worlds.possible, z3.Not(search.worlds.told["weak"])))
    with pytest.raises(ContentRefused, match=r"crushed\.json#/when: it is present in nobody"):
        assure(bundle, "1.0.0", check_of(bundle, "1.0.0"), Search(never, time.perf_counter))


def test_the_report_is_published_with_the_release_and_held_to_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "releases"
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(folder))
    write(tmp_path / "draft", good())
    assert main(["release", "next", str(tmp_path / "draft")]) == 0
    (tmp_path / "draft" / "causes" / "arm-cause.json").unlink()
    assert main(["release", "2.0.0", str(tmp_path / "draft")]) == 0
    newest = load_library(folder).newest()
    assert [one.id for one in newest.bundle.tombstones] == ["arm-cause"]
    data = (folder / "2.0.0" / ASSURANCE).read_bytes()
    assert newest.entry.assurance == digest(data)
    assert Assurance.model_validate_json(data).bundle == newest.entry.bundle
    (folder / "2.0.0" / ASSURANCE).write_bytes(data.replace(b"proved", b"hoped!"))
    with pytest.raises(ContentRefused, match=r"2\.0\.0/assurance\.json: its digest is not the ledger's"):
        load_library(folder)
