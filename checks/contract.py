"""Holds the test of the whole contract by Schemathesis: every check it has, in every phase, over some seeds.

    python -m checks.contract [--examples N] [--at-least CASES] [SEED ...]

It says how many cases there were, and ends with 1 where any failed, or where there were fewer than asked for.
The releases are the shipped ones, signed, so that every call has an answer.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from checks.releases import publish_signed
from checks.server import ROOT, served

_CASES: Final = re.compile(r"^ +(\d+) generated", re.MULTILINE)


def main() -> int:
    """Run the seeds one after the other, against one server."""
    parser = argparse.ArgumentParser(description="Test the whole contract by Schemathesis.")
    parser.add_argument("--examples", type=int, default=30, help="how many examples of each operation (30)")
    parser.add_argument("--at-least", type=int, default=1, help="how many cases there must be over all seeds (1)")
    parser.add_argument("seeds", type=int, nargs="*", default=[1], help="seeds (1)")
    parsed = parser.parse_args()
    cases = failed = 0
    with TemporaryDirectory() as name:
        releases = Path(name) / "releases"
        publish_signed(releases)
        with served(RELEASES=str(releases)) as address:
            for seed in parsed.seeds:
                done = subprocess.run(
                    _command(address, parsed.examples, seed), capture_output=True, text=True, check=False
                )
                print(done.stdout, done.stderr, sep="", flush=True)
                cases += sum(map(int, _CASES.findall(done.stdout)))
                failed += done.returncode != 0
    print(f"{cases} cases over {len(parsed.seeds)} seeds; {failed} seeds found a failure.")
    return 1 if failed or cases < parsed.at_least else 0


def _command(address: str, examples: int, seed: int) -> list[str]:
    return [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(ROOT / "checks" / "schemathesis.toml"), "run", f"{address}/openapi.json"),
        *("--max-examples", str(examples), "--seed", str(seed), "--no-color"),
    ]


if __name__ == "__main__":
    sys.exit(main())
