"""Stateful campaign: `python -m tests.campaigns.stateful --seed 1 --for 600 [--database postgresql]`.

Runs the machine of tests/closure/machine.py with new seeds until the time is over and prints how often each pair of
state and action happened. Exit 1 when an invariant broke; the failing example is printed, its seed replays it.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

# pytest runs the other file in a process of its own, on the database that its plugin starts.
RUN = Path(__file__).with_name("stateful_run.py")
SEED, SECONDS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=60, dest="seconds", metavar="SECONDS")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    asked = {**os.environ, SEED: str(given.seed), SECONDS: str(given.seconds)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env=asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
