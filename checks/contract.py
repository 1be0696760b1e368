"""Holds the test of the whole contract by Schemathesis: every check it has, in every phase, over some seeds.

    python -m checks.contract [--examples N] [SEED ...]

It ends with 1 where any seed found a failure.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from checks.server import ROOT, served


def main() -> int:
    """Run the seeds one after the other, against one server."""
    parser = argparse.ArgumentParser(description="Test the whole contract by Schemathesis.")
    parser.add_argument("--examples", type=int, default=30, help="how many examples of each operation (30)")
    parser.add_argument("seeds", type=int, nargs="*", default=[1], help="seeds (1)")
    parsed = parser.parse_args()
    with served(SLEEP_GUIDANCE_LOG="off") as address:
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            *("--config-file", str(ROOT / "checks" / "schemathesis.toml"), "run", f"{address}/openapi.json"),
            *("--max-examples", str(parsed.examples), "--no-color"),
        ]
        return max(subprocess.run([*command, "--seed", str(seed)], check=False).returncode for seed in parsed.seeds)


if __name__ == "__main__":
    sys.exit(main())
