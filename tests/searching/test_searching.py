"""Measured on questions that people type into a search box: is what they look for among the first five?"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api.content.loading import load_draft
from api.content.searching import Shelf, search, search_shelf

Json = Any
ROWS: list[Json] = json.loads((Path(__file__).parent / "queries.json").read_text())
FLOOR = 0.93
"""As measured, with a little room."""


@pytest.fixture(scope="module")
def shelf(draft: Path) -> Shelf:
    return search_shelf(load_draft(draft), "en")


def test_what_is_looked_for_stands_among_the_first_five(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    places = []
    for row in ROWS:
        ids = [one.id for one in search(row["q"], shelf)]
        places.append(ids.index(row["id"]) + 1 if row["id"] in ids else 0)
    share = sum(0 < place <= 5 for place in places) / len(ROWS)
    rank = sum(1 / place for place in places if place) / len(ROWS)
    with capsys.disabled():
        sys.stdout.write(f"\nsearch, {len(ROWS)} queries: among five {share:.3f}, mean reciprocal rank {rank:.3f}\n")
    assert len(ROWS) >= 60
    assert share >= FLOOR


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hypnic-jerks", "hypnic-jerks"),
        ("Restless Legs", "restless-legs"),
        ("anaemia", "iron-deficiency"),
        ("ANEMIA", "iron-deficiency"),
        ("restles leg syndrom", "restless-legs-syndrome"),
        ("cramping", "nocturnal-leg-cramps"),
        ("magnes", "magnesium"),
    ],
)
def test_stems_spellings_beginnings_and_typing_errors_are_seen_through(shelf: Shelf, query: str, first: str) -> None:
    assert first in [one.id for one in search(query, shelf)][:5]


def test_the_very_words_of_a_title_score_highest_and_nothing_scores_above(shelf: Shelf) -> None:
    found = search("Warm milk", shelf)
    assert (found[0].id, found[0].score) == ("warm-milk", 100.0)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(search("leg sleep night", shelf)) == 20


@pytest.mark.parametrize("query", ["", "   ", "...", "\u200b", "xylophone", "qwertzuiop asdf"])
def test_words_that_stand_nowhere_find_nothing(shelf: Shelf, query: str) -> None:
    assert search(query, shelf) == ()


def test_only_what_is_asked_for_is_found(shelf: Shelf) -> None:
    assert [(one.kind, one.id) for one in search("warm milk", shelf, {("remedy", "warm-milk")})] == [
        ("remedy", "warm-milk")
    ]
