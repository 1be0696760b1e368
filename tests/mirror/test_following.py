"""Following an upstream over real HTTP: what is asked for, what is taken over, and that nothing upstream ends it."""

import asyncio
from pathlib import Path

import pytest

from api.mirror.fetching import Patience, read_address
from api.mirror.following import LONGEST_PAUSE, check_plan, pause
from schemas.keys import KeySet
from schemas.mirroring import Outcome
from schemas.problems import UpstreamUnusable
from tests.mirror.conftest import Count
from tests.mirror.forging import HELD, OFFERED
from tests.mirror.histories import History, follow_for, held, look, plan
from tests.mirror.misbehaving import status
from tests.mirror.publishing import publisher
from tests.mirror.upstreams import Handler, upstream_of

LAST = 5


def test_every_step_of_a_history_is_followed_byte_for_byte(history: History, tmp_path: Path) -> None:
    with upstream_of({}) as upstream:
        for step in history.steps:
            upstream.files = step.files
            outcome = look(plan(upstream.address, tmp_path, history.keys, step.now))
            assert (outcome.kind, outcome.reasons) == ("updated", ())
            assert held(tmp_path, history.keys) == step.files
    assert len(list((tmp_path / "generations").iterdir())) == 2


@pytest.mark.parametrize("has", range(6))
@pytest.mark.parametrize("offered", range(6))
def test_a_mirror_goes_forward_and_never_back(
    history: History, tmp_path: Path, tried: Count, has: int, offered: int
) -> None:
    first, second = history.steps[has], history.steps[offered]
    now = max(first.now, second.now)
    with upstream_of({**first.older_keys, **first.files}) as upstream:
        assert look(plan(upstream.address, tmp_path, history.keys, first.now)).kind == "updated"
        upstream.files = {**second.older_keys, **second.files}
        outcome = look(plan(upstream.address, tmp_path, history.keys, now))
    if offered < has:
        assert outcome.kind == "refused"
        tried(1)
    else:
        assert outcome.kind == ("unchanged" if offered == has else "updated")
    assert held(tmp_path, history.keys) == history.steps[max(has, offered)].files


def test_who_missed_key_sets_goes_over_them_and_without_them_keeps_what_there_was(
    history: History, holding: Path
) -> None:
    last = history.steps[LAST]
    with upstream_of(last.files) as upstream:
        outcome = look(plan(upstream.address, holding, history.keys, last.now))
        assert outcome.reasons == ("keys.signature: no trusted release key has signed these bytes",)
        assert held(holding, history.keys) == history.steps[HELD].files
        upstream.files = {**last.files, **last.older_keys}
        assert look(plan(upstream.address, holding, history.keys, last.now)).kind == "updated"
    assert held(holding, history.keys) == last.files


def test_endless_key_sets_lead_nowhere(history: History, holding: Path, tried: Count) -> None:
    last = history.steps[LAST]

    def any_set(handler: Handler) -> None:
        name = handler.path.removeprefix("/releases/")
        known = {**history.steps[HELD].files, "": b""}
        if name.startswith("keys/"):
            name = f"keys{name[len('keys/000001') :]}"
            handler.answer(known[name])
        else:
            handler.answer(last.files.get(name))

    with upstream_of(last.files) as upstream:
        upstream.faults[""] = any_set
        outcome = look(plan(upstream.address, holding, history.keys, last.now))
        assert outcome.kind == "refused"
        assert len(upstream.names()) == 2 + 2 * 100

        def slow_set(handler: Handler) -> None:
            name = handler.path.removeprefix("/releases/")
            if name.startswith("keys/"):
                asyncio.run(asyncio.sleep(0.1))
            any_set(handler)

        upstream.faults[""] = slow_set
        outcome = look(plan(upstream.address, holding, history.keys, last.now, patience=Patience(whole=1)))
        assert outcome.kind == "refused"
        assert len(upstream.names()) < 20
    assert held(holding, history.keys) == history.steps[HELD].files
    tried(2)


