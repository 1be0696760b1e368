"""What releases share: each is wholly what was published, and what two say alike is held once."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.content.loading import load_draft, read_bundle
from api.red_flags.edition import make_edition
from api.releases.freezing import freeze
from api.releases.library import Library, load_library
from api.releases.sharing import LISTS, SINGLES, sharing, sharing_edition
from schemas.releases import Bundle, ReleaseManifest
from tests.builders import NOW, write
from tests.content.test_loading import good

ITEMS = [name for name in LISTS if name != "findings"]


@pytest.fixture
def two(tmp_path: Path) -> Library:
    """Two releases that differ in the question of one finding."""
    folder, files = tmp_path / "releases", good()
    folder.mkdir()
    freeze(load_draft(write(tmp_path / "first", files)), "1.0.0", folder, NOW)
    files["findings/numb.json"] = {**files["findings/numb.json"], "question": "Is a leg of yours numb now?"}
    freeze(load_draft(write(tmp_path / "second", files)), "1.0.1", folder, NOW)
    return load_library(folder)


def test_what_two_releases_say_alike_is_one_object(two: Library) -> None:
    old, new = two.release("1.0.0"), two.release("1.0.1")
    assert all(getattr(new.bundle, name) is getattr(old.bundle, name) for name in SINGLES)
    assert all(
        a is b for name in ITEMS for a, b in zip(getattr(old.bundle, name), getattr(new.bundle, name), strict=True)
    )
    apart = [a.id for a, b in zip(old.bundle.findings, new.bundle.findings, strict=True) if a is not b]
    stamps = [a.id for a, b in zip(old.manifest.items, new.manifest.items, strict=True) if a is not b]
    assert apart == stamps == ["numb"]


def test_every_shipped_release_is_wholly_what_was_published(shipped: Library) -> None:
    for release in shipped.releases.values():
        assert release.bundle == read_bundle(release.bundle_bytes)
        assert release.manifest == ReleaseManifest.model_validate_json(release.manifest_bytes, strict=True)


def test_items_that_are_new_or_gone_stay_so(shipped: Library) -> None:
    whole = shipped.newest().bundle
    less = whole.model_copy(update={"causes": whole.causes[1:]})
    assert sharing(less, whole) == less
    assert sharing(whole, less) == whole


def test_an_item_that_writes_out_a_default_is_not_one_that_leaves_it_out(shipped: Library) -> None:
    whole = shipped.newest().bundle
    first = whole.findings[0]
    written = type(first)(**{name: getattr(first, name) for name in type(first).model_fields})
    other = whole.model_copy(update={"findings": (written, *whole.findings[1:])})
    assert written == first
    assert written.model_fields_set != first.model_fields_set
    assert sharing(other, whole).findings[0] is written


def test_every_field_of_a_bundle_is_looked_at_but_what_is_seldom_there() -> None:
    assert Bundle.model_fields.keys() - {*LISTS, *SINGLES} == {"tombstones"}


def test_the_bytes_that_are_served_are_those_that_were_verified(shipped: Library) -> None:
    for version, release in shipped.releases.items():
        assert shipped.files[f"{version}/bundle.json"] is release.bundle_bytes
        assert shipped.files[f"{version}/manifest.json"] is release.manifest_bytes


def test_releases_with_the_same_rules_share_their_tables(two: Library) -> None:
    old, new = two.release("1.0.0").edition, two.release("1.0.1").edition
    assert new.rules.below is old.rules.below
    assert new.rules.questions is old.rules.questions
    assert {id(view.tally) for view in new.rules.views.values()} == {id(old.rules.views[""].tally)}
    mine, theirs = new.texts["en"].fragments, old.texts["en"].fragments
    assert all(mine.matched[name] is theirs.matched[name] for name in mine.matched)
    assert [name for name in mine.questions if mine.questions[name] is not theirs.questions[name]] == ["numb"]


def test_what_releases_share_is_what_each_alone_would_hold(shipped: Library, bilingual_library: Library) -> None:
    for release in (*shipped.releases.values(), *bilingual_library.releases.values()):
        alone = make_edition(release.bundle, release.edition.reference)
        for before in (*shipped.releases.values(), *bilingual_library.releases.values()):
            shared = sharing_edition(alone, before.edition)
            assert replace(shared.rules, views={}) == replace(alone.rules, views={})
            assert shared.rules.views == alone.rules.views
            for language, texts in alone.texts.items():
                ours = shared.texts[language].fragments
                assert ours == texts.fragments
                assert [[*ours.matched], [*ours.questions]] == [[*texts.red_flags], [*texts.findings]]
