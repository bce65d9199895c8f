"""Enumeration by time: `python -m tests.campaigns.enumeration --seed 1 --samples 10000 --for 3600 [--surfaces code]`.

Asks a real server on the loopback interface about people of each class, in random order, and compares the times of
each two classes. In every surface one more class, the first with a wait planted in the server, shows that a leak of
that size would be found. Ends with 1 when time tells two classes apart, or when what was planted stayed unseen.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("campaign_run.py")
PREFIX = "CAMPAIGN_"
HELP = "sign-in code register reset reactivate recover status cases api"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=600, dest="seconds", metavar="SECONDS")
    parser.add_argument("--samples", type=int, default=10_000, help="of each class and surface")
    parser.add_argument("--planted", type=int, default=100, help="microseconds")
    parser.add_argument("--surfaces", nargs="*", default=[], help=HELP)
    parser.add_argument(
        "--hash", choices=["real", "quick"], default="real", help="quick: see what argon2's noise hides"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = vars(parser.parse_args())
    database, surfaces = given.pop("database"), " ".join(given.pop("surfaces"))
    asked = {f"{PREFIX}{name.upper()}": str(value) for name, value in {**given, "surfaces": surfaces}.items()}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", database]
    return subprocess.run(command, env={**os.environ, **asked}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