def test_only_what_is_new_is_brought(history: History, holding: Path) -> None:
    with upstream_of(history.steps[HELD].files) as upstream:
        now = history.steps[LAST].now

        def next_step(number: int) -> None:
            upstream.faults = {}
            if number == 2:
                upstream.files = history.steps[2].files
            elif number == 3:
                upstream.files = history.steps[OFFERED].files
            asked.append(upstream.names())

        asked: list[list[str]] = []
        quick = plan(upstream.address, holding, history.keys, now)._replace(every=0.0)
        outcomes = follow_for(quick, 4, next_step)
    assert [one.kind for one in outcomes] == ["unchanged", "unchanged", "updated", "updated"]
    assert asked == [
        ["keys.json", "keys.signature", "latest.json"],
        ["keys.json", "latest.json"],
        ["keys.json", "latest.json", "latest.signature"],
        [
            "keys.json", "keys.signature", "latest.json", "latest.signature", "ledger.json", "1.0.0/signature",
            "1.1.0/signature", "1.2.0/manifest.json", "1.2.0/signature", "1.2.0/assurance.json", "1.2.0/bundle.json",
        ],
    ]  # fmt: skip
    assert held(holding, history.keys) == history.steps[OFFERED].files


def test_an_answer_that_was_refused_is_not_taken_for_known_the_next_time(history: History, holding: Path) -> None:
    """The ETag of a pointer that was not believed must not turn the next look into `unchanged`."""
    before, after = history.steps[HELD], history.steps[2]
    with upstream_of(before.files) as upstream:

        def next_step(number: int) -> None:
            broken = {**after.files, "latest.signature": before.files["latest.signature"]}
            upstream.files = [broken, broken, after.files][min(number, 3) - 1]

        quick = plan(upstream.address, holding, history.keys, after.now)._replace(every=0.0)
        kinds = [one.kind for one in follow_for(quick, 4, next_step)]
    assert kinds == ["unchanged", "refused", "refused", "updated"]
    assert held(holding, history.keys) == after.files


