"""A task that keeps a process of the queue busy and says which one."""

import os
import time
from pathlib import Path

SECONDS = 20


def be_busy(path: str) -> None:
    """Write the number of the process into a file and do nothing for a while."""
    staged = Path(f"{path}.new")
    staged.write_text(str(os.getpid()))
    staged.replace(path)
    time.sleep(SECONDS)
