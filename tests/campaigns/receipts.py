"""Receipt campaign: `python -m tests.campaigns.receipts --seed 1 --tampers 10000 [--for 600] [--database postgresql]`.

Closes two accounts, changes their receipts by chance in every way of tests/closure/receipts/tampering.py, and has each
checked as a file and, where it is still JSON, as a program would send it. Ends earlier when the time is over. Prints
the counts; exit 1 when a change was not told.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("receipts_run.py")
SEED, SECONDS, TAMPERS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS", "CAMPAIGN_TAMPERS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=600, dest="seconds", metavar="SECONDS")
    parser.add_argument("--tampers", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    wanted = {SEED: str(given.seed), SECONDS: str(given.seconds), TAMPERS: str(given.tampers)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