def test_an_upstream_that_dies_and_comes_back_is_followed_on(history: History, tmp_path: Path, tried: Count) -> None:
    with upstream_of(history.steps[0].files) as upstream:

        def next_step(number: int) -> None:
            upstream.files = history.steps[min(number // 2, 2)].files
            upstream.faults = {"": status(503)} if number % 2 else {}

        quick = plan(upstream.address, tmp_path, history.keys, history.steps[2].now)._replace(every=0.0)
        outcomes = follow_for(quick, 5, next_step)
        tried(2)
    kinds = ["updated", "unreachable", "updated", "unreachable", "updated"]
    assert [(one.kind, one.held) for one in outcomes] == list(
        zip(kinds, ("1.0.0", "1.0.0", "1.1.0", "1.1.0", "1.1.0"), strict=True)
    )
    outcome = look(plan(upstream.address, tmp_path, history.keys, history.steps[2].now))
    assert outcome.reasons == ("keys.json: the upstream did not answer as it should (ConnectError)",)
    assert held(tmp_path, history.keys) == history.steps[2].files
    nothing = look(plan(upstream.address, tmp_path / "new", history.keys, history.steps[2].now))
    assert nothing == Outcome(kind="unreachable", reasons=outcome.reasons)


def test_a_failure_that_nobody_foresaw_does_not_end_the_following(history: History, holding: Path) -> None:
    def surprise(_what: str, _done: int, _length: int) -> None:
        raise ZeroDivisionError

    step = history.steps[OFFERED]
    with upstream_of(step.files) as upstream:
        outcome = look(plan(upstream.address, holding, history.keys, step.now)._replace(progress=surprise))
    assert outcome == Outcome(
        kind="refused", held="1.1.0", reasons=("it could not be made sense of (ZeroDivisionError)",)
    )
    assert held(holding, history.keys) == history.steps[HELD].files


def test_nobody_is_followed_elsewhere(history: History, holding: Path, tried: Count) -> None:
    after = history.steps[OFFERED]
    with upstream_of(after.files) as upstream, upstream_of(after.files) as elsewhere:
        for code in (301, 302, 303, 307, 308):
            for place in (elsewhere.address, "//localhost/", "/releases/other/", "file:///etc/passwd"):
                upstream.faults[""] = status(code, Location=place)
                outcome = look(plan(upstream.address, holding, history.keys, after.now))
                assert outcome.kind == "refused"
                assert outcome.reasons == ("keys.json: the upstream sends elsewhere, and nobody is followed there",)
                tried(1)
        assert elsewhere.asked == []
    assert held(holding, history.keys) == history.steps[HELD].files


def test_without_keys_nothing_is_followed_unless_it_was_asked_for(tmp_path: Path) -> None:
    one = publisher(tmp_path, signed=False).release("1.0.0")
    directory = tmp_path / "mirror"
    with upstream_of(one.files()) as upstream:
        with pytest.raises(UpstreamUnusable, match="no key is trusted"):
            look(plan(upstream.address, directory, KeySet(), one.now))
        assert upstream.asked == []
        unsigned = plan(upstream.address, directory, KeySet(), one.now, unsigned="follow")
        assert look(unsigned).kind == "updated"
        assert held(directory, KeySet()) == one.files()
        assert look(unsigned).kind == "unchanged"
        one = one.release("1.1.0")
        spoilt = one.files()
        upstream.files = {**spoilt, "1.1.0/bundle.json": spoilt["1.1.0/bundle.json"][:-1] + b" "}
        unsigned = unsigned._replace(clock=lambda: one.now)
        assert look(unsigned).reasons == ("1.1.0/bundle.json: its digest is not the one that was published",)
        upstream.files = one.files()
        assert look(unsigned).kind == "updated"


def test_keys_that_an_unsigned_upstream_shows_are_trusted_from_then_on(history: History, tmp_path: Path) -> None:
    step, later = history.steps[0], history.steps[1]
    with upstream_of(step.files) as upstream:
        unsigned = plan(upstream.address, tmp_path, KeySet(), step.now, unsigned="follow")
        assert look(unsigned).kind == "updated"
        names = [name for name in later.files if "signature" in name or "keys" in name]
        upstream.files = {name: data for name, data in later.files.items() if name not in names}
        outcome = look(unsigned._replace(clock=lambda: later.now))
        assert outcome.reasons == ("keys.json: the upstream shows no keys any more, and keys were trusted before",)
        upstream.files = later.files
        kept = plan(upstream.address, tmp_path, KeySet(), later.now)
        check_plan(kept)
        assert look(kept).kind == "updated"
    assert held(tmp_path, history.keys) == later.files


def test_a_mirror_that_followed_unsigned_starts_anew_when_it_is_given_keys(history: History, tmp_path: Path) -> None:
    other = publisher(tmp_path / "other", signed=False).release("7.0.0")
    directory, step = tmp_path / "mirror", history.steps[0]
    with upstream_of(other.files()) as upstream:
        assert look(plan(upstream.address, directory, KeySet(), other.now, unsigned="follow")).kind == "updated"
        upstream.files = step.files
        assert look(plan(upstream.address, directory, history.keys, step.now)).kind == "updated"
    assert held(directory, history.keys) == step.files


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org", "https://example.org/releases/"),
        ("https://example.org/", "https://example.org/releases/"),
        ("https://example.org:8443/guidance", "https://example.org:8443/guidance/"),
        ("https://example.org/a/b/", "https://example.org/a/b/"),
        ("http://localhost:8000", "http://localhost:8000/releases/"),
        ("http://127.1.2.3/x", "http://127.1.2.3/x/"),
        ("http://[::1]:8000/", "http://[::1]:8000/releases/"),
    ],
)
def test_an_address_without_a_path_means_the_service_itself(text: str, address: str) -> None:
    assert read_address(text) == address
    assert read_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org", "http://example.org", "http://10.0.0.1/", "http://127.0.0.1.example.org/", "ftp://localhost",
        "https://", "file:///data/releases", "https://user:secret@example.org/", "https://example.org/?a=1",
        "https://example.org/#a", "https://exa\x00mple.org",
    ],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(text: str) -> None:
    with pytest.raises(UpstreamUnusable, match="the upstream must be"):
        read_address(text)


def test_pauses_double_after_failures_up_to_an_hour_and_differ_by_chance() -> None:
    assert [pause(60, failures, 0.5) for failures in range(8)] == [60, 120, 240, 480, 960, 1920, LONGEST_PAUSE, 3600]
    assert pause(60, 10_000, 0.5) == LONGEST_PAUSE
    assert (pause(60, 0, 0.0), pause(60, 0, 1.0)) == pytest.approx((48, 72))
    assert pause(86_400, 5, 0.5) == 86_400
