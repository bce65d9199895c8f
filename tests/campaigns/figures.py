"""Figures campaign: `python -m tests.campaigns.figures --rows 1000000 [--open 20000] [--database ...]`.

Makes a thousand requests and then so many, over three years, with a check each, and prints how long the first page of
the console and what is on it take: the tiles of the day's work, the question whether figures are cheap, and figures.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("figures_run.py")
ROWS, OPEN = "CAMPAIGN_ROWS", "CAMPAIGN_OPEN"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=20_000, help="how many of them are open, beside the others")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    given = parser.parse_args()
    wanted = {ROWS: str(given.rows), OPEN: str(given.open)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
