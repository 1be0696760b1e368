"""Holds the commands that answer about a person: `check` and `interview`. The same three steps as over HTTP."""

import json
from pathlib import Path
from typing import Final

from pydantic import MISSING

from api.cli.terminal import Terminal
from api.red_flags.checking import as_model, parse_profile, render
from api.red_flags.checking import check as check_profile
from api.red_flags.refusals import refused
from api.red_flags.rendering import Checked
from api.releases.library import Library, load_library
from api.settings import Settings
from schemas.checks import CheckAnswer, Profile, Question
from schemas.problems import ReleaseUnknown
from schemas.words import Json

_YES: Final = frozenset({"y", "yes"})
_NO: Final = frozenset({"n", "no"})
_UNSURE: Final = frozenset({"u", "unsure", "not sure", "?", ""})


def check(path: str, form: str, settings: Settings, terminal: Terminal) -> int:
    """Check the profile in a file and print the answer, in words or as JSON.

    Raises:
        ProfileRefused: the file cannot be read, or the profile cannot be checked.

    """
    try:
        body = terminal.source.read().encode() if path == "-" else Path(path).read_bytes()
    except OSError:
        raise refused("", "unreadable", "The file cannot be read.") from None
    checked = _checked(parse_profile(body), load_library(settings.releases))
    if form == "json":
        terminal.write(render(checked).decode())
    else:
        _tell(as_model(checked), terminal)
    return 0


def interview(region: str | None, topic: str, settings: Settings, terminal: Terminal) -> int:
    """Ask on the terminal what the check asks next, until it is settled or cannot tell. Nothing is kept.

    Raises:
        ProfileRefused: the region or topic is not known.

    """
    library = load_library(settings.releases)
    told: dict[str, Json] = {"present": [], "absent": [], "unsure": [], "measurements": [], "topic": topic}
    if region:
        told["region"] = region
    screen = 0
    while True:
        answer = as_model(_checked(parse_profile(json.dumps(told).encode()), library))
        if answer.ask_next is MISSING:
            terminal.write()
            _tell(answer, terminal)
            return 0
        if answer.advice is not MISSING:
            terminal.write(terminal.coloured(f"{answer.advice.headline} {answer.advice.action}", answer.advice.level))
        screen += 1
        terminal.write()
        terminal.write(terminal.coloured(answer.ask_next.prompt, "bold"))
        terminal.write(terminal.coloured(f"Screen {screen}; {answer.ask_next.left} more if every answer is no.", "dim"))
        for question in answer.ask_next.findings:
            if not _ask(question, told, terminal):
                terminal.complain("The answers ended before the questions did.")
                return 1


def _checked(profile: Profile, library: Library) -> Checked:
    version = None if profile.release is MISSING else profile.release
    try:
        return check_profile(profile, library.edition(version))
    except ReleaseUnknown:
        raise refused("/release", "unknown_release", "There is no such release here.") from None


def _ask(question: Question, told: dict[str, Json], terminal: Terminal) -> bool:
    """Ask one question until the answer can be taken; False where there are no more lines."""
    choices = "a number or unsure" if question.kind == "number" else "yes, no or unsure"
    while True:
        line = terminal.ask(f"  {question.question} [{choices}] ")
        if line is None:
            return False
        reply = line.lower()
        if reply in _UNSURE:
            told["unsure"].append(question.id)
            return True
        if question.kind == "number":
            if _take_number(question, reply, told, terminal):
                return True
        elif reply in _YES | _NO:
            told["present" if reply in _YES else "absent"].append(question.id)
            return True
        elif question.help is not MISSING:
            terminal.write(terminal.coloured(f"    {question.help}", "dim"))


def _take_number(question: Question, reply: str, told: dict[str, Json], terminal: Terminal) -> bool:
    """Take a number within its domain; say what is wanted and give False for anything else."""
    low = 0.0 if question.minimum is MISSING else question.minimum
    high = 0.0 if question.maximum is MISSING else question.maximum
    decimals = 0 if question.decimals is MISSING else question.decimals
    try:
        value = float(reply)
    except ValueError:
        value = high + 1
    if not low <= value <= high or round(value, decimals) != value:
        terminal.write(terminal.coloured(f"    A number from {low:g} to {high:g}, at most {decimals} decimals.", "dim"))
        return False
    told["measurements"].append({"finding": question.id, "value": value})
    return True


def _tell(answer: CheckAnswer, terminal: Terminal) -> None:
    """Print an answer for a person to read."""
    terminal.write(
        terminal.coloured(f"{answer.status}: {answer.level}, at worst {answer.worst_case}", answer.worst_case)
    )
    terminal.write()
    terminal.write(answer.say)
    for matched in answer.matched:
        terminal.write()
        terminal.write(terminal.coloured(f"{matched.level}: {matched.title}", matched.level))
        terminal.write(f"  why: {matched.why}")
        terminal.write(f"  because of: {', '.join(matched.because)}")
        for step in matched.while_waiting:
            terminal.write(f"  until help comes: {step}")
    if answer.ask_next is not MISSING:
        terminal.write()
        terminal.write(answer.ask_next.prompt)
        for question in answer.ask_next.findings:
            terminal.write(f"  {question.id}: {question.question}")
    if answer.guidance is not MISSING:
        for reassuring in answer.guidance.reassurance:
            terminal.write()
            terminal.write(reassuring.text)
        if answer.guidance.remedies:
            terminal.write()
            terminal.write("What may help: " + "; ".join(remedy.title for remedy in answer.guidance.remedies))
    terminal.write()
    terminal.write(f"{answer.intended_use} Release {answer.release.version}, receipt {answer.receipt}.")
