"""The end of a worker is asked for by a signal, which comes when it wants."""

import subprocess
import sys
import threading
import time

from portal.worker.ending import Ending
from tests.architecture.source import ROOT

# What one look at an ending takes; there are some dozens of them.
FEWEST_STEPS = 10


def test_signal_before_any_step_of_a_wait_or_of_its_handler_is_heard() -> None:
    command = [sys.executable, "-m", "tests.portal.ending_run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    of_wait, of_ask = (int(each) for each in done.stdout.split())
    assert min(of_wait, of_ask) >= FEWEST_STEPS, done.stdout


def test_wait_ends_at_once_when_the_end_is_asked_for_and_after_its_time_otherwise() -> None:
    ending = Ending()
    assert (ending.wait(0.01), ending.is_asked()) == (False, False)
    threading.Timer(0.1, ending.ask).start()
    began = time.monotonic()
    assert (ending.wait(30), ending.is_asked()) == (True, True)
    assert time.monotonic() - began < 10
    ending.ask()
    assert [ending.wait(30) for _ in range(3)] == [True, True, True]
