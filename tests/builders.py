"""Small real content for tests: made from short forms, checked and compiled by the same code as the shipped content."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from api.content.loading import FOLDERS, load_draft
from api.red_flags.edition import Edition, make_edition
from api.releases.freezing import freeze
from api.releases.library import Library, load_library
from schemas.releases import Bundle, ReleaseReference
from schemas.words import LEVELS, NotToSayKind

Json = Any
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REVIEW = {"written_on": "2026-11-22", "check_again_by": "2027-11-22", "clinical_review": "none"}
EVIDENCE = {"strength": "expert_opinion", "why": "Made up for a test."}
CITED: dict[str, Json] = {"evidence": EVIDENCE, "citations": ["book"], "review": REVIEW}


def finding(name: str, implies: Sequence[str] = (), **more: Json) -> dict[str, Json]:
    """A yes/no finding whose question names itself; gates are given a question that names their children."""
    return {
        "id": name,
        "kind": "yes_no",
        "name": f"the {name}",
        "question": f"Is there {name}?",
        "implies": list(implies),
        **more,
    }


def number(name: str, low: float, high: float, decimals: int = 0, **more: Json) -> dict[str, Json]:
    """A number finding."""
    return {
        "id": name, "kind": "number", "name": f"the {name}", "question": f"How much {name}?", "unit": "a",
        "minimum": low, "maximum": high, "decimals": decimals, **more,
    }  # fmt: skip


def leaf(name: str) -> dict[str, Json]:
    """The criterion that a finding is present."""
    return {"op": "finding", "id": name}


def red_flag(name: str, level: str, when: Json, **more: Json) -> dict[str, Json]:
    """A red flag; a mild one belongs to the one topic."""
    topics = ["legs"] if level in {"routine", "soon"} else []
    return {
        "id": name, "title": f"the {name}", "summary": f"Signs of {name}.", "level": level, "topics": topics,
        "when": when, "why": "It matters.", "service": "A doctor", **CITED, **more,
    }  # fmt: skip


def documents(
    findings: Sequence[Json], red_flags: Sequence[Json], order: Sequence[str] | None = None, **more: Sequence[Json]
) -> dict[str, Json]:
    """Give the files of a draft by name. `more` adds items of other kinds by the name of their folder."""
    children: dict[str, list[str]] = {}
    for one in findings:
        for gate in one.get("implies", ()):
            children.setdefault(gate, []).append(one["name"])
    named = [
        {**one, "question": f"{one['question']} Any of these: {', '.join(children[one['id']])}."}
        if one["id"] in children else one
        for one in findings
    ]  # fmt: skip
    watched = [flag["id"] for flag in red_flags][:5]
    topic = {
        "id": "legs", "title": "Legs", "summary": "About legs.", "synonyms": ["leg"], "watch_for": watched,
        "remedies": [one["id"] for one in more.get("remedies", ())],

        "sections": [{"heading": "What", "text": "Legs.", "evidence": EVIDENCE, "citations": ["book"]}], **CITED,
    }  # fmt: skip
    files: dict[str, Json] = {
        "manifest.json": {
            "schema_version": "1.0", "title": "Test", "default_language": "en", "languages": ["en"],
            "licence": "CC0-1.0", "clinical_review": "none", "review_policy": "None.",
            "intended_use": "For tests only.", "emergency_line": "Call for help.",
        },
        "levels.json": [
            {"id": level, "rank": rank, "headline": f"It is {level}.", "action": "Act.", "service": "A service"}
            for rank, level in enumerate(LEVELS)
        ],
        "phrases.json": {
            "ask_prompt": "Is any of this so?", "no_advice_yet": "Not known yet.", "questions_go_on": "More to ask.",
            "matched": "Because of {titles}.", "could_not_rule_out": "Not ruled out: {titles}.",
            "call_number": "Call {number}.", "local_emergency_number": "your local emergency number",
            "safety_net": "Call {number} if: {signs}.", "no_diagnosis": "No diagnosis.",
            "superseded": "The newest is {version}.", "recalled": "{version} was recalled.", "joining_and": "and",
            "known_so_far": "So far {titles}, perhaps more.", "who_can_help": "Ask: {services}.",
            "more": "{count} more", "question": "{count}) {question}", "closing": "Mind: {action}",
            "must_not_say": {
                kind: {"what": f"No {kind}.", "examples": [f"Some {kind}."]} for kind in get_args(NotToSayKind)
            },
        },
        "regions.json": {
            "crisis_directory": "https://example.org/lines",
            "regions": [
                {"code": "GB", "name": "Britain", "ambulance": "999", "citations": ["book"], "checked_on": "2026-11-22"}
            ],
        },
        "topics/legs.json": topic,
        "sources/book.json": {
            "id": "book", "title": "A book", "publisher": "A house", "kind": "reference_work", "read": True,
        },
    }  # fmt: skip
    for folder, items in {"findings": named, "red-flags": red_flags, **more}.items():
        for item in items:
            files[f"{folder.replace('_', '-')}/{item['id']}.json"] = item
    files["question-order.json"] = list(order) if order is not None else _asked(findings, red_flags)
    return files


def write(directory: Path, files: Mapping[str, Json]) -> Path:
    """Write the files of a draft into a folder."""
    for name, document in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return directory


def bundle_of(files: Mapping[str, Json]) -> Bundle:
    """Give the bundle of a draft's files without its checks: for random rules that are sound by construction."""
    items = {
        folder.replace("-", "_"): sorted(
            (document for name, document in files.items() if name.startswith(f"{folder}/")),
            key=lambda one: str(one["id"]),
        )
        for folder in FOLDERS
    }
    singles = {name: files[f"{name}.json"] for name in ("manifest", "levels", "phrases", "regions")}
    return Bundle.model_validate_json(json.dumps({**singles, **items, "question_order": files["question-order.json"]}))


def edition_of(bundle: Bundle) -> Edition:
    """Give an edition of a bundle that was never published."""
    reference = ReleaseReference(version="1.0.0", sequence=1, digest="sha256:" + "0" * 64, clinical_review="none")
    return make_edition(bundle, reference)


def library_of(directory: Path, files: Mapping[str, Json]) -> Library:
    """Write a draft, freeze it as 1.0.0 and load it, as the service does."""
    bundle = load_draft(write(directory / "content", files))
    releases = directory / "releases"
    releases.mkdir()
    freeze(bundle, "1.0.0", releases, NOW)
    return load_library(releases)


def _asked(findings: Sequence[Json], red_flags: Sequence[Json]) -> list[str]:
    """List what the red flags read, and the gates above it, in the order of the findings."""
    parents = {one["id"]: [*one.get("implies", ()), *([one["of"]] if "of" in one else [])] for one in findings}
    waiting = [name for flag in red_flags for name in _read(flag["when"])]
    asked: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in asked:
            asked.add(name)
            waiting += parents.get(name, [])
    return [one["id"] for one in findings if one["id"] in asked]


def _read(when: Json) -> list[str]:
    return [when["id"]] if "id" in when else [name for part in when.get("of", []) for name in _read(part)]
