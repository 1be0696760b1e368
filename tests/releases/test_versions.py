"""Which version a release must have: the first, the next, what must be stated before, and what is refused."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from api.changes.bumping import (
    largest,
    read_statements,
    retired_faults,
    stated,
    step_between,
    stepped,
    version_faults,
)
from api.changes.comparing import differences
from api.cli import main
from api.content.loading import load_draft
from api.proofs.encoding import encode
from api.proofs.judging import judge
from api.proofs.searching import Search
from api.releases.freezing import read_ledger
from api.releases.library import load_library
from api.settings import ROOT
from schemas.problems import ContentRefused
from schemas.releases import Bundle, Change, SameMeaning
from tests.builders import write
from tests.content.test_loading import Files, good

Json = Any
SAME = SameMeaning(kind="finding", id="pregnant", reason="Only the help is new.")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a draft and its first release; commands work there."""
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(tmp_path / "releases"))
    write(tmp_path / "draft", good())
    assert main(["release", "next", str(tmp_path / "draft")]) == 0
    return tmp_path


def draft_of(directory: Path, **files: Json) -> Bundle:
    """The small content with some files changed; `__` stands for a slash."""
    found: Files = good()
    for name, fields in files.items():
        path = name.replace("__", "/").replace("_", "-") + ".json"
        found[path] = {**found.get(path, {}), **fields}
    return load_draft(write(directory, found))


def edited(bench: Path, name: str, **fields: Json) -> str:
    """Change fields of one file of the draft and give the draft's folder."""
    path = bench / "draft" / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
    return str(bench / "draft")


def test_the_first_release_is_1_0_0(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(bench / "releases")
    assert main(["release", "1.0.0", str(bench / "draft")]) == 0
    assert capsys.readouterr().out.startswith("Changes: 0. The version is 1.0.0.\nRelease 1.0.0 (sequence 1): sha256:")
    assert read_ledger(bench / "releases").releases[0].changes == ()


def test_another_first_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLEEP_GUIDANCE_RELEASES", str(tmp_path / "releases"))
    assert main(["release", "0.1.0", str(write(tmp_path / "draft", good()))]) == 1
    assert "the version must be 1.0.0: it is the first" in capsys.readouterr().err
    assert not (tmp_path / "releases").exists()


def test_an_unchanged_draft_is_refused(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "1.0.1", str(bench / "draft")]) == 1
    assert "nothing has changed since 1.0.0" in capsys.readouterr().err
    assert main(["changes", str(bench / "draft")]) == 1


