"""Queue campaign: `python -m tests.campaigns.queue [--rows 1000000] [--rounds 7] [--database postgresql]`.

Loads a thousand closure requests and so many, each into a database of its own, and asks both in turn for the pages of
the staff queue: first page, filters, searches, a deep page, the index. Prints the median milliseconds of each, by the
clock and at work (the processor's time of Python and of the server's process, whatever else runs), and the queries.
Exit 1 when a ratio of the work is above 1.2 or a page takes more than 12 queries.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

RUN = Path(__file__).with_name("queue_run.py")
ROWS, ROUNDS = "CAMPAIGN_ROWS", "CAMPAIGN_ROUNDS"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    given = parser.parse_args()
    wanted = {ROWS: str(given.rows), ROUNDS: str(given.rounds)}
    command = [sys.executable, "-m", "pytest", str(RUN), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
