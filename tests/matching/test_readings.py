"""How words about a finding are taken: denials, doubts, other people, amounts of time, numbers, and what is left."""

import pytest

from api.matching.cues import NO_CUES
from api.red_flags.edition import Edition
from schemas.releases import Bundle
from tests.builders import bundle_of, documents, edition_of, finding, leaf, number, red_flag
from tests.matching.finding import find


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        # denied in so many words
        ("No chest pain.", "chest-pain", "absent"),
        ("I have never had chest pain", "chest-pain", "absent"),
        ("I don't have any chest pain at all, thanks", "chest-pain", "absent"),
        ("no chest pain or vomiting", "vomiting", "absent"),
        ("no fever, vomiting or chest pain.", "vomiting", "absent"),
        ("neither vomiting nor chest pain", "chest-pain", "absent"),
        ("Chest pain: no", "chest-pain", "absent"),
        ("Chest pain? No.", "chest-pain", "absent"),
        ("I have no fever and my leg is swollen", "fever", "absent"),
        ("no fever. I am vomiting", "fever", "absent"),
        ("No fever; vomiting though", "fever", "absent"),
        # denied, but not so that it could be taken for an answer
        ("no numbness", "numbness-or-unsteadiness", "denied"),
        ("I'm not pregnant", "pregnant", "denied"),
        ("no crushing chest pain", "chest-pain", "denied"),
        ("no chest pain today", "chest-pain", "denied"),
        ("no chest pain really worth a word", "chest-pain", "denied"),
        ("chest pain is not there", "chest-pain", "denied"),
        ("I did not have chest pain", "chest-pain", "denied"),
        ("my baby has no fever", "fever", "denied"),
        ("could it be that I have no fever?", "fever", "denied"),
        ("my calf isn't swollen", "one-leg-swelling", "denied"),
        # what a denial does not reach
        ("no chest pain but chest pain now", "chest-pain", "present"),
        ("no chest pain, just a tight chest", "chest-pain", "present"),
        ("no idea why I have chest pain", "chest-pain", "present"),
        ("not only chest pain but vomiting", "chest-pain", "present"),
        ("I can't sleep because of chest pain", "chest-pain", "present"),
        ("no relief from chest pain", "chest-pain", "present"),
        ("No, chest pain", "chest-pain", "present"),
        ("chest pain? yes", "chest-pain", "present"),
        ("chest pain that won't go away", "chest-pain", "present"),
        ("chest pain, no fever", "chest-pain", "present"),
        ("without help I have chest pain", "chest-pain", "present"),
        # what may be denied
        ("no chest pain, vomiting", "vomiting", "ask"),
        ("no fever and chest pain", "chest-pain", "denied"),
        ("not without chest pain", "chest-pain", "ask"),
        ("never had chest pain like this", "chest-pain", "ask"),
        ("no chest pain except at night", "chest-pain", "ask"),
        ("no medicine helps chest pain", "chest-pain", "ask"),
        ("I cannot have chest pain", "chest-pain", "ask"),
        ("chest pain? no. not without chest pain", "chest-pain", "ask"),
        ("no chest pain. My chest is heavy", "chest-pain", "present"),
        ("no chest pain. My chest", "chest-pain", "ask"),
        ("not without chest pain? no", "chest-pain", "ask"),
        # something missing is the finding
        ("I can't pee", "bladder-change-new", "present"),
        ("unable to pee any more", "bladder-change-new", "present"),
        ("no trouble peeing", "bladder-change-new", ""),
        ("I can pee", "bladder-change-new", ""),
        ("not waking or not responding", "child-not-waking", "present"),
        ("I am not without being unable to pee", "bladder-change-new", "ask"),
        ("Can't you see that the rash can't fade under a glass?", "rash-not-fading", "ask"),
    ],
)
def test_a_denial_reaches_as_far_as_it_is_clear(text: str, name: str, told: str, edition: Edition) -> None:
    assert find(text, edition).told(name) == told


