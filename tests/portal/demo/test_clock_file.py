"""The demo's clock: a file that every process reads at each call."""

from datetime import timedelta
from pathlib import Path

import pytest

from portal.demo import clock_file


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]


def test_clock_nobody_moved_is_real_time() -> None:
    assert clock_file.read() == timedelta()


def test_clock_adds_up_what_it_was_moved() -> None:
    clock_file.advance(timedelta(hours=24))
    assert clock_file.advance(timedelta(minutes=30)) == timedelta(hours=24, minutes=30)
    assert clock_file.read() == timedelta(hours=24, minutes=30)


@pytest.mark.parametrize("by", [timedelta(seconds=-1), timedelta(days=365 * 21)])
def test_clock_refuses_to_go_back_or_far(by: timedelta) -> None:
    with pytest.raises(ValueError, match="moves ahead only"):
        clock_file.advance(by)
    assert clock_file.read() == timedelta()
