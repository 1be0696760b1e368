"""Plain language: the grade of a text, what is held to it, and what only earns a warning."""

import pytest

from api.content.checks.reading import reading_faults, reading_warnings
from api.content.loading import load_draft
from api.content.reading import grade
from api.settings import ROOT
from schemas.releases import Bundle
from tests.builders import bundle_of
from tests.content.test_loading import good


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # by hand: 6 words, 1 sentence, 6 syllables
        ("The cat sat on the mat.", 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        # 4 words in 2 sentences, 5 syllables
        ("Go home. Rest better.", 0.39 * 2 + 11.8 * 5 / 4 - 15.59),
        # a name counts as two syllables: 2 words, 3 syllables
        ("Take potassium.", 0.39 * 2 + 11.8 * 3 / 2 - 15.59),
        ("112", 0.0),
    ],
)
def test_the_grade_is_that_of_the_formula(text: str, expected: float) -> None:
    assert grade(text) == pytest.approx(expected)


def german(bundle: Bundle) -> Bundle:
    """The same content, said to be in German."""
    manifest = bundle.manifest.model_copy(update={"default_language": "de", "languages": ("de",)})
    return bundle.model_copy(update={"manifest": manifest})


def test_hard_questions_and_summaries_earn_a_warning_and_other_languages_none() -> None:
    files = good()
    files["findings/numb.json"]["question"] = "Are characteristic neurological manifestations observable?"
    files["causes/cold.json"]["summary"] = "Characteristic neurological manifestations."
    bundle = bundle_of(files)
    assert [warning.file for warning in reading_warnings(bundle)] == ["findings/numb.json", "causes/cold.json"]
    assert list(reading_warnings(german(bundle))) == list(reading_faults(german(bundle))) == []


def test_the_shipped_red_flags_and_levels_read_plainly() -> None:
    bundle = load_draft(ROOT / "data" / "content")
    assert list(reading_faults(bundle)) == []
