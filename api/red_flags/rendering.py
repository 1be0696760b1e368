"""Holds how an answer is written: joined from pieces of JSON. Decides nothing, and says nothing of its own.

What is written is exactly what the model `CheckAnswer` would write; a test holds the two equal, byte for byte.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic_core import to_json

from api.red_flags.asking import Screen
from api.red_flags.deciding import Decision
from api.red_flags.edition import Texts
from api.red_flags.fragments import Fragments, Split
from api.red_flags.guiding import Guided, Named
from schemas.words import Digest, NotToSayKind


class Waiting(NamedTuple):
    """An open red flag by id, and the ids of the findings that it waits for."""

    red_flag: str
    missing: tuple[str, ...]
    unsure: tuple[str, ...]


class Checked(NamedTuple):
    """All that an answer says, in ids; the texts of one language say it."""

    decision: Decision
    because: tuple[Named, ...]
    """Each red flag that is present, with the findings that alone make it so."""
    possible: tuple[Waiting, ...] | None
    """Given where the open red flags were asked for."""
    screen: Screen | None
    watch_for: tuple[str, ...]
    guided: Guided | None
    say: str
    must_not_say: tuple[NotToSayKind, ...]
    number: str
    """The number to call, or the words for the local one."""
    named: bytes
    """The release, as it stands in every answer."""
    receipt: Digest
    texts: Texts


def render(checked: Checked) -> bytes:
    """Write an answer as JSON in UTF-8; equal answers have equal bytes."""
    decision, texts = checked.decision, checked.texts
    written = texts.fragments
    settled = "true" if decision.status == "settled" else "false"
    pieces = [
        f'{{"status":"{decision.status}","level":"{decision.level}","worst_case":"{decision.worst_case}",'
        f'"settled":{settled},"say":'.encode(),
        to_json(checked.say),
        b',"must_say":',
        _must_say(checked),
        b',"must_not_say":',
        written.must_not_say(checked.must_not_say),
        _advice(checked, written),
        b',"matched":',
        _list([_around(written.matched[name], ids) for name, ids in checked.because]),
        b',"open":{',
        _open_counts(decision),
        b"}",
    ]
    if checked.possible is not None:
        pieces += (b',"possible":', _list([_possible(one, written) for one in checked.possible]))
    if checked.screen is not None:
        pieces += (b',"ask_next":', _ask_next(checked.screen, written))
    pieces += (
        b',"safety_net":{"call":',
        to_json(checked.number),
        b',"watch_for":',
        _list([written.watch_for[name] for name in checked.watch_for]),
        b"}",
    )
    if checked.guided is not None:
        pieces += (b',"guidance":', _guidance(checked.guided, written))
    pieces += (
        b',"release":',
        checked.named,
        f',"language":"{texts.language}","receipt":"{checked.receipt}","intended_use":'.encode(),
        written.intended_use,
        b"}",
    )
    return b"".join(pieces)


def _must_say(checked: Checked) -> bytes:
    """Write what every wording must keep: the level, what to do, the number to call now, and that questions go on."""
    advised, texts = checked.decision.advice, checked.texts
    level = b"" if advised is None else f'"level":"{advised}",'.encode()
    call = b',"call":' + to_json(checked.number) if advised == "emergency" else b""
    ask = b',"ask":' + texts.fragments.prompt if checked.decision.status == "ask" else b""
    return b"".join((b"{", level, b'"action":', to_json(texts.instruction(advised, checked.number)), call, ask, b"}"))


def _advice(checked: Checked, written: Fragments) -> bytes:
    level = checked.decision.advice
    if level is None:
        return b""
    before, behind = written.advice[level]
    call = b',"call":' + to_json(checked.number) if level == "emergency" else b""
    return b',"advice":' + before + call + behind


def _open_counts(decision: Decision) -> bytes:
    """Count the open red flags of each level, the gravest first; a level with none is left out."""
    counts = [
        f'"{level.level}":{count}'
        for level in decision.view.levels
        if (count := (decision.open_roots & level.roots).bit_count())
    ]
    return ",".join(counts).encode()


def _possible(one: Waiting, written: Fragments) -> bytes:
    return _around(written.possible[one.red_flag], one.missing) + _ids(one.unsure) + b"]}"


def _ask_next(screen: Screen, written: Fragments) -> bytes:
    return b"".join(
        (
            b'{"prompt":',
            written.prompt,
            f',"could_raise_to":"{screen.could_raise_to}","left":{screen.left},"findings":'.encode(),
            _list([written.questions[name] for name in screen.findings]),
            b"}",
        )
    )


def _guidance(guided: Guided, written: Fragments) -> bytes:
    withheld = [f'{{"remedy":"{name}","because":['.encode() + _ids(ids) + b"]}" for name, ids in guided.withheld]
    check_first = [f'{{"remedy":"{name}","findings":['.encode() + _ids(ids) + b"]}" for name, ids in guided.check_first]
    return b"".join(
        (
            b'{"causes":',
            _list([_around(written.causes[name], ids) for name, ids in guided.causes]),
            b',"remedies":',
            _list([_around(written.remedies[name], ids) for name, ids in guided.remedies]),
            b',"withheld":',
            _list(withheld),
            b',"check_first":',
            _list(check_first),
            b',"reassurance":',
            _list([written.reassurance[name] for name in guided.reassurance]),
            b"}",
        )
    )


def _around(piece: Split, ids: Iterable[str]) -> bytes:
    """Put ids into a piece."""
    before, behind = piece
    return before + _ids(ids) + behind


def _ids(ids: Iterable[str]) -> bytes:
    """Write ids, in which nothing needs to be escaped, with commas between them."""
    return ",".join([f'"{one}"' for one in ids]).encode()


def _list(pieces: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(pieces) + b"]"
