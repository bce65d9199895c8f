"""Bundle campaign: `python -m tests.campaigns.bundles --seed 1 --tampers 10000 [--for 600] [--database postgresql]`.

Closes two accounts, opens their archives, and changes the files by chance in every way of
tests/closure/retention/bundling.py: as somebody who has the file alone, and as somebody who has its passphrase too and
closes it again. Ends earlier when the time is over. Prints the counts; exit 1 when a change was not told.
"""

import sys
from pathlib import Path

from tests.campaigns.tampers import start

if __name__ == "__main__":
    sys.exit(start(__doc__, Path(__file__).with_name("bundles_run.py")))
