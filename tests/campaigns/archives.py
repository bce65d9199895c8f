"""Seals, opens, wraps anew and purges archives: `python -m tests.campaigns.archives --count 100000`.

One purge month, one percent of it held. Prints the rate of each and the peak of memory; exit 1 when memory grew with
the number of archives, or anything came out otherwise than it must.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("archives_run.py")
COUNT = "CAMPAIGN_COUNT"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider"]
    asked = {**os.environ, COUNT: str(given.count)}
    return subprocess.run([*command, "--database", given.database], env=asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
