"""Kill campaigns: `python -m tests.campaigns.kills closings|queue|outages --seed 1 --for 600 [--database postgresql]`.

`closings` kills finalization before, during and after each step and then by chance, `queue` one process of a cluster by
chance, `outages` takes the database away for half a minute, again and again until the time is over. Prints the counts;
exit 1 when anything did not end as it does without.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("kills_run.py")
SEED, SECONDS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["closings", "queue", "outages"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=60, dest="seconds", metavar="SECONDS")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    asked = {**os.environ, SEED: str(given.seed), SECONDS: str(given.seconds)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "-k", given.what]
    return subprocess.run([*command, "--database", given.database], env=asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
