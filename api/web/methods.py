"""Holds which methods an address takes. Answers nothing."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""Every method that some address takes."""


def methods_of(scope: Scope, routes: Sequence[BaseRoute]) -> tuple[str, ...]:
    """Give the methods that the address of a request takes, OPTIONS first; none where nothing is there."""
    whole = scope["path"] == "*"
    taken = sorted(one for one in METHODS if whole or any(_takes(route, scope, one) for route in routes))
    return tuple({"OPTIONS": None} | dict.fromkeys(taken)) if taken else ()


def _takes(route: BaseRoute, scope: Scope, method: str) -> bool:
    """Tell whether a route answers a method at an address; what it answers to GET it answers to HEAD."""
    asked = "GET" if method == "HEAD" else method
    return route.matches({**scope, "method": asked})[0] is Match.FULL
