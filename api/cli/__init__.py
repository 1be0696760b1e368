"""Holds the command line: `python -m api COMMAND`; `--help` lists the commands."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from api.cli.editing import openapi, order, show, validate
from api.cli.releasing import changes, release
from api.cli.reviewing import review
from api.cli.simulating import Draw, simulated
from api.cli.talking import check, interview
from api.cli.terminal import Terminal
from api.main import serve
from api.releases.bumping import NEXT
from api.settings import ROOT, Settings, read_settings
from schemas.problems import ContentRefused, ProfileRefused, SleepGuidanceError

DRAFT = ROOT / "data" / "content"
NOBODY = "it must be 1 or more"


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: 0 done, 1 refused, 2 wrongly called."""
    terminal = Terminal(sys.stdin, sys.stdout, sys.stderr, dict(os.environ))
    parsed = _parser().parse_args(arguments)
    try:
        return _run(parsed, read_settings(), terminal)
    except ContentRefused as error:
        for fault in error.faults:
            terminal.complain(str(fault))
        terminal.complain(f"{len(error.faults)} faults; nothing was served or written.")
    except ProfileRefused as error:
        for one in error.errors:
            terminal.complain(f"{one.pointer or 'the profile'}: {one.detail}")
    except SleepGuidanceError as error:
        terminal.complain(str(error))
    except BrokenPipeError:  # whoever read the result has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        terminal.complain("Stopped. Nothing was kept.")
    return 1


def _run(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    commands: dict[str, Callable[[], int]] = {
        "serve": lambda: _serve(parsed, settings, terminal),
        "check": lambda: check(parsed.profile, parsed.form, settings, terminal),
        "interview": lambda: _interview(parsed, settings, terminal),
        "validate": lambda: validate(parsed.directory, terminal),
        "order": lambda: order(parsed.directory, terminal),
        "review": lambda: review(parsed.directory, parsed.output, terminal),
        "changes": lambda: changes(parsed.directory, settings.releases, terminal),
        "release": lambda: release(parsed.version, parsed.directory, settings.releases, parsed.same_meaning, terminal),
        "show": lambda: show(parsed.id, settings, terminal),
        "openapi": lambda: openapi(settings, terminal),
    }
    return commands[parsed.command]()


def _serve(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    given = {name: getattr(parsed, name) for name in ("host", "port") if getattr(parsed, name) is not None}
    serve(settings.model_copy(update=given), terminal.note)
    return 0


def _interview(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    if parsed.person == "simulated":
        return simulated(parsed.topic, Draw(parsed.people, parsed.seed, parsed.chart), settings, terminal)
    return interview(parsed.region, parsed.topic, settings, terminal)


def _people(text: str) -> int:
    """Read a number of people."""
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(NOBODY)
    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m api",
        description="Sleep guidance and red-flag check. No clinician has reviewed the content.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="serve the API with the releases in data/releases")
    serving.add_argument("--host", help="the address to listen on")
    serving.add_argument("--port", type=int, help="the port to listen on")
    checking = commands.add_parser("check", help="check a profile in a JSON file against the red flags")
    checking.add_argument("profile", help="a JSON file as POST /v1/red-flag-checks takes it; - for standard input")
    checking.add_argument(
        "--json", dest="form", action="store_const", const="json", default="words", help="print the answer as JSON"
    )
    asking = commands.add_parser("interview", help="ask on the terminal what the check asks next")
    asking.add_argument("--region", help="an ISO country code, for the number to call")
    asking.add_argument("--topic", default="leg-twitching", help="the topic (leg-twitching)")
    asking.add_argument(
        "--simulate",
        dest="person",
        action="store_const",
        const="simulated",
        default="here",
        help="ask made-up people instead, and report how many questions it takes",
    )
    asking.add_argument("--people", type=_people, default=200, help="with --simulate: how many benign adults (200)")
    asking.add_argument("--seed", type=int, default=1, help="with --simulate: the seed they are drawn from (1)")
    asking.add_argument("--chart", type=Path, metavar="FILE.svg", help="with --simulate: where to write a chart")
    validating = commands.add_parser("validate", help="list every fault of a draft, with file and path")
    validating.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    ordering = commands.add_parser("order", help="work out question-order.json of a draft anew")
    ordering.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    reviewing = commands.add_parser("review", help="write a draft and its cases as one page for a clinical reviewer")
    reviewing.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    reviewing.add_argument("--output", type=Path, default=Path("review.html"), help="the page (review.html)")
    comparing = commands.add_parser("changes", help="prove what a draft changes, and which version it must have")
    comparing.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    releasing = commands.add_parser("release", help="freeze a draft into a release that never changes")
    releasing.add_argument("version", nargs="?", default=NEXT, help="the version it must have; or `next` (next)")
    releasing.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    releasing.add_argument(
        "--same-meaning", type=Path, metavar="FILE", help='words that mean the same: [{"kind", "id", "reason"}]'
    )
    showing = commands.add_parser("show", help="show an item of the newest release by its id")
    showing.add_argument("id", help="the id of any item")
    commands.add_parser("openapi", help="print the OpenAPI document")
    return parser
