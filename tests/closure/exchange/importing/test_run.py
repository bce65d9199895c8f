"""An import ends after a batch when it is asked to, and the next one goes on."""

import os
import signal
from datetime import datetime
from pathlib import Path

import pytest

from accounts.models import Account
from closure.exchange.importing.run import Run, Summary
from closure.management.commands.import_accounts import _sigterm
from tests.closure.importing import line, run, write


@pytest.mark.django_db
def test_run_stops_after_the_current_batch(tmp_path: Path, now: datetime) -> None:
    path = write(tmp_path / "accounts.jsonl", *(line(name) for name in ("ana", "ben", "cem", "dan")))
    told: list[int] = []

    def hear(summary: Summary) -> None:
        told.append(summary.lines)

    with path.open("rb") as file:
        summary = Run(now=now, batch_size=3, stop=lambda: True, told=hear).read(file)
    assert (summary.created, told, Account.objects.count()) == (3, [3], 3)
    assert run(path).counts == (1, 0, 3, 0)


def test_sigterm_is_heard_and_the_handler_of_before_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _sigterm() as received:
        os.kill(os.getpid(), signal.SIGTERM)
    assert (received, signal.getsignal(signal.SIGTERM)) == ([signal.SIGTERM], before)
