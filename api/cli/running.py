"""Holds what each command does with what was said, all but `serve`: whoever serves need not wait for them to load."""

import argparse
from collections.abc import Callable

from api.changes.bumping import NEXT
from api.cli.editing import openapi, order, show, validate
from api.cli.mirroring import mirror
from api.cli.partnering import new_partner
from api.cli.publishing import KeyFiles, make_key, recall, refresh, retire, signers, verify
from api.cli.releasing import Asked, changes, release
from api.cli.reviewing import review
from api.cli.simulating import Draw, simulated
from api.cli.talking import check, interview
from api.cli.terminal import Terminal
from api.settings import Settings, with_said

REFRESH = "refresh"


def run(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Run a command and give its exit code: 0 done, 1 refused."""
    commands: dict[str, Callable[[], int]] = {
        "check": lambda: check(parsed.profile, parsed.form, settings, terminal),
        "interview": lambda: _interview(parsed, settings, terminal),
        "validate": lambda: validate(parsed.directory, terminal),
        "order": lambda: order(parsed.directory, terminal),
        "review": lambda: review(parsed.directory, parsed.output, terminal),
        "changes": lambda: changes(parsed.directory, settings.releases, terminal),
        "release": lambda: _release(parsed, settings, terminal),
        "recall": lambda: recall(_recalled(parsed), settings.releases, _keys(parsed), terminal),
        "keys": lambda: _change_keys(parsed, settings, terminal),
        "verify": lambda: verify(parsed.directory, parsed.keys, terminal),
        "partners": lambda: new_partner(parsed.name, parsed.quota, terminal),
        "mirror": lambda: mirror(_followed(parsed, settings), parsed.looks, terminal),
        "show": lambda: show(parsed.id, settings, terminal),
        "openapi": lambda: openapi(settings, terminal),
    }
    return commands[parsed.command]()


def _followed(parsed: argparse.Namespace, settings: Settings) -> Settings:
    """Give the settings with what was said of the upstream, each held to the same rules."""
    said = {
        name: getattr(parsed, name)
        for name in ("upstream", "mirror", "trusted_keys", "upstream_unsigned", "poll_seconds")
    }
    return with_said(settings, {name: value for name, value in said.items() if value is not None})


def _interview(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    if parsed.person == "simulated":
        return simulated(parsed.topic, Draw(parsed.people, parsed.seed, parsed.chart), settings, terminal)
    return interview(parsed.region, parsed.topic, settings, terminal)


def _release(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    if parsed.version == REFRESH:
        return refresh(settings.releases, _keys(parsed), terminal)
    asked = Asked(parsed.version or NEXT, parsed.same_meaning, signers(_keys(parsed)))
    return release(asked, parsed.directory, settings.releases, terminal)


def _change_keys(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    if parsed.change == "retire":
        return retire(parsed.kid, settings.releases, _keys(parsed), terminal)
    return make_key(parsed.purpose, parsed.private, settings.releases, _keys(parsed), terminal)


def _keys(parsed: argparse.Namespace) -> KeyFiles:
    return KeyFiles(parsed.release_key, getattr(parsed, "pointer_key", None))


def _recalled(parsed: argparse.Namespace) -> dict[str, str]:
    """Gather what was said of a recall; what was not said is left out."""
    names = ("version", "kind", "id", "severity", "reason", "replacement")
    return {name: getattr(parsed, name) for name in names if getattr(parsed, name) is not None}
