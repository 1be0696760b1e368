"""Holds the feed of releases and recalls (Atom, RFC 4287). Refuses to hold content."""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from pydantic import MISSING

from api.releases.library import Library
from schemas.releases import LedgerEntry, Recall

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
TITLE: Final = "Sleep Guidance API: releases of the content"
NOT_REVIEWED: Final = "No clinician has reviewed this content."


class Entry(NamedTuple):
    """One entry of the feed; `name` is what its lasting id is made from."""

    name: str
    title: str
    text: str
    updated: str
    address: str


def feed(library: Library) -> bytes:
    """Write every release with its changes, and every recall, newest first."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}feed")
    _add(root, "id", _urn("feed"))
    _add(root, "title", TITLE)
    _add(root, "subtitle", NOT_REVIEWED)
    _add(root, "updated", _written(library.latest.updated))
    _add(ET.SubElement(root, f"{{{NAMESPACE}}}author"), "name", "Sleep Guidance API")
    _link(root, "self", "/v1/releases/feed", "application/atom+xml")
    for one in sorted(_entries(library), key=lambda entry: (entry.updated, entry.name), reverse=True):
        element = ET.SubElement(root, f"{{{NAMESPACE}}}entry")
        _add(element, "id", _urn(one.name))
        _add(element, "title", one.title)
        _add(element, "updated", one.updated)
        _link(element, "alternate", one.address, "application/json")
        _add(element, "content", one.text).set("type", "text")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entries(library: Library) -> Iterator[Entry]:
    for entry in library.ledger.releases:
        yield Entry(
            name=f"release {entry.version} {entry.bundle}",
            title=f"Release {entry.version}",
            text="\n".join([*_lines(entry), NOT_REVIEWED]),
            updated=_written(entry.published),
            address=f"/v1/releases/{entry.version}",
        )
    for recall in library.latest.recalls:
        yield Entry(
            name=f"recall {recall.model_dump_json()}",
            title=f"Recalled as {recall.severity}: {_recalled(recall)}",
            text=recall.reason,
            updated=_written(recall.recalled),
            address="/v1/releases/latest",
        )


def _lines(entry: LedgerEntry) -> list[str]:
    """Write each change on a line, with what it does to answers."""
    return [
        f"{change.type.replace('_', ' ')}: {change.summary}"
        + (f" Answers can: {', '.join(change.answers_can)}." if change.answers_can else "")
        for change in entry.changes
    ]


def _recalled(recall: Recall) -> str:
    if recall.kind is MISSING or recall.id is MISSING:
        return f"release {recall.version}"
    return f"{recall.kind.replace('_', ' ')} {recall.id}, up to release {recall.version}"


def _written(moment: date) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{moment.isoformat()}T00:00:00Z"


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'sleep-guidance:{name}')}"


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _link(parent: ET.Element, relation: str, address: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{NAMESPACE}}}link", {"rel": relation, "href": address, "type": media_type})
