"""Words: where each stands, how it is folded, and its stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.content.wording import fold, stemmer, words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My baby's chest, 38.5 \u00b0C", ["my", "baby", "chest", "38.5", "c"]),
        ("I can\u2019t, don't, n't", ["i", "cant", "dont", "nt"]),
        ("high-pitched c-section x_y", ["high", "pitched", "c", "section", "x", "y"]),
        ("ch\u200best na\u00efve nai\u0308ve \ufb01t", ["chest", "naive", "naive", "fit"]),
        ("34yo 1,000 3,5 \u0663\u0664", ["34", "yo", "1000", "3.5", "34"]),
        ("\u00bd \u2460", ["\u00bd", "\u2460"]),
        ("\uff9e leg", ["leg"]),
        ("Colour, hours, paralysed, hospitalise", ["color", "hours", "paralyzed", "hospitalize"]),
        ("anaemia diarrhoea oedema faeces apnoea toes", ["anemia", "diarrhea", "edema", "feces", "apnea", "toes"]),
        ("graves' disease", ["graves", "disease"]),
        ("\ufdfa", ["\u0635\u0644\u0649\u0627\u0644\u0644\u0647\u0639\u0644\u064a\u0647\u0648\u0633\u0644\u0645"]),
        ("", []),
        ("\uff9e \u200b '", []),
    ],
)
def test_words_are_cut_and_folded(text: str, words: list[str]) -> None:
    assert [word.folded for word in words_in(text)] == words


@given(st.text(max_size=200))
def test_every_word_is_where_it_says_and_folds_to_itself(text: str) -> None:
    end = 0
    for word in words_in(text):
        assert end <= word.start < word.end <= len(text)
        assert fold(text[word.start : word.end]) == word.folded
        end = word.end


@pytest.mark.parametrize(
    ("language", "word", "stem"),
    [
        ("en", "numbness", "numb"),
        ("en-GB", "cramping", "cramp"),
        ("de", "krampfte", "krampft"),
        ("eo", "doloroj", "doloroj"),
    ],
)
def test_a_language_has_its_own_stems_or_none(language: str, word: str, stem: str) -> None:
    assert stemmer(language)(word) == stem
