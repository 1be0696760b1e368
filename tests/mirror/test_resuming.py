"""A bundle that broke off on its way: gone on with where that is safe, begun anew where it is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from schemas.mirroring import Outcome
from tests.mirror.conftest import Count
from tests.mirror.forging import HELD, OFFERED
from tests.mirror.histories import History, held, look, plan
from tests.mirror.misbehaving import status
from tests.mirror.upstreams import Fault, Handler, Upstream, upstream_of

BUNDLE: Final = "1.2.0/bundle.json"


def ask(history: History, directory: Path, fault: Fault) -> tuple[Outcome, Upstream]:
    """Look at an upstream that does something where it is asked for the bundle."""
    after = history.steps[OFFERED]
    with upstream_of(after.files) as upstream:
        upstream.faults[BUNDLE] = fault
        return look(plan(upstream.address, directory, history.keys, after.now)), upstream


def broken_off(history: History, **headers: str) -> Fault:
    bundle = history.steps[OFFERED].files[BUNDLE]

    def answer(handler: Handler) -> None:
        handler.send(200, bundle[:4000], **{"Content-Length": str(len(bundle)), **headers})
        handler.hang_up()

    return answer


def length_of(handler: Handler) -> int:
    return len(handler.upstream.files[BUNDLE])


def rest(more: int, where: str) -> Fault:
    """Give so many bytes more than the bundle has as a part of it, all of them wrong."""
    return lambda handler: handler.send(206, b"x" * (length_of(handler) + more), **{"Content-Range": f"{where}9/9"})


@pytest.fixture
def half(history: History, holding: Path) -> Path:
    """The folder of a mirror whose last look broke off in the middle of the bundle."""
    assert ask(history, holding, broken_off(history, ETag='"one"'))[0].kind == "unreachable"
    assert part(holding).read_bytes() == history.steps[OFFERED].files[BUNDLE][:4000]
    return holding


def part(directory: Path) -> Path:
    return next(path for path in (directory / "downloads").iterdir() if path.suffix != ".tag")


def test_the_rest_alone_is_asked_for(history: History, half: Path) -> None:
    bundle = history.steps[OFFERED].files[BUNDLE]
    where = f"bytes 4000-{len(bundle) - 1}/{len(bundle)}"
    outcome, upstream = ask(history, half, lambda on: on.send(206, bundle[4000:], **{"Content-Range": where}))
    headers = upstream.asked[-1].headers
    assert (headers["Range"], headers["If-Range"]) == ("bytes=4000-", '"one"')
    assert outcome.kind == "updated"
    assert held(half, history.keys) == history.steps[OFFERED].files
    assert not (half / "downloads").exists()


def test_the_rest_can_break_off_too(history: History, half: Path) -> None:
    bundle = history.steps[OFFERED].files[BUNDLE]

    def again(handler: Handler) -> None:
        where = {"Content-Range": f"bytes 4000-{len(bundle) - 1}/{len(bundle)}", "ETag": '"one"'}
        handler.send(206, bundle[4000:5000], **{"Content-Length": str(len(bundle) - 4000), **where})
        handler.hang_up()

    assert ask(history, half, again)[0].kind == "unreachable"
    assert part(half).read_bytes() == bundle[:5000]


def test_a_whole_answer_begins_anew(history: History, half: Path) -> None:
    bundle = history.steps[OFFERED].files[BUNDLE]
    outcome, _ = ask(history, half, lambda handler: handler.send(200, bundle, ETag='"two"'))
    assert outcome.kind == "updated"
    assert held(half, history.keys) == history.steps[OFFERED].files


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"one"'}, {"ETag": "one"}, {"ETag": '"' + "x" * 300 + '"'}])
def test_without_a_strong_tag_nothing_is_gone_on_with(history: History, holding: Path, headers: dict[str, str]) -> None:
    ask(history, holding, broken_off(history, **headers))
    bundle = history.steps[OFFERED].files[BUNDLE]
    outcome, upstream = ask(history, holding, lambda handler: handler.answer(bundle))
    assert "Range" not in upstream.asked[-1].headers
    assert outcome.kind == "updated"


def send_rest(handler: Handler, size: int) -> None:
    """Send as many bytes as are asked for, none of them right."""
    handler.send(206, b"x" * (size - 4000), **{"Content-Range": f"bytes 4000-{size - 1}/{size}"})


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lambda handler, size: handler.send(206, b"x" * 4160, **{"Content-Range": f"bytes 0-4159/{size}"}), "refused"),
        (send_rest, "refused"),
        (lambda handler, _: handler.send(206, b"x" * 9999, **{"Content-Range": "bytes 4000-13998/9"}), "refused"),
        (lambda handler, _: handler.send(206, b"x" * 4160), "refused"),
        (lambda handler, size: handler.send(200, b"x" * size, ETag='"one"'), "refused"),
        (lambda handler, _: status(416)(handler), "unreachable"),
        (lambda handler, _: status(304)(handler), "unreachable"),
    ],
)
def test_a_wrong_rest_is_thrown_away_and_the_next_look_begins_anew(
    history: History, half: Path, tried: Count, fault: Callable[[Handler, int], None], kind: str
) -> None:
    bundle = history.steps[OFFERED].files[BUNDLE]
    assert ask(history, half, lambda handler: fault(handler, len(bundle)))[0].kind == kind
    assert held(half, history.keys) == history.steps[HELD].files
    outcome, upstream = ask(history, half, lambda handler: handler.answer(bundle))
    assert "Range" not in upstream.asked[-1].headers
    assert outcome.kind == "updated"
    assert held(half, history.keys) == history.steps[OFFERED].files
    tried(1)


def test_what_came_whole_is_not_brought_again(history: History, half: Path) -> None:
    part(half).write_bytes(history.steps[OFFERED].files[BUNDLE])
    outcome, upstream = ask(history, half, Handler.hang_up)
    assert outcome.kind == "updated"
    assert BUNDLE not in upstream.names()


def test_what_came_whole_and_wrong_is_thrown_away(history: History, half: Path, tried: Count) -> None:
    part(half).write_bytes(b"x" * len(history.steps[OFFERED].files[BUNDLE]))
    outcome, _ = ask(history, half, Handler.hang_up)
    assert outcome.reasons == ("1.2.0/bundle.json: its digest is not the one that was published",)
    assert held(half, history.keys) == history.steps[HELD].files
    assert list((half / "downloads").iterdir()) == []
    tried(1)


def test_progress_is_told_in_bytes(history: History, holding: Path) -> None:
    after = history.steps[OFFERED]
    seen: list[tuple[str, int, int]] = []
    with upstream_of(after.files) as upstream:
        look(plan(upstream.address, holding, history.keys, after.now)._replace(progress=lambda *how: seen.append(how)))
    whole = len(after.files[BUNDLE])
    assert seen[-1] == (BUNDLE, whole, whole)
