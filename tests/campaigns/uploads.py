"""Upload campaign: `python -m tests.campaigns.uploads --each 20`: so many files of each of the 20 families.

Prints what became of them, by family, and the most memory and processor time that one took. Exit 1 when a file was
neither refused with a clear reason nor clean, or went over the limits.
"""

import argparse
import sys
from collections import Counter, defaultdict

from tests.campaigns.settled import settle
from tests.closure.evidence.corpus import FAMILIES, samples
from tests.closure.evidence.taking import Outcome, outcome


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="files of each family")
    given = parser.parse_args()
    settle()
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    wrong = []
    for sample in samples(given.each):
        found = outcome(sample)
        outcomes[sample.family].append(found)
        wrong += [f"{sample.name}: {found.wrong}"] if found.wrong else []
    for family, every in outcomes.items():
        counts = Counter(each.refusal or "clean" for each in every)
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        sys.stdout.write(f"{family:16} {told}\n")
    flat = [each for every in outcomes.values() for each in every]
    peak, seconds = max(each.peak_kb for each in flat), max(each.seconds for each in flat)
    sys.stdout.write(f"{len(flat)} files of {len(FAMILIES)} families, {len(wrong)} wrong {wrong}\n")
    sys.stdout.write(f"at most {peak / 1024:.0f} MiB and {seconds:.2f} s of processor for one that ended by itself\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
