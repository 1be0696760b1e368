"""The folder of a mirror: whole at every moment, whatever ends a run, and written by one process alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.mirror.following import check_plan
from api.mirror.keeping import load_kept, published, stage, take, writing
from api.settings import ROOT
from schemas.mirroring import Outcome
from schemas.problems import ContentRefused, FolderInUse, UpstreamUnusable
from tests.mirror.conftest import Count
from tests.mirror.forging import HELD, OFFERED
from tests.mirror.histories import History, follow_for, held, look, plan
from tests.mirror.upstreams import upstream_of

Json = Any


def spoil(way: str, history: History, base: Path, numbers: range) -> list[Json]:
    """Spoil looks at the newer step in child processes; give what each left."""
    keys = base.parent / "trusted.json"
    keys.write_text(history.keys.model_dump_json())
    after = history.steps[OFFERED]
    arguments = [
        way,
        "ADDRESS",
        str(base),
        str(keys),
        after.now.isoformat(),
        *map(str, (numbers.start, numbers.stop, numbers.step)),
    ]
    with upstream_of(after.files) as upstream:
        arguments[1] = upstream.address
        done = subprocess.run(
            [sys.executable, "-m", "tests.mirror.crashing", *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=300,
        )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("start", "steps"), [("holds a release", range(1, 2000)), ("holds none", range(2, 2000, 4))])
def test_a_kill_at_any_step_leaves_the_old_release_or_the_new_one(
    history: History, holding: Path, tried: Count, start: str, steps: range
) -> None:
    if start == "holds none":
        shutil.rmtree(holding)
        holding.mkdir()
    told = spoil("kill", history, holding, steps)
    assert [one["code"] for one in told[:-1]] == [-9] * (len(told) - 1)
    assert told[-1]["code"] == 0
    kinds = [one["held"] for one in told]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds[0] == "old"
    assert kinds[-1] == "new"
    assert len(told) * steps.step > 100
    for one in (one for one in told if "then" in one):
        assert one["then"] in {"unchanged", "updated"}
        assert one["end"] == "new"
        assert one["folders"] == ["current", "generations", "lock"]
    tried(len(told) - 1)


def test_a_full_disk_leaves_the_old_release_and_nothing_half(history: History, holding: Path, tried: Count) -> None:
    told = spoil("fill", history, holding, range(0, 8160, 1020))
    assert {(one["code"], one["held"], one["then"], one["end"]) for one in told} == {(1, "old", "updated", "new")}
    assert [one["left"] for one in told] == [["current", "generations", "lock"]] * len(told)
    tried(len(told))


def test_a_folder_that_cannot_be_written_is_told_and_the_old_release_stays(history: History, holding: Path) -> None:
    (holding / "downloads").write_text("in the way")
    with upstream_of(history.steps[OFFERED].files) as upstream:
        outcome = look(plan(upstream.address, holding, history.keys, history.steps[OFFERED].now))
    assert outcome == Outcome(kind="unwritable", held="1.1.0", reasons=("Not a directory",))
    assert held(holding, history.keys) == history.steps[HELD].files


def test_a_place_that_is_no_folder_is_refused_at_once(history: History, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    of = plan("https://example.org/", tmp_path / "file", history.keys, history.steps[0].now)
    with pytest.raises(UpstreamUnusable, match="the folder of the mirror cannot be written: Not a directory"):
        check_plan(of)


def test_what_cannot_be_put_right_at_the_start_is_told(history: History, holding: Path) -> None:
    (holding / "current").unlink()
    (holding / ".current.new").mkdir()
    of = plan("https://example.org/", holding, history.keys, history.steps[0].now)
    with pytest.raises(UpstreamUnusable, match="the folder of the mirror cannot be written: Is a directory"):
        check_plan(of)


def test_two_mirrors_never_write_one_folder(history: History, holding: Path, tried: Count) -> None:
    after = history.steps[OFFERED]
    with upstream_of(after.files) as upstream:
        of = plan(upstream.address, holding, history.keys, after.now)
        with writing(holding):
            with pytest.raises(FolderInUse, match="another process writes this folder"):
                look(of)
            check_plan(of)
            assert upstream.asked == []
            assert held(holding, history.keys) == history.steps[HELD].files
        assert look(of).kind == "updated"
    tried(1)


def two_generations(history: History, holding: Path) -> list[Path]:
    with upstream_of(history.steps[OFFERED].files) as upstream:
        assert look(plan(upstream.address, holding, history.keys, history.steps[OFFERED].now)).kind == "updated"
    return sorted((holding / "generations").iterdir())


def test_releases_that_did_not_change_are_not_kept_twice(history: History, holding: Path) -> None:
    before, after = two_generations(history, holding)
    for name in ("1.0.0/bundle.json", "1.1.0/manifest.json"):
        assert (before / name).samefile(after / name)
    assert (holding / "current").resolve() == after


def test_a_generation_that_the_disk_spoilt_is_replaced_by_the_one_before(
    history: History, holding: Path, tried: Count
) -> None:
    before, after = two_generations(history, holding)
    bundle = after / "1.2.0" / "bundle.json"
    bundle.write_bytes(bundle.read_bytes()[:-1])
    with pytest.raises(ContentRefused):
        held(holding, history.keys)
    with upstream_of(history.steps[OFFERED].files) as upstream:
        of = plan(upstream.address, holding, history.keys, history.steps[OFFERED].now)
        check_plan(of)
        assert (holding / "current").resolve() == before
        assert not after.exists()
        assert held(holding, history.keys) == history.steps[HELD].files
        assert look(of).kind == "updated"
    assert held(holding, history.keys) == history.steps[OFFERED].files
    tried(1)


def test_a_file_that_the_disk_spoils_while_a_mirror_runs_is_brought_again(history: History, holding: Path) -> None:
    name = "1.0.0/bundle.json"
    with upstream_of(history.steps[HELD].files) as upstream:
        spoilt = holding / "current" / name

        def next_step(number: int) -> None:
            if number == 1:
                spoilt.write_bytes(b"x")
                upstream.files = history.steps[2].files
            else:
                assert name in upstream.names()

        of = plan(upstream.address, holding, history.keys, history.steps[2].now)._replace(every=0.0)
        assert [one.kind for one in follow_for(of, 2, next_step)] == ["unchanged", "updated"]
    assert held(holding, history.keys) == history.steps[2].files


def test_nothing_good_at_all_means_to_begin_anew(history: History, holding: Path) -> None:
    for path in (holding / "generations").rglob("latest.json"):
        path.unlink()
    with upstream_of(history.steps[OFFERED].files) as upstream:
        assert look(plan(upstream.address, holding, history.keys, history.steps[OFFERED].now)).kind == "updated"
    assert held(holding, history.keys) == history.steps[OFFERED].files


def test_a_file_is_copied_where_it_cannot_be_linked(tmp_path: Path) -> None:
    staged = stage(tmp_path)
    (tmp_path / "source").write_bytes(b"good")
    (staged / "file").write_bytes(b"in the way of a link")
    take(staged, "file", tmp_path / "source")
    assert (staged / "file").read_bytes() == b"good"
    assert not (staged / "file").samefile(tmp_path / "source")


def test_what_is_served_from_a_folder_is_its_current_generation_where_it_is_a_mirrors(
    holding: Path, history: History
) -> None:
    assert published(holding) == holding / "current"
    plain = (holding / "current").resolve()
    assert published(plain) == plain
    assert load_kept(plain, history.keys).latest.version == "1.1.0"


def test_a_file_that_the_disk_cannot_give_is_refused_with_a_reason(history: History, holding: Path) -> None:
    (holding / "current" / "1.0.0" / "assurance.json").symlink_to("/proc/self/mem")
    with pytest.raises(ContentRefused, match=r"current: it could not be made sense of \(OSError\)"):
        load_kept(holding / "current", history.keys)


def test_a_current_generation_that_leads_in_a_circle_is_put_right(history: History, holding: Path) -> None:
    (holding / "current").unlink()
    (holding / "current").symlink_to("current")
    with pytest.raises(ContentRefused):
        load_kept(holding / "current", history.keys)
    check_plan(plan("https://example.org/", holding, history.keys, history.steps[0].now))
    assert held(holding, history.keys) == history.steps[HELD].files
