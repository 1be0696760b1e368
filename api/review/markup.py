"""Holds how markup is made: every text is escaped unless it was made here. Knows no content."""

from collections.abc import Iterable
from html import escape
from typing import Final

BLOCKS: Final = frozenset(
    {
        "article",
        "caption",
        "dd",
        "div",
        "dt",
        "figure",
        "g",
        "h1",
        "h2",
        "h3",
        "h4",
        "header",
        "li",
        "main",
        "nav",
        "ol",
    }
    | {"p", "path", "rect", "section", "svg", "table", "tbody", "text", "thead", "tr", "ul"}
)
"""The elements whose end also ends the line, so that the page can be read as text."""


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def element(name: str, *inside: str, **attributes: str) -> Html:
    """Give an element; an underscore in an attribute's name stands for a hyphen, one at its end for nothing."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{written}>{joined(inside)}</{name}>" + ("\n" if name in BLOCKS else ""))


def joined(parts: Iterable[str]) -> Html:
    """Put parts one behind the other, and escape those that are no markup."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def listed(items: Iterable[str], name: str = "ul") -> Html:
    """Give a list of items."""
    return element(name, *(element("li", item) for item in items))


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Html:
    """Give a table; the first cell of each row is the row's heading."""
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *(element("tr", *_cells(row)) for row in rows)),
    )


def _cells(row: Iterable[str]) -> Iterable[Html]:
    first, *others = row
    return (element("th", first, scope="row"), *(element("td", cell) for cell in others))
