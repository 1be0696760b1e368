"""What is served keeps up with its folder and with the time, and a bad folder never takes the place of a good one."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import MISSING

from api.mirror.watching import TRY_AGAIN, Served, first, keep_up
from api.releases.library import Library
from schemas.keys import KeySet
from schemas.problems import ContentRefused
from tests.mirror.conftest import Count
from tests.mirror.histories import HOUR, History, look, plan
from tests.mirror.publishing import publisher
from tests.mirror.upstreams import upstream_of

Files = Mapping[str, bytes]
SECOND = timedelta(seconds=1)


def lay(folder: Path, files: Files) -> Path:
    """Write files into a folder as somebody would who copies them there, in no careful way."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def stale(library: Library) -> bool:
    marks = {edition.reference.stale for edition in library.answering.values()}
    marks |= {release.edition.reference.stale for release in library.releases.values()}
    assert len(marks) == 1
    return marks != {MISSING}


@pytest.fixture
def served(history: History, tmp_path: Path) -> Served:
    """Release 1.1.0, served from a plain folder."""
    step = history.steps[1]
    return first(lay(tmp_path, step.files), history.keys, step.now)


def test_a_folder_that_does_not_change_is_not_loaded_again(history: History, served: Served) -> None:
    again = keep_up(served, served.folder, history.keys, history.steps[1].now + SECOND)
    assert again is served


def test_a_renewed_folder_is_loaded_whole(history: History, served: Served) -> None:
    for number in (2, 3, 4):
        step = history.steps[number]
        lay(served.folder, {**step.files, **step.older_keys})
        served = keep_up(served, served.folder, history.keys, step.now)
        assert served.library.files["latest.json"] == step.files["latest.json"]
        assert served.answering is served.library
        assert served.faults == ()


def test_what_is_served_goes_stale_when_its_pointer_expires_and_fresh_when_it_is_renewed(
    history: History, served: Served
) -> None:
    expires = served.library.latest.expires
    on_time = keep_up(served, served.folder, history.keys, expires)
    assert not stale(on_time.answering)
    late = keep_up(on_time, served.folder, history.keys, expires + SECOND)
    assert stale(late.answering)
    assert not stale(late.library)
    assert keep_up(late, served.folder, history.keys, expires + HOUR) is late
    lay(served.folder, history.steps[2].files)
    renewed = keep_up(late, served.folder, history.keys, expires + SECOND)
    assert not stale(renewed.answering)


def test_what_has_expired_already_is_served_as_stale_from_the_start(history: History, served: Served) -> None:
    later = first(served.folder, history.keys, served.library.latest.expires + SECOND)
    assert stale(later.answering)
    clock_set_right = keep_up(later, served.folder, history.keys, served.library.latest.expires)
    assert clock_set_right.answering is later.library


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (lambda history: {**history.steps[4].files, "1.2.0/bundle.json": b"{}"}, "1.2.0/bundle.json: its digest"),
        (lambda history: {**history.steps[4].files, "latest.signature": b""}, "latest.signature: "),
        (lambda history: {"latest.json": history.steps[4].files["latest.json"]}, "ledger.json: the file is missing"),
        (lambda _: {}, "latest.json: the file is missing"),
        (lambda history: history.steps[0].files, "latest.json#/updated: it is older than the one that is held"),
        (lambda history: history.steps[0].files, "ledger.json#/releases/1: the line of 1.1.0 was changed or taken out"),
        (lambda history: history.steps[5].files, "keys.signature: no trusted release key has signed these bytes"),
    ],
)
def test_a_bad_folder_never_takes_the_place_of_what_is_served(
    history: History, served: Served, tried: Count, files: object, says: str
) -> None:
    now = history.steps[5].now
    lay(served.folder, files(history))  # type: ignore[operator]  # each is a function of the history
    refused = keep_up(served, served.folder, history.keys, now)
    assert refused.answering is served.library
    assert any(str(fault).startswith(says) for fault in refused.faults)
    assert keep_up(refused, served.folder, history.keys, now + TRY_AGAIN - SECOND) is refused
    assert keep_up(refused, served.folder, history.keys, now + TRY_AGAIN).try_again == now + 2 * TRY_AGAIN
    lay(served.folder, history.steps[4].files)
    assert keep_up(refused, served.folder, history.keys, now + SECOND).library.latest.version == "1.2.0"
    tried(1)


def test_a_release_whose_files_come_after_its_pointer_is_served_once_they_are_there(
    history: History, served: Served
) -> None:
    step = history.steps[4]
    late = "1.2.0/bundle.json"
    lay(served.folder, {name: data for name, data in step.files.items() if name != late})
    refused = keep_up(served, served.folder, history.keys, step.now)
    assert refused.faults
    (served.folder / late).write_bytes(step.files[late])
    assert keep_up(refused, served.folder, history.keys, step.now + TRY_AGAIN).library.latest.version == "1.2.0"


def test_what_was_refused_goes_stale_all_the_same(history: History, served: Served) -> None:
    lay(served.folder, {})
    assert stale(keep_up(served, served.folder, history.keys, served.library.latest.expires + SECOND).answering)


def test_a_folder_that_was_signed_is_never_served_unsigned(history: History, tmp_path: Path, tried: Count) -> None:
    step, later = history.steps[0], history.steps[1]
    served = first(lay(tmp_path, step.files), KeySet(), step.now)
    without = {name: data for name, data in later.files.items() if "signature" not in name and "keys" not in name}
    refused = keep_up(served, lay(tmp_path, without), KeySet(), later.now)
    assert any("latest.signature" in str(fault) for fault in refused.faults)
    assert refused.answering is served.library
    tried(1)


def test_an_unsigned_folder_is_kept_up_with_too(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False).release("1.0.0")
    served = first(one.folder, KeySet(), one.now)
    one = one.release("1.1.0")
    assert keep_up(served, one.folder, KeySet(), one.now).library.latest.version == "1.1.0"


def test_the_first_generation_of_a_mirror_takes_the_place_of_the_folder_of_releases(
    history: History, tmp_path: Path
) -> None:
    """The two need not have one history: what is shipped is only served until the upstream was heard."""
    shipped = publisher(tmp_path / "shipped", signed=False).release("8.0.0").release("9.0.0")
    served = first(shipped.folder, KeySet(), shipped.now)
    mirror = tmp_path / "mirror"
    with upstream_of(history.steps[0].files) as upstream:
        look(plan(upstream.address, mirror, history.keys, history.steps[0].now))
        swapped = keep_up(served, mirror / "current", history.keys, history.steps[0].now)
        assert swapped.library.latest.version == "1.0.0"
        upstream.files = history.steps[1].files
        look(plan(upstream.address, mirror, history.keys, history.steps[1].now))
        newer = keep_up(swapped, mirror / "current", history.keys, history.steps[1].now)
    assert newer.library.latest.version == "1.1.0"


def test_nothing_is_served_from_a_folder_that_is_not_fit(history: History, tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        first(tmp_path, history.keys, history.steps[0].now)
