"""Restore campaign: `python -m tests.campaigns.restores --seed 1 --drills 20 [--for 600] [--database postgresql]`.

Each drill brings one to three people full of planted values to points that chance picks (not there, a draft, waiting,
closed, killed anywhere in the middle of closing), backs the database up, closes everybody, sometimes renews the keys of
archives, puts the backup back and replays the book of closures. Then the planted values are looked for in every table
and file, and what stays of each closure is compared with what it was. Ends earlier when the time is over. Prints the
counts; exit 1 when anybody came back or anything was lost.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("restores_run.py")
SEED, SECONDS, DRILLS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS", "CAMPAIGN_DRILLS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=600, dest="seconds", metavar="SECONDS")
    parser.add_argument("--drills", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    wanted = {SEED: str(given.seed), SECONDS: str(given.seconds), DRILLS: str(given.drills)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