@pytest.mark.parametrize("version", ["1.0.1", "2.0.0", "1.2.0", "1.1.1", "one"])
def test_a_version_too_small_or_too_large_is_refused_with_the_changes_that_decide(
    bench: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = edited(bench, "red-flags/mild.json", level="soon", why="It matters now.")
    assert main(["release", version, draft]) == 1
    err = capsys.readouterr().err
    assert "ledger.json#/releases: the version must be 1.1.0, for a minor step, because of what follows" in err
    assert "red-flags/mild.json: level_raised asks for a minor step: The red flag “the mild” is at level soon" in err
    assert "2 faults" in err
    assert len(read_ledger(bench / "releases").releases) == 1


def test_the_right_version_is_released_with_its_changes_in_the_ledger(
    bench: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = edited(bench, "red-flags/mild.json", level="soon", why="It matters now.")
    assert main(["changes", draft]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("minor  level_raised  red-flags/mild.json: ")
    assert printed[1].endswith("the gate: before, routine (the mild); after, soon (the mild).")
    assert printed[-2].startswith("patch  wording  red-flags/mild.json: ")
    assert printed[-1] == "Changes: 2. The version is 1.1.0."
    assert main(["release", "1.1.0", draft]) == 0
    entry = load_library(bench / "releases").newest().entry
    assert [one.type for one in entry.changes] == ["level_raised", "wording"]
    assert (entry.changes[0].witnesses[0].before, entry.changes[0].witnesses[0].after) == ("routine", "soon")


def test_what_falls_makes_a_major_release(bench: Path) -> None:
    assert main(["release", "next", edited(bench, "red-flags/late.json", level="soon", topics=["legs"])]) == 0
    assert load_library(bench / "releases").latest.version == "2.0.0"


def test_other_words_for_a_question_need_a_statement_that_is_kept(
    bench: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = edited(bench, "findings/pregnant.json", help="Ask if you are not sure.")
    assert main(["changes", draft]) == 0
    assert 'state {"kind": "finding", "id": "pregnant", "reason": "..."}' in capsys.readouterr().err
    assert main(["release", "1.1.0", draft]) == 1
    assert "findings/pregnant.json: The finding “the pregnant” is asked in other words" in capsys.readouterr().err
    statements = bench / "same.json"
    statements.write_text(json.dumps([{"kind": "finding", "id": "pregnant", "reason": "Only the help is new."}]))
    assert main(["release", "1.1.0", draft, "--same-meaning", str(statements)]) == 0
    assert "It is stated to mean the same: Only the help is new." in capsys.readouterr().out
    kept = load_library(bench / "releases").newest().entry.changes[0]
    assert (kept.type, kept.meaning, kept.reason) == ("question_changed", "same", "Only the help is new.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "--same-meaning: The text is not JSON."),
        ('[{"kind": "finding"}]', "--same-meaning#/0/id: Field required"),
        (
            '[{"kind": "finding", "id": "gate", "reason": "So."}]',
            "--same-meaning#/0: the words of this are not changed",
        ),
    ],
)
def test_a_statement_that_cannot_be_taken_is_refused(
    bench: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = bench / "same.json"
    statements.write_text(text)
    draft = edited(bench, "red-flags/mild.json", why="It matters now.")
    assert main(["release", "next", draft, "--same-meaning", str(statements)]) == 1
    assert says in capsys.readouterr().err
    assert main(["release", "next", draft, "--same-meaning", str(bench / "nowhere.json")]) == 1
    assert "nowhere.json: the file cannot be read" in capsys.readouterr().err


def test_each_statement_is_made_once_and_of_what_is_changed(tmp_path: Path) -> None:
    old = draft_of(tmp_path / "old")
    files = good()
    files["findings/pregnant.json"]["help"] = "Ask."
    files["levels.json"][3] = {**files["levels.json"][3], "action": "Go."}
    found = differences(old, load_draft(write(tmp_path / "new", files)))
    _, faults = stated(found, (SAME,))
    assert [fault.file for fault in faults] == ["levels.json"]
    assert '{"kind": "level", "id": "urgent", "reason": "..."}' in faults[0].message
    assert faults[0].message.endswith("A level keeps its meaning.")
    of_level = SameMeaning(kind="level", id="urgent", reason="It is shorter.")
    whole, faults = stated(found, (SAME, of_level))
    assert faults == ()
    assert [one.change.reason for one in whole] == ["Only the help is new.", "It is shorter."]
    _, faults = stated(found, (SAME, of_level, of_level))
    assert [fault.pointer for fault in faults] == ["/2"]
    assert read_statements(b"[]") == ()


def test_a_retired_finding_is_kept_through_the_next_major_release(tmp_path: Path) -> None:
    asked, retired = good(), good()
    del asked["findings/old-numb.json"]["replaced_by"]
    asked["causes/cold.json"]["tells_apart"][0]["findings"] = ["numb", "old-numb"]
    gone = good()
    del gone["findings/old-numb.json"]
    first, second, third = (
        load_draft(write(tmp_path / name, files))
        for name, files in (("asked", asked), ("retired", retired), ("gone", gone))
    )
    history = [("1.0.0", first), ("1.1.0", second)]
    faults = retired_faults(history, third)
    assert [str(one) for one in faults] == [
        "findings/old-numb.json: it was retired in 1.1.0: keep it through the next major release"
    ]
    assert retired_faults([*history, ("2.0.0", second)], third) == []
    assert retired_faults([*history, ("1.2.0", third)], third) == []
    assert retired_faults(history, second) == retired_faults([], third) == []


@pytest.mark.parametrize(
    ("before", "bump", "after"),
    [
        ("1.4.2", "patch", "1.4.3"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "major", "2.0.0"),
        ("1.9.9", "minor", "1.10.0"),
    ],
)
def test_versions_step(before: str, bump: Any, after: str) -> None:  # noqa: ANN401 -- a Literal, from data
    assert stepped(before, bump) == after
    assert step_between(before, after) == bump


def test_the_largest_step_of_none_is_a_patch() -> None:
    assert largest([]) == "patch"
    assert largest(["minor", "major", "patch"]) == "major"


def test_a_change_of_no_item_is_of_the_content() -> None:
    change = Change(type="item_removed", summary="The language fr is gone.", bump="major")
    faults = version_faults("1.0.1", "2.0.0", [change])
    assert str(faults[1]) == "content: item_removed asks for a major step: The language fr is gone."


def test_a_solver_that_gives_up_proves_nothing(tmp_path: Path) -> None:
    old = draft_of(tmp_path / "old")
    search = Search(encode(old, old), time.perf_counter, effort=1)
    with pytest.raises(ContentRefused, match="the solver gave up: nothing is proved"):
        search.smallest(search.worlds.after.red_flags["squeezed"])


def test_without_the_solver_all_works_but_the_release_which_says_what_to_install(bench: Path) -> None:
    command = "import sys; sys.modules['z3'] = None; from api.cli import main; sys.exit(main(sys.argv[1:]))"
    for arguments, says in (
        (["release", "next"], "z3-solver: changes are proved with it, and it is missing: pip install 'z3-solver>=5.4'"),
        (["changes"], "pip install 'z3-solver>=5.4'"),
        (["show", "cold"], ""),
        (["openapi"], ""),
    ):
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=300,
        )
        assert done.returncode == bool(says)
        assert says in done.stderr
    assert len(read_ledger(bench / "releases").releases) == 1


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    old = draft_of(tmp_path / "old")
    new = draft_of(tmp_path / "new", red_flags__mild={"level": "soon"}, causes__cold={"summary": "Cold."})
    seen: list[tuple[int, int]] = []
    judge(("1.0.0", old), new, (), time.perf_counter, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
