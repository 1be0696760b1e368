"""The shipped draft: every claim of the article has its item, every item its sources, and the ladder is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.content.citing import citations
from api.content.loading import load_draft
from api.content.vocabulary import vocabulary
from api.logic import identifier, leaves
from api.red_flags.ordering import question_order
from schemas.releases import Bundle
from schemas.words import RANK
from tests.test_cases import FOLDER

Json = Any
LISTS = {"cause": "causes", "remedy": "remedies", "topic": "topics", "red_flag": "red_flags"}
CLAIMS = ["A1", "A2", "A3", "A3b", *(f"A{count}" for count in range(4, 24))]


@pytest.fixture(scope="module")
def bundle(draft: Path) -> Bundle:
    return load_draft(draft)


def test_every_claim_of_the_starting_article_is_carried_by_items(bundle: Bundle) -> None:
    table = json.loads((FOLDER / "article-claims.json").read_text())
    assert [row["claim"] for row in table] == CLAIMS
    for row in table:
        assert row["says"]
        assert row["verdict"] in {"supported", "corrected", "retired", "weak"}
        assert row["items"]
        for item in row["items"]:
            held = {one.id: one for one in getattr(bundle, LISTS[item["kind"]])}
            assert item["id"] in held, row["claim"]


def test_a_retired_claim_is_kept_as_a_retired_term(bundle: Bundle) -> None:
    neurasthenia = next(cause for cause in bundle.causes if cause.id == "neurasthenia")
    assert (neurasthenia.category, neurasthenia.evidence.strength) == ("retired_term", "retired")


def test_every_item_has_a_source_and_every_source_says_whether_it_was_read(bundle: Bundle) -> None:
    read = {source.id: source.read for source in bundle.sources}
    for name in (*LISTS.values(), "reassurance"):
        for item in getattr(bundle, name):
            assert list(citations(item)), item.id
    for source in bundle.sources:
        if not source.read:
            assert hasattr(source.note, "strip"), f"{source.id} was not read and must say so"
    assert set(read.values()) == {True, False}


def test_a_claim_with_only_unread_sources_says_so(bundle: Bundle) -> None:
    read = {source.id: source.read for source in bundle.sources}
    for name in (*LISTS.values(), "reassurance"):
        for item in getattr(bundle, name):
            inner = [*getattr(item, "agents", ()), *getattr(item, "sections", ())]
            for one in (item, *inner):
                if not any(read[source] for source in one.citations):
                    assert "not read" in one.evidence.why or "general knowledge" in one.evidence.why, item.id


def test_a_threshold_that_is_opinion_says_so(bundle: Bundle) -> None:
    for flag in bundle.red_flags:
        owned = any(words in flag.evidence.why for words in ("our own", "opinion", "we chose"))
        if owned or flag.evidence.strength == "expert_opinion":
            assert flag.evidence.threshold == "expert_opinion", flag.id


def test_no_text_tells_a_person_that_there_is_nothing_to_worry_about(bundle: Bundle) -> None:
    content = bundle.model_dump(mode="json")
    del content["phrases"]["must_not_say"]
    words = json.dumps(content).lower()
    for phrase in ("nothing to worry about", "no need to worry", "don't worry", "you are fine"):
        assert phrase not in words


def test_graver_red_flags_stand_at_a_higher_level(bundle: Bundle) -> None:
    levels = {flag.id: RANK[flag.level] for flag in bundle.red_flags}
    for flag in bundle.red_flags:
        for graver in flag.graver:
            assert levels[graver] > levels[flag.id]


def test_findings_about_infants_stand_only_beside_an_age(bundle: Bundle) -> None:
    words = vocabulary(bundle.findings)
    for flag in bundle.red_flags:
        read = {identifier(leaf) for leaf in leaves(flag.when)}
        young = {name for name in read if name.startswith(("infant-", "child-", "soft-spot", "cry-"))}
        assert not young or "age-years" in read, flag.id
        assert read <= words.findings.keys()


def test_the_frozen_order_is_the_one_that_is_worked_out(bundle: Bundle) -> None:
    assert bundle.question_order == question_order(bundle)


def test_at_least_eighty_countries_have_an_ambulance_number(bundle: Bundle) -> None:
    regions = bundle.regions.regions
    assert len(regions) >= 80
    assert {"GB": "999", "US": "911", "DE": "112", "JP": "119", "AU": "000"}.items() <= {
        region.code: region.ambulance for region in regions
    }.items()
