"""What campaigns of tampers share: their options, the loop until all are made or the time is over, and the counts."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

SEED, SECONDS, TAMPERS = "CAMPAIGN_SEED", "CAMPAIGN_SECONDS", "CAMPAIGN_TAMPERS"


def start(description: str | None, run: Path) -> int:
    """Run a campaign, in a file of its own that pytest runs; returns the exit code."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", type=float, default=600, dest="seconds", metavar="SECONDS")
    parser.add_argument("--tampers", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    wanted = {SEED: str(given.seed), SECONDS: str(given.seconds), TAMPERS: str(given.tampers)}
    command = [sys.executable, "-m", "pytest", str(run), "-q", "-p", "no:cacheprovider", "--database", given.database]
    return subprocess.run(command, env={**os.environ, **wanted}, check=False).returncode


def make(kinds: Sequence[str], tamper: Callable[[str, Random], str]) -> tuple[Counter[tuple[str, str]], str]:
    """Tamper in each way in turn; returns how often each got which answer, and the same as lines."""
    chance, wanted = Random(int(os.environ[SEED])), int(os.environ[TAMPERS])
    end = time.monotonic() + float(os.environ[SECONDS])
    told: Counter[tuple[str, str]] = Counter()
    while told.total() < wanted and time.monotonic() < end:
        kind = kinds[told.total() % len(kinds)]
        told[kind, tamper(kind, chance)] += 1
    lines = [f"{times:8} {kind}: {answer}\n" for (kind, answer), times in sorted(told.items())]
    return told, "".join([f"\n{told.total()} tampers, seed {os.environ[SEED]}\n", *lines])