@pytest.mark.parametrize(
    ("text", "name", "doubt"),
    [
        ("my husband has chest pain", "chest-pain", "other_person"),
        ("my wife says she has chest pain", "chest-pain", "other_person"),
        ("he has chest pain", "chest-pain", "other_person"),
        ("chest pain that my brother had", "chest-pain", ""),
        ("my wife says that I have chest pain", "chest-pain", ""),
        ("my back of late, my wife, my chest pain", "chest-pain", ""),
        ("my baby has a fever", "fever", ""),
        ("I have chest pain and my baby has a fever", "fever", "other_person"),
        ("the baby was ill and he has a fever", "fever", ""),
        ("pain that my mother has in the chest", "chest-pain", "other_person"),
        ("ten years ago I had chest pain", "chest-pain", "past"),
        ("chest pain three days ago", "chest-pain", "past"),
        ("chest pain yesterday", "chest-pain", ""),
        ("I fainted three days ago", "fainting-new", ""),
        ("diabetes, three months ago", "diabetes", ""),
        ("three months ago it was diabetes", "diabetes", "past"),
        ("chest pain that started three days ago", "chest-pain", ""),
        ("my chest pain is gone", "chest-pain", "past"),
        ("Years ago, I had chest pain", "chest-pain", "past"),
        ("maybe chest pain", "chest-pain", "unsure"),
        ("Maybe, chest pain", "chest-pain", "unsure"),
        ("if I get chest pain", "chest-pain", "supposed"),
        ("I'm afraid of diabetes, and yes, chest pain", "chest-pain", ""),
        ("is it epilepsy", "epilepsy", "asked"),
        ("epilepsy?", "epilepsy", "asked"),
        ("I have chest pain, is it a fit?", "suspected-fit", "asked"),
        ("I have chest pain, is it a fit?", "chest-pain", ""),
        ("I have chest pain, all right?", "chest-pain", ""),
        ("why do I have chest pain?", "chest-pain", ""),
        ("my feet hurt", "foot-pain-at-rest", "partly"),
        ("calf pain when walking", "calf-or-thigh-pain", "another_word"),
        ("i have diarrea", "diarrhoea", "spelling"),
        ("no numbness", "numbness-or-unsteadiness", "gate"),
        ("no chest pain, vomiting", "vomiting", "unclear"),
    ],
)
def test_what_speaks_against_a_mention_is_told(text: str, name: str, doubt: str, edition: Edition) -> None:
    found = find(text, edition)
    assert found.of(name) is not None
    assert found.doubts(name) == ({doubt} if doubt else set())
    assert found.told(name) in ({"ask", "denied"} if doubt else {"present"})


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("numb feet for three weeks", "numbness-two-weeks", "present"),
        ("numb feet for half a year", "numbness-two-weeks", "present"),
        ("numb feet for three days", "numbness-two-weeks", ""),
        ("numb feet for a couple of months", "numbness-two-weeks", "present"),
        ("cramp lasting 20 minutes", "cramp-over-ten-minutes", "present"),
        ("cramp lasting 2 minutes", "cramp-over-ten-minutes", ""),
        ("restless legs every single night", "urge-most-days", "present"),
        ("restless legs most nights", "urge-most-days", "present"),
        ("restless legs once a week", "urge-most-days", ""),
        ("restless legs three or four nights a week", "urge-twice-a-week", "present"),
        ("restless legs every other night", "urge-twice-a-week", "present"),
        ("a seizure half an hour ago", "fit-last-hour", "present"),
        ("a seizure two hours ago", "fit-last-hour", ""),
        ("a seizure two hours ago", "fit-last-day", "present"),
        ("twitching while awake, months on end", "twitching-awake-four-weeks", "present"),
        ("I gave birth in the last two weeks", "birth-last-six-weeks", "present"),
    ],
)
def test_an_amount_of_time_is_held_against_the_findings_own(text: str, name: str, told: str, edition: Edition) -> None:
    assert find(text, edition).told(name) == told


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("Help!  \U0001f9b5 my\u00a0CHE\u0301ST  hurts", "chest-pain", ["CHE\u0301ST  hurts"]),
        ("ch\u200best pa\u00adin", "chest-pain", ["ch\u200best pa\u00adin"]),
        ("I can\u2019t pee", "bladder-change-new", ["can\u2019t pee"]),
        (
            "\uff23\uff28\uff25\uff33\uff34 \uff30\uff21\uff29\uff2e",
            "chest-pain",
            ["\uff23\uff28\uff25\uff33\uff34 \uff30\uff21\uff29\uff2e"],
        ),
        ("chest pain. chest pain", "chest-pain", ["chest pain", "chest pain"]),
        ("chset pain", "chest-pain", ["chset pain"]),
        ("diarrhea", "diarrhoea", ["diarrhea"]),
        ("on the toilet with diarrhoea", "diarrhoea", ["diarrhoea"]),
        ("pain in the chest", "chest-pain", ["pain in the chest"]),
    ],
)
def test_spans_are_those_of_the_words_as_they_were_sent(
    text: str, name: str, words: list[str], edition: Edition
) -> None:
    assert find(text, edition).words(name) == words


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("chest pain and a purple elephant, thanks", ["purple elephant"]),
        ("The quokka, zebra. A wombat has chest pain", ["quokka", "zebra", "wombat"]),
        ("maybe I should go", []),
        ("", []),
        ("\u2014 \U0001f600 !", []),
        ("shirt and flood", ["shirt and flood"]),
    ],
)
def test_what_matched_nothing_is_pointed_at_and_not_dropped(text: str, left: list[str], edition: Edition) -> None:
    assert find(text, edition).left() == left


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("I'm 34", {("age-years", 34.0): "measurement"}),
        ("I am thirty-four years old", {("age-years", 34.0): "measurement"}),
        ("34yo, aged 34", {("age-years", 34.0): "measurement"}),
        ("Age: 70", {("age-years", 70.0): "measurement"}),
        ("I just turned 50.", {("age-years", 50.0): "measurement"}),
        ("my 6 month old baby", {("age-years", 0.5): "measurement"}),
        ("a one year old", {("age-years", 1.0): "measurement"}),
        ("she is 3 weeks old", {("age-years", 0.05): "measurement"}),
        ("our baby is 3 weeks old", {("age-years", 0.05): "measurement"}),
        ("2 and a half years old", {("age-years", 2.5): "measurement"}),
        ("1 year and 3 months old", {("age-years", 1.25): "measurement"}),
        ("I'm nearly 60", {("age-years", 60.0): "ask"}),
        ("about 60 years old", {("age-years", 60.0): "ask"}),
        ("my husband is 50 years old", {("age-years", 50.0): "ask"}),
        ("I'm 34 and my baby is 6 months old", {("age-years", 0.5): "ask", ("age-years", 34.0): "ask"}),
        ("my three year old mattress", {("age-years", 3.0): "ask"}),
        ("I'm a 34 year old woman", {("age-years", 34.0): "measurement"}),
        ("130 years old", {}),
        ("I'm 5 foot 3 and 70 kg, 100% sure", {}),
        ("I'm a man", {}),
        ("I'm ½ dead", {}),
        ("20 weeks pregnant", {("pregnancy-weeks", 20.0): "measurement"}),
        ("I'm 20+3 weeks pregnant", {("pregnancy-weeks", 20.0): "measurement"}),
        ("pregnant, 20 weeks", {("pregnancy-weeks", 20.0): "measurement"}),
        ("week 12 of pregnancy", {("pregnancy-weeks", 12.0): "measurement"}),
        ("five months pregnant", {("pregnancy-weeks", 21.0): "ask"}),
        ("not 20 weeks pregnant", {("pregnancy-weeks", 20.0): "ask"}),
        ("I'm not, not ever, 20 weeks pregnant", {("pregnancy-weeks", 20.0): "measurement"}),
        ("I'm never 34 years old", {("age-years", 34.0): "ask"}),
        ("90 weeks pregnant", {}),
    ],
)
def test_ages_and_weeks_of_pregnancy_are_proposed_and_never_decided(
    text: str, numbers: dict[tuple[str, float], str], edition: Edition
) -> None:
    assert find(text, edition).numbers() == numbers


