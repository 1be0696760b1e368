"""Holds what is served now: the one thing that changes while the service runs, and that every request looks at."""

from starlette.datastructures import State

from api.releases.library import Library


class Serving(State):
    """The state of the app; another `library` may take the place of the one in it at any time, from any thread.

    That one is a plain attribute, which is ten times as fast to read as Starlette's own.
    """

    __slots__ = ("library",)
    library: Library

    def __init__(self, library: Library) -> None:
        """Serve a library."""
        super().__init__()
        self.library = library

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute: `library` plainly, any other as Starlette does."""
        if name == "library":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)
