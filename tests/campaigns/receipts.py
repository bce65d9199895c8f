"""Receipt campaign: `python -m tests.campaigns.receipts --seed 1 --tampers 10000 [--for 600] [--database postgresql]`.

Closes two accounts, changes their receipts by chance in every way of tests/closure/receipts/tampering.py, and has each
checked as a file and, where it is still JSON, as a program would send it. Ends earlier when the time is over. Prints
the counts; exit 1 when a change was not told.
"""

import sys
from pathlib import Path

from tests.campaigns.tampers import start

if __name__ == "__main__":
    sys.exit(start(__doc__, Path(__file__).with_name("receipts_run.py")))
