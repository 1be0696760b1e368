"""Holds the commands `changes` and `release`: what a draft changes, proved, and its freezing under that version."""

import importlib.util
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import MISSING

from api.changes.bumping import STEPS, place, read_statements, retired_faults, version_faults
from api.cli.editing import load
from api.cli.terminal import Terminal
from api.releases.freezing import ASSURANCE, Signers, freeze, read_ledger, with_tombstones
from api.releases.library import load_library
from schemas.problems import ContentRefused, Fault
from schemas.releases import Bundle, Change, SameMeaning
from schemas.words import Version


class Asked(NamedTuple):
    """What is asked of a release: its version or `next`, the file of statements, and the keys that sign it."""

    version: str
    statements: Path | None
    signers: Signers | None


History = Sequence[tuple[Version, Bundle]]
"""Every release so far with its content, oldest first."""


def changes(directory: Path, releases: Path, terminal: Terminal) -> int:
    """Print what a draft changes of the newest release, which version it must have, and what must be stated first.

    Raises:
        ContentRefused: the draft has faults, nothing has changed, or the solver is not installed.

    """
    _need_the_solver()
    from api.proofs.judging import judge  # noqa: PLC0415 -- only where the solver is there

    draft, history = load(directory, terminal), _history(releases)
    verdict = judge(history[-1] if history else None, draft, (), time.perf_counter, _bar("proving", terminal))
    _print(verdict.changes, verdict.version, terminal)
    for fault in (*verdict.faults, *retired_faults(history, draft)):
        terminal.note(str(fault))
    return 0


def release(asked: Asked, directory: Path, releases: Path, terminal: Terminal) -> int:
    """Freeze a draft into the release that it must be.

    Raises:
        ContentRefused: the draft has faults, nothing has changed, the version is another than it must be, an editor
            must state more, a law does not hold, the releases are signed and no keys are given, or the solver is not
            installed.

    """
    _need_the_solver()
    from api.proofs.judging import judge, report  # noqa: PLC0415 -- only where the solver is there

    draft, history = load(directory, terminal), _history(releases)
    last = history[-1] if history else None
    if last:
        draft = with_tombstones(draft, last[1], last[0])
    verdict = judge(last, draft, _statements(asked.statements), time.perf_counter, _bar("proving", terminal))
    _print(verdict.changes, verdict.version, terminal)
    faults = (
        *verdict.faults,
        *retired_faults(history, draft),
        *version_faults(asked.version, verdict.version, verdict.changes),
    )
    if faults:
        raise ContentRefused(faults)
    assurance = report(draft, verdict, time.perf_counter, _bar("checking the laws", terminal))
    releases.mkdir(parents=True, exist_ok=True)
    entry = freeze(
        draft,
        verdict.version,
        releases,
        datetime.now(UTC),
        changes=verdict.changes,
        signers=asked.signers,
        reports={ASSURANCE: assurance},
    )
    load_library(releases)
    terminal.write(f"Release {entry.version} (sequence {entry.sequence}): {entry.bundle}")
    return 0


def _need_the_solver() -> None:
    if importlib.util.find_spec("z3") is None:
        raise ContentRefused(
            (Fault("z3-solver", "", "changes are proved with it, and it is missing: pip install 'z3-solver>=5.4'"),)
        )


def _history(releases: Path) -> History:
    if not read_ledger(releases).releases:
        return ()
    library = load_library(releases)
    return [(entry.version, library.releases[entry.version].bundle) for entry in library.ledger.releases]


def _statements(path: Path | None) -> tuple[SameMeaning, ...]:
    if path is None:
        return ()
    try:
        data = path.read_bytes()
    except OSError:
        raise ContentRefused((Fault(str(path), "", "the file cannot be read"),)) from None
    return read_statements(data)


def _print(found: Sequence[Change], version: Version, terminal: Terminal) -> None:
    """Print changes, those that ask for the largest step first, each with who shows it."""
    for step, one in ((step, one) for step in reversed(STEPS) for one in found if one.bump == step):
        terminal.write(f"{terminal.coloured(step, 'bold')}  {one.type}  {place(one)}: {one.summary}")
        for witness in one.witnesses:
            terminal.write(f"    {witness.words}")
        if one.reason is not MISSING:
            terminal.write(f"    It is stated to mean the same: {one.reason}")
    terminal.write(f"Changes: {len(found)}. The version is {version}.")


def _bar(what: str, terminal: Terminal) -> Callable[[int, int], None]:
    return lambda done, total: terminal.progress(what, done, total)
