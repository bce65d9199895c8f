"""Upload campaign: `python -m tests.campaigns.uploads --each 20`: so many files of each of the 21 families.

Prints what became of them, by family, and the most memory and processor time that one took, to decode it and, of
what was kept, to look into it. Exit 1 when a file was neither refused with a clear reason nor clean, or went over.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence

from closure.evidence.enums import Subject
from tests.campaigns.settled import settle
from tests.closure.evidence.corpus import FAMILIES, samples
from tests.closure.evidence.taking import Cost, Outcome, look, outcome


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="files of each family")
    given = parser.parse_args()
    settle()
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    wrong = []
    looked: list[Cost] = []
    for sample in samples(given.each):
        found = outcome(sample)
        outcomes[sample.family].append(found)
        wrong += [f"{sample.name}: {found.wrong}"] if found.wrong else []
        costs = [look(found.jpeg, subject) for subject in Subject] if found.jpeg else []
        wrong += [f"{sample.name}: looked into for too much" for cost in costs if cost.is_over]
        looked += costs
    for family, every in outcomes.items():
        counts = Counter(each.refusal or "clean" for each in every)
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        sys.stdout.write(f"{family:16} {told}\n")
    flat = [each for every in outcomes.values() for each in every]
    sys.stdout.write(f"{len(flat)} files of {len(FAMILIES)} families, {len(wrong)} wrong {wrong}\n")
    tell("decoding, of those that ended by themselves", flat)
    tell("looking with OpenCV, of those that were kept, as a person and as a document", looked)
    return 1 if wrong else 0


def tell(what: str, costs: Sequence[Outcome | Cost]) -> None:
    """Print the most memory and processor time of one process."""
    peak, seconds = max(each.peak_kb for each in costs), max(each.seconds for each in costs)
    sys.stdout.write(f"{what}: {len(costs)}, at most {peak / 1024:.0f} MiB and {seconds:.2f} s of processor\n")


if __name__ == "__main__":
    sys.exit(main())
