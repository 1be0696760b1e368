"""How a reply is read: one way of writing for many, numbers by what they are, sentences that belong together."""

import pytest

from api.replies.reading import LONGEST_SENTENCE, MOST_SENTENCES, read
from api.replies.spelling import Numbers

GB = Numbers("999", frozenset({"112", "911", "15"}), frozenset({"111", "116123"}))
FR = Numbers("15", frozenset({"112", "911", "999"}), frozenset())


def said(reply: str, numbers: Numbers = GB) -> list[str]:
    return [sentence.text.strip().removeprefix(", ") for sentence in read(reply, numbers).sentences]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Don't call.", ["do not call"]),
        ("DONT call", ["do not call"]),
        ("Can\u2019t, won't, it's", ["can not , will not , it is"]),
        ("I'd, you'll, they've, we're, I'm", ["i would , you will , they have , we are , i am"]),
        ("the doctor's", ["the doctor"]),
        ("n't", ["not"]),
        ("ca\u00adll n\u200bow", ["call now"]),
        ("C a l l now", ["call now"]),
        ("at 8 a.m. see Dr. Who", ["at #8 am see dr who"]),
        ("\U0001d402\u00e0ll", ["call"]),
        ("Hello&nbsp;there", ["hello there"]),
        ("one \u2026 two", ["one , two"]),
    ],
)
def test_words_are_written_in_one_way(reply: str, expected: list[str]) -> None:
    assert said(reply) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("999", "#here"), ("9-9-9", "#here"), ("9 9 9", "#here"), ("nine nine nine", "#here"), ("triple nine", "#here"),
        ("treble nine", "#here"), ("\uff19\uff19\uff19", "#here"), ("\u0669\u0669\u0669", "#here"), ("9.9.9", "#here"),
        ("nine double nine", "#here"), ("911", "#elsewhere"), ("nine eleven", "#elsewhere"),
        ("one twelve", "#elsewhere"),
        ("116 123", "#line"), ("111", "#line"), ("9991", "#short"), ("1-800-999-1234", "#long"),
        ("999 mg", "#amount mg"), ("15 minutes", "#15 minutes"), ("age 15", "age #15"), ("12", "#12"),
        ("one", "one"), ("nine", "nine"), ("twelve", "#12"), ("999 24 hours", "#here #24 hours"),
        ("triple", "triple"), ("x 1", "x #1"), ("double nine", "#99"),
    ],
)  # fmt: skip
def test_numbers_are_called_by_what_they_are(reply: str, expected: str) -> None:
    assert said(reply) == [expected]


def test_an_amount_is_no_number_to_call() -> None:
    assert said("Wait 15 minutes, then call 15", FR) == ["wait #15 minutes , then call #here"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Call now. Rest.", ["call now", "rest"]),
        ("Call now. Or rest.", ["call now , or rest"]),
        ("Call now. Unless it stops.", ["call now , unless it stops"]),
        ("Call now. If it hurts.", ["call now , if it hurts"]),
        ("Call now. If it hurts, sit.", ["call now", "if it hurts , sit"]),
        ("Call now. If it hurts call 999.", ["call now", "if it hurts call #here"]),
        ("Please do not. Call now.", ["please do not , call now"]),
        ("Not. Call.", ["not", "call"]),
        ("Do not\ncall", ["do not call"]),
        ("Do not\n\ncall", ["do not , call"]),
        ("Do this:\n- call\n- rest", ["do this ,", "call", "rest"]),
        ("What?! Yes", ["what", "yes"]),
        ("... . !", [","]),
    ],
)
def test_sentences_are_cut_where_a_reader_stops(reply: str, expected: list[str]) -> None:
    assert said(reply) == expected


def test_a_question_mark_counts_for_all_that_belongs_together() -> None:
    assert [one.is_question for one in read("Call? Or rest. Sit. Why?", GB).sentences] == [True, False, True]


@pytest.mark.parametrize(
    ("reply", "quoted"),
    [
        ('He said "call now" twice', {"call", "now"}),
        ("He said \u201ccall now\u201d twice", {"call", "now"}),
        ("He said 'call now' twice", {"call", "now"}),
        ("He said 'call now twice", set()),
        ("Rest ~~call now~~ twice", {"call", "now"}),
        ('Well "but\n\nnot here', {"but"}),
    ],
)
def test_what_is_quoted_or_struck_through_is_known_to_be(reply: str, quoted: set[str]) -> None:
    assert {one.words[place] for one in read(reply, GB).sentences for place in one.quoted} == quoted


@pytest.mark.parametrize(
    ("reply", "hidden"),
    [
        ("<b>Call</b> now", []),
        ("Call <span style='x'>now", ["<span style='x'>"]),
        ("Call ~~now~~", ["~~", "~~"]),
        ("<!-- call -->", ["<!--"]),
        ("c\u0336all", ["\u0336"]),
        ("\u202ecall", ["\u202e"]),
    ],
)
def test_what_may_look_different_from_what_it_says_is_noted(reply: str, hidden: list[str]) -> None:
    assert [reply[start:end] for start, end in read(reply, GB).hidden] == hidden


def test_a_picture_that_could_be_a_wink_is_noted_and_a_siren_is_not() -> None:
    reply = "Call \U0001f6a8 now \U0001f602"
    assert [reply[start:end] for start, end in read(reply, GB).pictures] == ["\U0001f602"]


def test_places_count_code_points_whatever_was_smoothed_away() -> None:
    reply = "\U0001f6a8\u200b Please\u00a0c\u00e1ll 9-9-9 n\u00f3w"
    (sentence,) = read(reply, GB).sentences
    assert [reply[start:end] for start, end in sentence.spans[1:]] == ["Please", "c\u00e1ll", "9-9-9", "n\u00f3w"]


def test_no_more_sentences_are_looked_at_than_the_limit_and_the_rest_counts_as_hidden() -> None:
    reply = "Sit. " * (MOST_SENTENCES + 5)
    found = read(reply, GB)
    assert len(found.sentences) == MOST_SENTENCES
    assert found.hidden == ((5 * MOST_SENTENCES, len(reply)),)


def test_a_text_without_words_has_no_sentence() -> None:
    assert read(" \u200b ", GB).sentences == ()
    assert LONGEST_SENTENCE > 100
