"""Holds the terminal: where words go, colours and progress only where a person looks. Knows no content."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TextIO

COLOURS: Final[Mapping[str, str]] = {
    "emergency": "\x1b[1;31m",
    "urgent": "\x1b[31m",
    "soon": "\x1b[33m",
    "routine": "\x1b[36m",
    "self_care": "\x1b[32m",
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
}
"""The colour of each level, and two manners of writing."""


class Terminal(NamedTuple):
    """The three streams of a command and its environment."""

    source: TextIO
    out: TextIO
    err: TextIO
    environment: Mapping[str, str]

    def write(self, text: str = "") -> None:
        """Write a line of the result."""
        self.out.write(text + "\n")

    def note(self, text: str) -> None:
        """Write a line that is not part of the result."""
        self.err.write(text + "\n")
        self.err.flush()

    def complain(self, text: str) -> None:
        """Write a line about something wrong."""
        self.note(text)

    def coloured(self, text: str, colour: str) -> str:
        """Colour a text; plain where the output is no terminal or NO_COLOR is set."""
        if not self.out.isatty() or self.environment.get("NO_COLOR"):
            return text
        return f"{COLOURS.get(colour, '')}{text}\x1b[0m"

    def progress(self, what: str, done: int, total: int) -> None:
        """Draw a bar that ends its line when it is full; nothing where the errors go to no terminal."""
        if self.err.isatty():
            width = 30
            full = width * done // max(total, 1)
            end = "\n" if done == total else ""
            self.err.write(f"\r{what} [{'#' * full}{'.' * (width - full)}] {done}/{total}{end}")
            self.err.flush()

    def ask(self, prompt: str) -> str | None:
        """Ask for one line; None where there are no more."""
        self.out.write(prompt)
        self.out.flush()
        line = self.source.readline()
        return line.strip() if line else None
