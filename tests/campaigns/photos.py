"""Photo campaign: `python -m tests.campaigns.photos --good 40 --faulty 10`: the checks against labelled photos.

Draws so many good photos of each subject and so many with each fault, other ones than the thresholds were set on, and
has each taken in as a customer's file is, by limited processes. Prints the agreement, what was missed, and each false
refusal. Exit 1 under 95%.
"""

import argparse
import sys

from accounts import clock
from closure.evidence import intake
from tests.campaigns.settled import settle
from tests.closure.evidence.photos.judging import Judgement
from tests.closure.evidence.photos.labelled import labelled

GOAL = 0.95
FIRST = 1000


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=40, help="good photos of each subject")
    parser.add_argument("--faulty", type=int, default=10, help="photos with each fault")
    parser.add_argument("--first", type=int, default=FIRST, help="the number of the first: others give other photos")
    given = parser.parse_args()
    settle()
    judgement = Judgement()
    for photo in labelled(good=given.good, faulty=given.faulty, first=given.first):
        judgement.add(photo, intake.take_in(photo.file, photo.subject, now=clock.now()).verdicts)
    sys.stdout.write("\n".join(judgement.lines()) + "\n")
    return 0 if judgement.agreement >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
