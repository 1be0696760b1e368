"""Holds how the tests run on a mutant: the quick ones first, on few examples, none made smaller when it fails."""

import gc
import os
import signal
from collections.abc import Callable, Generator
from functools import wraps
from typing import Final

import pytest
from hypothesis import Phase, settings
from hypothesis.errors import HypothesisException
from mutmut.state import state

LONGEST: Final = 20.0
"""Seconds of work that a test may take; the longest takes four."""
LONGEST_EXAMPLE: Final = 3.0
"""Seconds of work that one example of a property may take; each takes less than one."""
MOST: Final = 30
"""The most examples of a property: where a mutant survives so many, a test that aims at it is missing."""
PLACE: Final = "_hypothesis_internal_use_settings"
"""Where hypothesis keeps the settings of a test; there is no other way to change those that a test names itself."""
FIRST: Final = "tests/laws/test_the_fast_way_is_the_plain_way.py"
"""Where most changes are noticed, on the first examples: a whole answer is held to one that is worked out apart."""
CALLED: Final[dict[str, set[str]]] = {}
"""The functions that each fixture calls."""
SLOW: Final = frozenset({"draft", "shipped", "shipped_app"})
"""What takes seconds to load: the tests on it run last."""


def pytest_configure() -> None:
    """Take what is loaded already out of the collector's way, and end where a test goes on for ever."""
    gc.freeze()
    signal.signal(signal.SIGVTALRM, lambda *_: os._exit(1))


def pytest_runtest_logstart() -> None:
    """Give each test its time."""
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """Keep what each fixture calls: mutmut counts it for the first test alone, though every other uses what it made."""
    before = set(calls())
    calls().clear()
    try:
        return (yield)
    finally:
        CALLED.setdefault(fixturedef.argname, set()).update(calls())
        calls().update(before)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Count what the fixtures of a test called as called by it."""
    for name in getattr(item, "fixturenames", ()):
        calls().update(CALLED.get(name, ()))


def calls() -> set[str]:
    """Give the functions that mutmut has seen called since the last test."""
    found: set[str] = state()._stats  # noqa: SLF001 -- mutmut offers no other way
    return found


def ending(example: Callable[..., None]) -> Callable[..., None]:
    """Give an example of a property that ends the whole run where it fails: to tell why takes longer than to find it.

    `make test` tells why a test fails where nothing is changed.
    """

    @wraps(example)
    def held(*given: object, **named: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_EXAMPLE)
        try:
            example(*given, **named)
        except HypothesisException:  # it is not counted, and another is drawn
            raise
        except Exception:  # noqa: BLE001 -- whatever fails, the change is noticed
            os._exit(1)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)

    return held


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in order, cases before properties, and cut these short; the examples are the same each time."""
    items.sort(
        key=lambda item: (
            not SLOW.isdisjoint(getattr(item, "fixturenames", ())),
            not item.nodeid.startswith(FIRST),
            hasattr(getattr(item, "obj", None), PLACE),
        )
    )
    for item in items:
        test = getattr(item, "obj", None)
        had = getattr(test, PLACE, None)
        handle = getattr(test, "hypothesis", None)
        if handle is not None and isinstance(had, settings):
            short = settings(
                had,
                max_examples=min(had.max_examples, MOST),
                derandomize=True,
                database=None,
                phases=(Phase.explicit, Phase.generate),
            )
            setattr(test, PLACE, short)
            handle.inner_test = ending(handle.inner_test)
