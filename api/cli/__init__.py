"""Holds the command line: `python -m api COMMAND`; `--help` lists the commands."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.terminal import Terminal
from api.settings import ROOT, Settings, read_settings
from schemas.problems import ContentRefused, ProfileRefused, SleepGuidanceError

DRAFT = ROOT / "data" / "content"
NOBODY = "it must be 1 or more"
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 -- argparse gives it no public name


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: 0 done, 1 refused, 2 wrongly called."""
    terminal = Terminal(sys.stdin, sys.stdout, sys.stderr, dict(os.environ))
    parsed = _parser().parse_args(arguments)
    try:
        return _run(parsed, read_settings(), terminal)
    except ContentRefused as error:
        for fault in error.faults:
            terminal.complain(str(fault))
        count = len(error.faults)
        terminal.complain(f"{count} {'fault' if count == 1 else 'faults'}; nothing was served or written.")
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
    if parsed.command == "serve":
        return _serve(parsed, settings, terminal)
    from api.cli.running import run  # noqa: PLC0415 -- the server is ready sooner without all other commands

    return run(parsed, settings, terminal)


def _serve(parsed: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    given = {name: getattr(parsed, name) for name in ("host", "port") if getattr(parsed, name) is not None}
    gc.disable()  # what is loaded to be served stays: looking for garbage in it would take a tenth of the start
    try:
        from api.main import serve  # noqa: PLC0415 -- no other command needs the server

        serve(settings.model_copy(update=given), terminal.note)
    finally:
        gc.enable()
    return 0


def _people(text: str) -> int:
    """Read a number of people."""
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(NOBODY)
    return count


def _add_publishing(commands: "Commands", releasing: argparse.ArgumentParser) -> None:
    recalling = commands.add_parser("recall", help="say that a release, or an item of it, must no longer be used")
    recalling.add_argument("version", help="the release")
    recalling.add_argument("--kind", help="with --id: the item's kind, such as remedy")
    recalling.add_argument("--id", help="with --kind: the item; it is recalled in every release up to this one")
    recalling.add_argument("--severity", required=True, choices=["unsafe", "withdrawn"], help="unsafe: never served")
    recalling.add_argument("--reason", required=True, help="one sentence for whoever used it")
    recalling.add_argument("--replacement", help="the release to use instead (the newest)")
    keys = commands.add_parser("keys", help="make and retire the keys that sign").add_subparsers(
        dest="change", required=True, metavar="CHANGE"
    )
    making = keys.add_parser("new", help="make a key; it is trusted as soon as the new set is published")
    making.add_argument("--purpose", required=True, choices=["release", "pointer"], help="what it may sign")
    making.add_argument("--private", required=True, type=Path, metavar="FILE", help="where its private half goes")
    retiring = keys.add_parser("retire", help="retire a key from today on")
    retiring.add_argument("kid", help="its thumbprint")
    verifying = commands.add_parser("verify", help="hold a folder of releases to its digests and signatures")
    verifying.add_argument("directory", type=Path, help="a folder of releases, such as data/releases")
    verifying.add_argument("--keys", type=Path, metavar="FILE", help="the keys that you trust (a keys.json)")
    mirroring = commands.add_parser("mirror", help="follow the releases of an upstream, and keep what can be proved")
    mirroring.add_argument("upstream", nargs="?", help="an https address; without a path, another such service")
    mirroring.add_argument("--into", dest="mirror", type=Path, metavar="DIR", help="where to keep them (data/mirror)")
    mirroring.add_argument(
        "--keys", dest="trusted_keys", type=Path, metavar="FILE", help="the keys that you trust (a keys.json)"
    )
    mirroring.add_argument(
        "--unsigned",
        dest="upstream_unsigned",
        action="store_const",
        const="follow",
        help="follow although no keys are trusted: nothing then proves who wrote what comes",
    )
    mirroring.add_argument(
        "--once", dest="looks", action="store_const", const="one", default="endless", help="look once, and end"
    )
    mirroring.add_argument(
        "--every", dest="poll_seconds", metavar="SECONDS", help="how long to wait between two looks (60)"
    )
    for one in (releasing, recalling, making, retiring):
        one.add_argument(
            "--release-key", type=Path, metavar="FILE", help="the private key that signs releases and keys"
        )
    for one in (releasing, recalling):
        one.add_argument("--pointer-key", type=Path, metavar="FILE", help="the private key that signs latest.json")


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
    releasing.add_argument(
        "version", nargs="?", help="which it must be; or `next` (next); or `refresh` to renew the pointer"
    )
    releasing.add_argument("directory", nargs="?", type=Path, default=DRAFT, help="a draft (data/content)")
    releasing.add_argument(
        "--same-meaning", type=Path, metavar="FILE", help='words that mean the same: [{"kind", "id", "reason"}]'
    )
    _add_publishing(commands, releasing)
    showing = commands.add_parser("show", help="show an item of the newest release by its id")
    showing.add_argument("id", help="the id of any item")
    partners = commands.add_parser("partners", help="make the keys by which partners call").add_subparsers(
        dest="change", required=True, metavar="CHANGE"
    )
    joining = partners.add_parser("new", help="make a key, shown once, and its line for the file of partner keys")
    joining.add_argument("name", help="the partner's name, such as night-clinic")
    joining.add_argument("--quota", help="how many requests in which time, such as 6000/minute (that of the settings)")
    commands.add_parser("openapi", help="print the OpenAPI document")
    return parser