def test_signs_of_an_emergency_stand_first_among_equals_and_the_surest_before_all(edition: Edition) -> None:
    found = find("snoring, chest pain, I wet the bed", edition).matches.findings
    assert [(one.finding, one.emergency_sign) for one in found[:2]] == [("chest-pain", True), ("snoring-loud", False)]
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)


def test_the_more_exactly_words_fit_the_higher_the_confidence(edition: Edition) -> None:
    texts = ("chest pain", "pain all day in the chest", "chset pain", "my calf", "nerve damage")
    sure = [find(text, edition).matches.findings[0].confidence for text in texts]
    assert sure[0] == 1.0
    assert sure == sorted(set(sure), reverse=True)
    assert sure[1] >= 0.9 >= sure[2] >= 0.7 > sure[3] >= 0.5 > sure[4]


def test_key_words_of_a_question_are_found_where_no_phrase_fits_and_must_be_asked(edition: Edition) -> None:
    one = find("nerve damage", edition).of("heat-feeling-poor")
    assert one is not None
    assert (one.propose, set(one.doubts)) == ("ask", {"partly"})
    assert one.confidence < 0.5


def small(language: str) -> Edition:
    """A few findings, in a language."""
    files = documents(
        [
            finding("gate"), finding("cold-foot", ["gate"]), finding("old-cold", replaced_by="cold-foot"),
            finding("pregnant"), number("age", 0, 120), number("weeks", 0, 45, unit="wk", of="pregnant"),
            number("weight", 0, 300, unit="kg"), number("pulse", 0, 300, unit="a", of="pregnant"),
            finding("silent", synonyms=["the"]),
        ],
        [red_flag("squeezed", "emergency", leaf("cold-foot"))],
    )  # fmt: skip
    bundle: Bundle = bundle_of(files)
    manifest = bundle.manifest.model_copy(update={"default_language": language, "languages": (language,)})
    return edition_of(bundle.model_copy(update={"manifest": manifest}))


def test_in_a_language_whose_denials_are_not_known_everything_must_be_asked() -> None:
    edition = small("eo")
    found = find("no the cold foot, the gate", edition, "eo")
    assert {one.finding for one in found.matches.findings} >= {"cold-foot", "gate"}
    assert all(one.propose == "ask" and "language" in one.doubts for one in found.matches.findings)
    assert NO_CUES.light == frozenset()


def test_a_retired_finding_is_never_proposed_and_a_gate_is_kept_beside_what_does_not_imply_it() -> None:
    edition = small("en")
    assert [one.finding for one in find("cold foot", edition).matches.findings] == ["cold-foot"]
    assert [one.finding for one in find("the gate", edition).matches.findings] == ["gate"]
    assert find("I'm 34.5 and 20 weeks pregnant", edition).numbers() == {
        ("age", 34.0): "measurement",
        ("weeks", 20.0): "measurement",
    }


def test_the_index_is_built_once() -> None:
    texts = small("en").texts["en"]
    assert texts.words() is texts.words()
    assert texts.search() is texts.search()
