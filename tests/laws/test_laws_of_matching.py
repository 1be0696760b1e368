"""The promises of matching, over every finding and over whatever is sent: no answer is made of a person's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.content.loading import load_draft
from api.content.wording import words_in
from api.matching.english import ENGLISH
from api.matching.look_alikes import LOOK_ALIKES
from api.matching.matching import Matches, match
from api.settings import ROOT
from tests.builders import edition_of

AFFIRMED = (
    "{x}", "I have {x}", "no relief from {x}", "not only {x}", "can't stand {x}", "no rash but {x}",
    "no idea why I have {x}", "I don't sleep because of {x}", "why do I have {x}?", "{x} won't go away",
    "{x} isn't going away", "nothing helps {x}", "no, {x}", "No. {x}", "{x} - no doubt", "there is no denying {x}",
    "never had {x} before", "never had {x} like this", "don't ignore my {x}", "no medicine helps {x}",
    "I'm not imagining {x}", "not sure but {x}", "no {x} but {x} now", "no {x}, {x} now", "no {x} yesterday, {x} today",
    "{x}, no rash", "no rash {x}", "{x} no rash", "it's not nothing, it's {x}", "I'm not without {x}",
    "I can't say I have no {x}", "no {x} until today", "I never had {x} until now", "not {x}? of course {x}",
    "I had no {x} before", "my doctor says no {x} but I feel {x}", "no change in my {x}", "no sleep, {x}",
    "no appetite, {x} and sweats", "not coping with {x}", "not well: {x}", "don't tell me I have no {x}",
    "never without {x}", "not a day without {x}", "no {x}? wrong, {x}", "Is it true that I have no {x}?",
    "It is not the case that I have no {x}", "no {x} except at night", "no {x} unless I move", "no {x} only at rest",
    "{x}: no change", "{x}? no better", "{x}? no idea", "{x} never stops", "no kidding {x}", "no cure for {x}",
    "no problems apart from {x}", "no other {x}", "I did not say no {x}", "no {x} today", "no {x} right now",
    "my husband has no {x}", "maybe no {x}", "no {x} ten years ago", "if I had no {x}", "no {x} any more",
)  # fmt: skip
"""Texts in which somebody has a finding, or may have it, though a denial is near."""

DENIED = ("no {x}", "I have no {x}", "without {x}", "{x}: no", "{x}? no", "neither rash nor {x}", "I never had {x}")


DRAFT = edition_of(load_draft(ROOT / "data" / "content"))
ASKED = {name: one for name, one in DRAFT.texts["en"].findings.items() if one.kind == "yes_no"}
GATES = {parent for name, above in DRAFT.rules.words.ancestors.items() for parent in above - {name}}


def matched(text: str) -> Matches:
    texts = DRAFT.texts["en"]
    return match(text, texts.words(), texts.findings, frozenset(texts.findings))


def denied(text: str) -> set[str]:
    """The findings that a text is proposed to deny."""
    return {one.finding for one in matched(text).findings if one.propose == "absent"}


@pytest.mark.parametrize("name", sorted(ASKED))
def test_what_is_affirmed_beside_a_denial_is_never_proposed_absent(name: str) -> None:
    wrong = [text for form in AFFIRMED if name in denied(text := form.format(x=ASKED[name].name))]
    assert wrong == []


def test_a_gate_is_never_proposed_absent_and_a_clear_denial_of_another_finding_is() -> None:
    texts = [form.format(x=phrase) for one in ASKED.values() for phrase in (one.name, *one.synonyms) for form in DENIED]
    absent = {name for text in texts for name in denied(text)}
    assert not absent & GATES
    assert len(absent) > 0.5 * len(ASKED.keys() - GATES)


def test_every_name_and_synonym_finds_its_own_finding() -> None:
    missed = [
        (name, phrase)
        for name, one in ASKED.items()
        for phrase in (one.name, *one.synonyms)
        if name
        not in {other for found in matched(phrase).findings for other in DRAFT.rules.words.ancestors[found.finding]}
    ]
    assert missed == []


WORDS = st.sampled_from(
    [
        "chest", "pain", "no", "not", "numb", "leg", "fever", "my", "husband", "if", "maybe", "but", "or", "and", ",",
        ".", "?", "!", "years", "ago", "34", "weeks", "pregnant", "I", "can't", "don\u2019t", "\n", "\u200b", "\u0301",
        "\u202e", "\U0001f9b5", "\ufdfa", "\ufb01t", "\u00bd",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS, max_size=60).map("".join)
    )
)
def test_whatever_is_sent_every_span_is_of_whole_words_and_no_gate_is_proposed_absent(text: str) -> None:
    found = matched(text)
    spans = [span for one in found.findings for span in one.spans]
    spans += [span for told in found.measurements for span in told.spans]
    for span in (*spans, *found.not_understood):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start].isalnum()
        before = text[span.start - 1 : span.start]
        assert not before.isalpha() or before.isdigit() != text[span.start].isdigit()
    assert not {one.finding for one in found.findings if one.propose == "absent"} & GATES
    for one in found.findings:
        assert (one.propose == "ask") == bool(one.doubts)
        assert one.propose != "present" or one.confidence >= 0.7
        assert one.propose != "absent" or one.denied
    assert found == matched(text)


def test_a_word_that_only_looks_like_one_of_a_finding_is_not_taken_for_it() -> None:
    terms = DRAFT.texts["en"].words().terms
    assert not LOOK_ALIKES & terms.keys()
    told = [span for word in sorted(LOOK_ALIKES - ENGLISH.same.keys()) for span in matched(f"a {word}").not_understood]
    assert len(told) > 0.95 * len(LOOK_ALIKES)


def test_the_tables_are_written_as_words_are_folded() -> None:
    for table in (ENGLISH.light, ENGLISH.same, ENGLISH.expressions, ENGLISH.roles, LOOK_ALIKES):
        for entry in table:
            assert entry == " ".join(word.folded for word in words_in(entry)), entry
