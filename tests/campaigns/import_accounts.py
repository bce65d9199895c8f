"""Imports a generated file and prints time and peak memory: `python -m tests.campaigns.import_accounts --lines 100000`.

The database is the one of DATABASE_URL, migrated; each run makes accounts of its own, so it can be run again.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

LIMIT_MIB = 300
ASSETS = ("BTC", "ETH", "USDT", "SOL", "ADA", "XYZ")


def generated(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield so many accounts of the import format, the same for the same seed."""
    chance = random.Random(seed)
    for index in range(count):
        name = f"{seed}-{index}"
        yield {
            "email": f"p{name}@campaign.test",
            "phone": None,
            "password": None,
            "country": "US",
            "created": "2021-03-04T10:00:00Z",
            "last_active": "2026-10-01T08:30:00Z",
            "identity": {
                "level": 2,
                "status": "verified",
                "name": "Ana Diaz",
                "document": {"type": "passport", "number": f"C-{name}", "country": "US", "expires": "2030-01-31"},
            },
            "holdings": [
                {"area": "spot", "asset": asset, "amount": f"{chance.random():.18f}", "external_id": f"{name}:{asset}"}
                for asset in ASSETS
            ],
            "transactions": [
                {"time": "2026-01-02T03:04:05Z", "kind": "trade", "asset": "BTC", "amount": "0.1", "reference": f"t{n}"}
                for n in range(3)
            ],
        }


def write_file(path: Path, count: int, seed: int) -> None:
    """Write a file of generated accounts, line by line."""
    with path.open("w", encoding="utf-8") as file:
        for account in generated(count, seed):
            file.write(json.dumps(account) + "\n")


def peak_mib() -> float:
    """Return the most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.jsonl"
        write_file(path, options.lines, options.seed)
        before, started = peak_mib(), time.monotonic()
        call_command("import_accounts", str(path), "--json", "--no-progress")
        seconds = time.monotonic() - started
    figures = f"{seconds:.1f} s, peak {peak_mib():.0f} MiB, {before:.0f} MiB before"
    sys.stdout.write(f"{options.lines} lines, seed {options.seed}: {figures}\n")
    sys.exit(peak_mib() > LIMIT_MIB)


if __name__ == "__main__":
    main()
