"""Random damage to a random moment of an upstream's history: what is accepted is the truth, byte for byte, or nothing.

Set MIRROR_FUZZ to try more than the usual number of damaged upstreams.
"""

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from api.mirror.fetching import Patience, speaker
from api.mirror.fetching import Upstream as Spoken
from api.mirror.following import look
from api.mirror.renewing import Held, open_held
from tests.mirror.conftest import Count
from tests.mirror.histories import Files, History, held, plan, proved
from tests.mirror.histories import look as look_once
from tests.mirror.upstreams import upstream_of

TRIES: Final = int(os.environ.get("MIRROR_FUZZ", "500"))
Damage = Callable[[dict[str, bytes], random.Random, History], None]


def flip_bits(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    name = chance.choice(sorted(files))
    data = bytearray(files[name])
    for _ in range(chance.choice((1, 1, 2, 20))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    files[name] = bytes(data)


def cut_off(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    name = chance.choice(sorted(files))
    files[name] = files[name][: chance.randrange(len(files[name]))]


def add(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    name = chance.choice(sorted(files))
    place = chance.randrange(len(files[name]) + 1)
    files[name] = files[name][:place] + chance.randbytes(chance.choice((1, 5, 2000))) + files[name][place:]


def write_blanks(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    """Write the same JSON in another way."""
    name = chance.choice(sorted(files))
    files[name] = files[name].replace(b",", b", ", chance.choice((1, -1))) + chance.choice((b"", b"\n"))


def swap(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    one, other = chance.sample(sorted(files), 2)
    files[one], files[other] = files[other], files[one]


def take_away(files: dict[str, bytes], chance: random.Random, _history: History) -> None:
    del files[chance.choice(sorted(files))]


def mix(files: dict[str, bytes], chance: random.Random, history: History) -> None:
    """Take some files from another moment of the history."""
    other = chance.choice(history.steps).files
    for name in chance.sample(sorted(other), chance.randrange(1, 5)):
        files[name] = other[name]


DAMAGES: Final[tuple[Damage, ...]] = (flip_bits, cut_off, add, write_blanks, swap, take_away, mix)


@pytest.fixture(scope="module")
def followed(history: History, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of mirrors that followed to each step of the history."""
    folders: list[Path] = []
    with upstream_of({}) as upstream:
        for number, step in enumerate(history.steps):
            folders.append(tmp_path_factory.mktemp("followed") / str(number))
            upstream.files = {**step.older_keys, **step.files}
            assert look_once(plan(upstream.address, folders[-1], history.keys, step.now)).kind == "updated"
    return folders


def test_of_a_damaged_upstream_nothing_is_accepted_but_the_truth(
    history: History, followed: list[Path], tmp_path: Path, tried: Count
) -> None:
    chance = random.Random(20261122)
    steps = range(len(history.steps))
    kinds: Counter[str] = Counter()

    def fresh(number: int) -> Held:
        directory = tmp_path / str(number)
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(followed[number], directory, symlinks=True)
        return open_held(directory, history.keys, "refuse")

    async def damage_and_look() -> None:
        having = [fresh(number) for number in steps]
        async with speaker(Patience()) as client:
            spoken = Spoken(client, upstream.address, Patience(), lambda *_: None)
            for _ in range(TRIES):
                number = chance.choice(steps)
                offered = history.steps[
                    chance.choice(steps[number:]) if chance.random() < 0.8 else chance.choice(steps)
                ]
                files = {**offered.files, **offered.older_keys}
                for _ in range(chance.choice((1, 1, 2, 3))):
                    chance.choice(DAMAGES)(files, chance, history)
                upstream.files = files
                now, outcome = await look(spoken, tmp_path / str(number), having[number], history.steps[-1].now)
                kinds[outcome.kind] += 1
                if now.folder != having[number].folder:
                    must_be_true(history, number, held(tmp_path / str(number), history.keys))
                    having[number] = fresh(number)
        for number in steps:
            must_be_true(history, number, held(tmp_path / str(number), history.keys))

    with upstream_of({}) as upstream:
        asyncio.run(damage_and_look())
    assert kinds.total() == TRIES
    assert kinds["refused"] > TRIES // 3
    assert kinds["updated"] > TRIES // 50
    tried(TRIES)


def must_be_true(history: History, before: int, files: Files) -> None:
    """Hold what a mirror holds to the history: one of its moments, whole, and none before the one it held.

    The key set may be of a later moment than the rest: nothing but its own signature binds it.
    """
    keys = {"keys.json"}
    of_step = [{name: data for name, data in proved(step.files).items() if name not in keys} for step in history.steps]
    rest = {name: data for name, data in proved(files).items() if name not in keys}
    assert rest in of_step[before:]
    assert files["keys.json"] in [step.files["keys.json"] for step in history.steps[before:]]
