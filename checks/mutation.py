"""Holds the mutation test of the rule core: each small change to it makes a test fail, or is explained.

python -m checks.mutation [--jobs 4]

mutmut makes and tries the changes within functions (`[tool.mutmut]` in pyproject.toml). It leaves alone what a
decorator wraps and what runs when a module is imported: there its operators are applied here, one change at a time, in
copies of the project. What survives is held against `survivors.json`, in which each entry says why it changes nothing.
"""

import argparse
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

ROOT: Final = Path(__file__).parent.parent
EXPLAINED: Final = Path(__file__).parent / "survivors.json"
NOTICED: Final = "killed"
"""What mutmut calls a change that a test noticed; one that took too long was not, for `mutating` ends it before."""
LONGEST: Final = 300
"""Seconds after which a change is taken to go on for ever."""


class Change(NamedTuple):
    """A change to the code: where, what stood there, and what stands there now."""

    place: str
    was: str
    now: str


class Outside(cst.CSTVisitor):
    """Collects the changes where mutmut makes none: in constants, in the values of classes, under a decorator."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Collect the changes of a node; go into it unless mutmut does, or unless it is for the type checker only."""
        match node:
            case cst.FunctionDef() if not node.decorators:
                return False
            case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom():
                return False
            case cst.Assign(value=cst.Subscript()) | cst.Assign(value=cst.Call(func=cst.Name("TypeVar"))):
                return False
            case _:
                pass
        self.found += [
            (node, other) for kind, operator in mutation_operators if isinstance(node, kind) for other in operator(node)
        ]
        return True


def settings() -> dict[str, list[str]]:
    """Give what pyproject.toml says for mutmut."""
    found: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    return found


def mutmut(*words: str) -> str:
    """Run mutmut and give what it printed."""
    return subprocess.run([sys.executable, "-m", "mutmut", *words], check=True, capture_output=True, text=True).stdout


def within(jobs: int) -> tuple[int, list[Change]]:
    """Try the changes within functions; give how many there are and those that no test noticed."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)], check=True)
    told = re.findall(r"^\s+(\S+): ([a-z ]+)$", mutmut("results", "--all", "true"), re.MULTILINE)
    return len(told), [shown(name) for name, status in told if status != NOTICED]


def shown(name: str) -> Change:
    """Give the change that mutmut knows by a name."""
    place = re.sub(r"\.x_?(?=[^.]*$)", ".", name.rpartition("__mutmut_")[0]).replace("ǁ", ".").replace("..", ".")
    return Change(place, *changed_lines(mutmut("show", name).splitlines()))


def changed_lines(diff: Iterable[str]) -> tuple[str, str]:
    """Give what a difference takes away and what it puts there, each on one line."""
    lines = [line for line in diff if not line.startswith(("---", "+++"))]
    was, now = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return was, now


def outside() -> Iterator[tuple[Path, Change, str]]:
    """Give the changes where mutmut makes none, each with its file and the file's changed text."""
    told = settings()
    left_out = {path for pattern in told["do_not_mutate"] for path in ROOT.glob(pattern)}
    for path in sorted({path for pattern in told["only_mutate"] for path in ROOT.glob(pattern)} - left_out):
        if path.suffix != ".py":
            continue
        module = cst.parse_module(path.read_text())
        visitor = Outside()
        module.visit(visitor)
        place = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node, other in visitor.found:
            text = cst.ensure_type(module.deep_replace(node, other), cst.Module).code
            diff = difflib.unified_diff(module.code.splitlines(), text.splitlines(), lineterm="", n=0)
            yield path.relative_to(ROOT), Change(place, *changed_lines(diff)), text


def without(jobs: int) -> tuple[int, list[Change]]:
    """Try the changes outside functions; give how many there are and those that no test noticed."""
    told = settings()
    words = [*told["pytest_add_cli_args"], *told["pytest_add_cli_args_test_selection"]]
    changes = list(outside())
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        copies = SimpleQueue[Path]()
        for number in range(jobs):
            copies.put(copied(Path(folder) / str(number)))

        def survives(one: tuple[Path, Change, str]) -> bool:
            path, _, text = one
            copy = copies.get()
            try:
                (copy / path).write_text(text)
                return passes(copy, words)
            finally:
                shutil.copy(ROOT / path, copy / path)
                copies.put(copy)

        passed = list(pool.map(survives, changes))
    return len(changes), [change for (_, change, _), survived in zip(changes, passed, strict=True) if survived]


def copied(copy: Path) -> Path:
    """Copy what the tests need of the project."""
    for name in ("api", "tests", *settings()["also_copy"]):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(source, copy / name)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def passes(copy: Path, words: list[str]) -> bool:
    """Tell whether every test passes in a copy."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", *words]
    try:
        return subprocess.run(command, cwd=copy, capture_output=True, timeout=LONGEST, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main() -> int:
    """Try every change, and hold what survives against what is explained."""
    parser = argparse.ArgumentParser(description="The mutation test of the rule core.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many changes are tried at once")
    jobs = parser.parse_args().jobs
    (first, survivors), (second, others) = within(jobs), without(jobs)
    explained = Counter(Change(one["place"], one["was"], one["now"]) for one in json.loads(EXPLAINED.read_text()))
    survived = Counter([*survivors, *others])
    for title, changes in (("not explained", survived - explained), ("noticed after all", explained - survived)):
        for change in changes.elements():
            print(f"{title}: {change.place}\n  - {change.was}\n  + {change.now}")
    total = first + second
    print(f"{total} changes ({second} outside functions): {total - survived.total()} noticed, {survived.total()} not")
    return 1 if survived != explained else 0


if __name__ == "__main__":
    sys.exit(main())
