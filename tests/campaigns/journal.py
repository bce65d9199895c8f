"""Journal campaign: `python -m tests.campaigns.journal --tampers 10000 --seed 1 [--events 100000] [--database ...]`.

Tampers with sealed journals in every way of tests/accounts/tampering.py, as often as told, and prints how many of each
were found by name. Then writes, seals, checks and proves so many events, and prints how many a second beside reading
and hashing the same rows. Exit 1 at the first tamper that is not named.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("journal_run.py")
SEED, TAMPERS_WANTED, EVENTS = "CAMPAIGN_SEED", "CAMPAIGN_TAMPERS", "CAMPAIGN_EVENTS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tampers", type=int, default=10_000, help="0: none, only the rates")
    parser.add_argument("--events", type=int, default=100_000, help="0: no rates")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    wanted = {SEED: str(given.seed), TAMPERS_WANTED: str(given.tampers), EVENTS: str(given.events)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
