"""Holds the commands of editors and developers: `validate`, `order`, `show`, `openapi`."""

import json
from pathlib import Path
from typing import Final

from api.app import make_routes
from api.cli.simulating import questions
from api.cli.terminal import Terminal
from api.content.checks.reading import reading_warnings
from api.content.loading import load_draft, read_draft
from api.red_flags.compiled import compile_rules
from api.red_flags.ordering import question_order
from api.red_flags.simulating import no_sayer
from api.releases.freezing import KINDS
from api.releases.library import load_library
from api.settings import Settings
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bundle

ORDER_FILE: Final = "question-order.json"


def validate(directory: Path, terminal: Terminal) -> int:
    """Print what a draft holds, and what an adult who says no to everything is asked.

    Raises:
        ContentRefused: it has faults; every one is listed.

    """
    bundle = load(directory, terminal)
    counts = ", ".join(f"{len(getattr(bundle, name))} {name.replace('_', ' ')}" for name in KINDS)
    terminal.write(f"No faults: {counts}.")
    for warning in reading_warnings(bundle):
        terminal.note(f"warning: {warning}")
    rules = compile_rules(bundle)
    for line in questions(no_sayer(rules, rules.views[""])):
        terminal.write(line)
    return 0


def order(directory: Path, terminal: Terminal) -> int:
    """Work out the order of questions of a draft and write it to its question-order.json.

    Raises:
        ContentRefused: the draft has faults other than in its order of questions.

    """
    if directory.is_dir() and not (directory / ORDER_FILE).exists():
        (directory / ORDER_FILE).write_text("[]\n", encoding="utf-8")
    draft = read_draft(directory)
    others = tuple(fault for fault in draft.faults if fault.file != ORDER_FILE)
    if others or draft.bundle is None:
        raise ContentRefused(draft.faults)
    asked = question_order(draft.bundle)
    (directory / ORDER_FILE).write_text(json.dumps(asked, indent=2) + "\n", encoding="utf-8")
    terminal.write(f"{len(asked)} questions in order.")
    return 0


def show(identifier: str, settings: Settings, terminal: Terminal) -> int:
    """Print every item of the newest release that has an id.

    Raises:
        ContentRefused: no item has it.

    """
    bundle = load_library(settings.releases).newest().bundle
    found = [(kind, item) for name, kind in KINDS.items() for item in getattr(bundle, name) if item.id == identifier]
    if not found:
        raise ContentRefused((Fault("bundle.json", "", "no item has this id; GET /v1/search finds items by words"),))
    for kind, item in found:
        terminal.write(terminal.coloured(kind, "bold"))
        terminal.write(json.dumps(item.model_dump(mode="json"), indent=2, ensure_ascii=False))
    return 0


def openapi(settings: Settings, terminal: Terminal) -> int:
    """Print the OpenAPI document; a difference in it from the committed one is a decision."""
    app = make_routes(load_library(settings.releases))
    terminal.write(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
    return 0


def load(directory: Path, terminal: Terminal) -> Bundle:
    """Read a draft, with progress on a terminal.

    Raises:
        ContentRefused: there is no such folder, or the draft has faults.

    """
    if not directory.is_dir():
        raise ContentRefused((Fault(str(directory), "", "there is no such folder"),))
    return load_draft(directory, lambda done, total: terminal.progress("reading", done, total))
