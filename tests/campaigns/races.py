"""Race campaign: `python -m tests.campaigns.races --seed 1 --for 600 [--runs 500] [--threads 8,32] [--only NAME,NAME]`.

Runs every race of tests/closure/racing, or those that are named, in turn until each has so many runs with each number
of threads, or until the time is over, and prints how often each ended how; on PostgreSQL. Exit 1 at the first run that
ends as none may.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("races_run.py")
SEED, SECONDS, RUNS, THREADS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS", "CAMPAIGN_RUNS", "CAMPAIGN_THREADS"
ONLY = "CAMPAIGN_ONLY"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=600, dest="seconds", metavar="SECONDS")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--threads", default="8,32", metavar="N,N")
    parser.add_argument("--only", default="", metavar="NAME,NAME", help="races by name (default: all)")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    given = parser.parse_args()
    wanted = {SEED: str(given.seed), SECONDS: str(given.seconds), RUNS: str(given.runs), THREADS: given.threads}
    wanted[ONLY] = given.only
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
