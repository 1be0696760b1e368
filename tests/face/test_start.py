"""The start of a worker: it loads nothing that nobody asked for, and leaves the interpreter as it should be."""

import os
import subprocess
import sys
from pathlib import Path

from api.settings import ROOT

STARTED = """
import gc, sys
import api.cli, api.main
from api.settings import read_settings
front = api.main._load(read_settings())
print(*sorted({name.partition(".")[0] for name in sys.modules}))
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""
"""Does what a worker does until it listens, and tells what is loaded."""
SELDOM = {
    "cryptography",
    "httpx",
    "joserfc",
    "langcodes",
    "limits",
    "mcp",
    "rapidfuzz",
    "redis",
    "snowballstemmer",
    "z3",
}
"""Packages for what is off by default, for other commands, or for what few requests ask."""


def said(code: str, *words: str, **environment: str) -> list[str]:
    """Give the lines that a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    return done.stdout.splitlines()


def test_the_start_loads_no_package_that_is_seldom_needed() -> None:
    loaded, _ = said(STARTED)
    assert SELDOM & set(loaded.split()) == set()


def test_no_other_command_is_loaded_to_serve() -> None:
    code = "import sys, api.cli, api.main; print(*(name for name in sys.modules if name.startswith('api.')))"
    (line,) = said(code)
    loaded = set(line.split())
    assert {
        "api.cli.running",
        "api.upstream",
        "api.mirror.fetching",
        "api.review.page",
        "api.matching.index",
    } & loaded == set()


def test_garbage_is_collected_once_the_worker_is_made_and_what_was_loaded_is_left_alone() -> None:
    assert said(STARTED)[1] == "True True"


def test_garbage_is_collected_after_a_start_that_was_refused(tmp_path: Path) -> None:
    code = "import gc, api.cli; print(api.cli.main(['serve']), gc.isenabled())"
    assert said(code, SLEEP_GUIDANCE_RELEASES=str(tmp_path / "nowhere")) == ["1 True"]
