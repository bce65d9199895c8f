"""Sweeps many who stay away: `python -m tests.campaigns.dormancy --accounts 1000000 --seed 1 [--database postgresql]`.

Everybody is inactive and gets one notice. The first run is killed by SIGKILL some times, by chance, and goes on;
a second run sends nothing. Prints the rate of each life; exit 1 when anybody was told twice, or not at all.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("dormancy_run.py")
SEED, ACCOUNTS, KILLS = "CAMPAIGN_SEED", "CAMPAIGN_ACCOUNTS", "CAMPAIGN_KILLS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    given = parser.parse_args()
    asked = {**os.environ, SEED: str(given.seed), ACCOUNTS: str(given.accounts), KILLS: str(given.kills)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-n", "0", "-p", "no:cacheprovider"]
    return subprocess.run([*command, "--database", given.database], env=asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
