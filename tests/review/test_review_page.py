"""The page for clinical reviewers: everything is on it, it is well formed, and it loads nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.content.loading import load_draft
from api.review.material import gather, marks, opinions
from api.review.page import page
from api.settings import ROOT
from schemas.problems import ContentRefused
from tests.builders import bundle_of, write
from tests.content.test_loading import good
from tests.face.test_command_line import run

Json = Any
CASE = {
    "name": "a <person> & their foot",
    "given": {"present": ["numb"]},
    "expect": {"level": "emergency"},
    "because": "It is.",
}
VOID = {"meta", "br", "hr", "link", "img", "input"}


class Balance(HTMLParser):
    """Holds the elements that are open, to see that each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Balance:
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    return balance


@pytest.fixture(scope="module")
def shipped_page() -> str:
    return page(gather(load_draft(ROOT / "data" / "content"), ROOT / "tests" / "cases"))


def test_the_page_is_well_formed_and_loads_nothing(shipped_page: str) -> None:
    balance = read(shipped_page)
    assert not {"script", "link", "img", "iframe"} & set(balance.seen)
    assert "src" not in balance.attributes
    assert "@import" not in shipped_page
    assert "url(" not in shipped_page
    pictures = re.findall(r"<svg.*?</svg>", shipped_page, re.DOTALL)
    assert len(pictures) > 1
    for picture in pictures:
        ET.fromstring(picture)  # noqa: S314 -- our own picture


def test_every_red_flag_case_and_unread_source_is_on_it(shipped_page: str) -> None:
    bundle = load_draft(ROOT / "data" / "content")
    assert "No clinician has reviewed this content." in shipped_page
    for flag in bundle.red_flags:
        assert f">{flag.id}<" in shipped_page
    text = re.sub(r"<[^>]+>", "", shipped_page)
    assert text.count("E04") > 0
    assert "NO SOURCE WAS READ" in text
    assert "EXPERT OPINION" in text


def test_what_is_written_in_content_and_cases_is_escaped(tmp_path: Path) -> None:
    files = good()
    files["red-flags/late.json"]["graver"] = ["child"]
    files["red-flags/mild.json"]["why"] = "1 < 2 & <b>so</b>."
    write(tmp_path, {"mild.json": [CASE]})
    text = page(gather(bundle_of(files), tmp_path))
    read(text)
    assert "1 &lt; 2 &amp; &lt;b&gt;so&lt;/b&gt;." in text
    assert "a &lt;person&gt; &amp; their foot" in text


def test_a_file_of_cases_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"mild.json": b"{", "late.json": [{"name": "x"}]})
    with pytest.raises(ContentRefused) as refused:
        gather(bundle_of(good()), tmp_path)
    assert len(refused.value.faults) == 2


def test_marks_and_opinions_are_those_of_the_evidence() -> None:
    files = good()
    files["sources/book.json"] |= {"read": False}
    files["red-flags/late.json"]["evidence"] = {"strength": "strong", "why": "Read elsewhere."}
    material = gather(bundle_of(files), Path("/no/such/folder"))
    assert marks(material.red_flags["late"], material.sources) == ("NO SOURCE WAS READ",)
    assert marks(material.red_flags["mild"], material.sources) == ("EXPERT OPINION", "NO SOURCE WAS READ")
    read_files = good()
    read_files["red-flags/late.json"]["evidence"] = {"strength": "strong", "why": "It was read."}
    readable = gather(bundle_of(read_files), Path("/no/such/folder"))
    own = files["red-flags/late.json"]["evidence"] | {"threshold": "expert_opinion"}
    files["red-flags/late.json"]["evidence"] = own
    assert "late" in [flag.id for flag in opinions(gather(bundle_of(files), Path("/no/such/folder")))]
    assert [flag.id for flag in opinions(readable)] == ["squeezed", "child", "cold-arm", "mild"]
    assert "<h1>" in page(readable)


def test_the_command_writes_the_page_and_refuses_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    draft = write(tmp_path / "draft", good())
    done = run("review", str(draft), "--output", str(tmp_path / "page.html"))
    assert done.returncode == 0, done.stderr
    assert "<h1>" in (tmp_path / "page.html").read_text()
    assert run("review", str(draft), "--output", str(tmp_path / "no" / "page.html")).returncode == 1
