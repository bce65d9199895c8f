"""What all batch commands share."""

import argparse
import os
import signal
from datetime import UTC, datetime

import pytest

from closure.management.options import moment, positive, until_signal


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T14:00:00+02:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ],
)
def test_moment_reads_iso_times(text: str, read: datetime) -> None:
    assert moment(text) == read


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01"])
def test_moment_refuses_anything_else(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        moment(text)


def test_positive_refuses_zero() -> None:
    assert positive("1") == 1
    with pytest.raises(argparse.ArgumentTypeError):
        positive("0")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_until_signal_says_that_it_was_asked(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with until_signal() as stop:
        assert stop() is False
        os.kill(os.getpid(), number)
        assert stop() is True
    assert signal.getsignal(number) is before
